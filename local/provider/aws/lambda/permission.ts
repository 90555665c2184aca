import { AddPermissionCommand, GetPolicyCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { lambda } from "../clients";
import { found, unlessGone } from "../errors";

export const permission = defineResource({
  type: "aws:lambda/permission:Permission",
  properties: {
    statementId: text(),
    action: text({ required: true }),
    function: text({ required: true }),
    principal: text({ required: true }),
    sourceArn: text(),
    sourceAccount: text(),
    principalOrgId: text(),
    eventSourceToken: text(),
    qualifier: text(),
  },
  naming: { input: "statementId" },
  async create(inputs) {
    await lambda().send(
      new AddPermissionCommand({
        StatementId: inputs.statementId,
        Action: inputs.action,
        FunctionName: inputs.function,
        Principal: inputs.principal,
        SourceArn: inputs.sourceArn,
        SourceAccount: inputs.sourceAccount,
        PrincipalOrgID: inputs.principalOrgId,
        EventSourceToken: inputs.eventSourceToken,
        Qualifier: inputs.qualifier,
      }),
    );
    return { id: inputs.statementId ?? "" };
  },
  async read(id, state) {
    const seen = await found(() =>
      lambda().send(new GetPolicyCommand({ FunctionName: state.function, Qualifier: state.qualifier })),
    );
    const policy = JSON.parse(seen?.Policy ?? '{"Statement":[]}') as { Statement: { Sid?: string }[] };
    return policy.Statement.some(({ Sid }) => Sid === id) ? {} : undefined;
  },
  async delete(id, state) {
    await unlessGone(() =>
      lambda().send(
        new RemovePermissionCommand({ FunctionName: state.function, StatementId: id, Qualifier: state.qualifier }),
      ),
    );
  },
});

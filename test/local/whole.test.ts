/** What all tests before have left: this file is the last by its name. */
import assert from "node:assert/strict";
import { GetRolePolicyCommand, ListRolePoliciesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { modelProblems } from "../../local/run/modelProblems";
import { cloud } from "./cloud";
import { arrival, deliver, ledger, put, until } from "./data";
import { assertArrived } from "./expectations";
import { type Decision, decisions, drained, functionOf, withQuickRetry } from "./faults";

const isDenied = ({ decision, principal }: Decision): boolean => decision !== "Allow" && !principal.endsWith(":root");

/** Takes an action out of a role's inline policies until the function it returns is called. */
async function takeAway(RoleName: string, action: string): Promise<() => Promise<void>> {
  const { iam } = cloud();
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const before: { readonly PolicyName: string; readonly PolicyDocument: string }[] = [];
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const document = decodeURIComponent(PolicyDocument);
    if (!document.includes(`"${action}"`)) continue;
    before.push({ PolicyName, PolicyDocument: document });
    const without = document.replaceAll(`"${action}"`, '"sts:GetCallerIdentity"');
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: without }));
  }
  assert.equal(before.length, 1, `${RoleName} was to have ${action} in one policy`);
  return async () => {
    for (const policy of before) await iam.send(new PutRolePolicyCommand({ RoleName, ...policy }));
  };
}

describe("The whole run", () => {
  it("I8: no message is left on a queue", async () => {
    await drained("collect");
    await drained("load");
  });

  it("P34: IAM has decided about the functions' calls and denied none", async () => {
    const all = await decisions();
    assert.deepEqual(all.filter(isDenied), []);
    for (const step of ["collect", "load"] as const) {
      assert.ok(all.some(({ role, decision }) => role === `${functionOf(step)}-role` && decision === "Allow"));
    }
  });

  it("P34: without one action of its role the load function loads nothing, IAM says which, and nothing is lost", async () => {
    const action = "dynamodb:BatchWriteItem";
    const role = `${functionOf("load")}-role`;
    const giveBack = await takeAway(role, action);
    const upload = await withQuickRetry("load", async () => {
      try {
        const sent = await put("inbox", "whole/denied.csv", "id\n1\n");
        await until("IAM denies the write", async () => ((await decisions()).some(isDenied) ? true : "nothing denied"));
        const entry = await ledger().getFile("inbox", sent.uploadId);
        assert.deepEqual([entry?.status, entry?.loaded], ["landed", 0]);
        return sent;
      } finally {
        await giveBack();
      }
    });
    const denied = (await decisions()).filter(isDenied);
    assert.deepEqual(
      denied.map((each) => [each.role, each.action, each.decision]),
      [[role, action, "ImplicitDeny"]],
    );
    assert.match(denied[0]?.resource ?? "", new RegExp(`:table/${cloud().outputs.tableName}$`));
    assertArrived(await arrival(upload), [{ id: "1" }]);
    assertArrived(await deliver("inbox", "whole/allowed.csv", "id\n2\n"), [{ id: "2" }]);
  });

  it("S3: every call to AWS was one that the service's API model takes", async () => {
    assert.deepEqual(await modelProblems(cloud().services.aws.endpoint), []);
  });
});

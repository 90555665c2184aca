import { CreateAliasCommand, DeleteAliasCommand, ListAliasesCommand, UpdateAliasCommand } from "@aws-sdk/client-kms";
import { text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { isUnknown } from "../../core/wire";
import { account, kms, region } from "../clients";
import { unlessGone } from "../errors";

export const alias = defineResource({
  type: "aws:kms/alias:Alias",
  properties: { name: text({ required: true, replaces: true }), targetKeyId: text({ required: true }) },
  check: ({ name }) =>
    typeof name === "string" && !isUnknown(name) && !name.startsWith("alias/")
      ? [`name: ${name} must begin with alias/`]
      : [],
  async create({ name, targetKeyId }) {
    await kms().send(new CreateAliasCommand({ AliasName: name, TargetKeyId: targetKeyId }));
    return { id: name, outputs: { arn: `arn:aws:kms:${region}:${account}:${name}`, targetKeyArn: arnOf(targetKeyId) } };
  },
  async read(id) {
    const seen = await kms().send(new ListAliasesCommand({}));
    return seen.Aliases?.some(({ AliasName }) => AliasName === id) ? {} : undefined;
  },
  async update(id, { targetKeyId }) {
    await kms().send(new UpdateAliasCommand({ AliasName: id, TargetKeyId: targetKeyId }));
    return { targetKeyArn: arnOf(targetKeyId) };
  },
  async delete(id) {
    await unlessGone(() => kms().send(new DeleteAliasCommand({ AliasName: id })));
  },
});

function arnOf(keyId: string): string {
  return keyId.startsWith("arn:") ? keyId : `arn:aws:kms:${region}:${account}:key/${keyId}`;
}

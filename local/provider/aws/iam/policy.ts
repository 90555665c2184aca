import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  ListPolicyVersionsCommand,
} from "@aws-sdk/client-iam";
import { document, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { iam } from "../clients";
import { found, unlessGone } from "../errors";
import { tagList } from "../tags";

export const policy = defineResource({
  type: "aws:iam/policy:Policy",
  properties: {
    name: text({ replaces: true }),
    path: text({ default: "/", replaces: true }),
    description: text({ replaces: true }),
    policy: document({ required: true }),
    tags: tags(),
  },
  naming: { input: "name" },
  async create(inputs) {
    const made = await iam().send(
      new CreatePolicyCommand({
        PolicyName: inputs.name,
        Path: inputs.path,
        Description: inputs.description,
        PolicyDocument: inputs.policy,
        Tags: tagList(inputs.tags),
      }),
    );
    const arn = made.Policy?.Arn ?? "";
    return { id: arn, outputs: { arn, policyId: made.Policy?.PolicyId, tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    return (await found(() => iam().send(new GetPolicyCommand({ PolicyArn: id })))) && { arn: id };
  },
  async update(id, inputs) {
    // IAM keeps at most five versions; those that aren't the default make room.
    await dropOldVersions(id);
    await iam().send(
      new CreatePolicyVersionCommand({ PolicyArn: id, PolicyDocument: inputs.policy, SetAsDefault: true }),
    );
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id) {
    await unlessGone(async () => {
      await dropOldVersions(id);
      await iam().send(new DeletePolicyCommand({ PolicyArn: id }));
    });
  },
});

async function dropOldVersions(arn: string): Promise<void> {
  const { Versions: versions } = await iam().send(new ListPolicyVersionsCommand({ PolicyArn: arn }));
  for (const { VersionId, IsDefaultVersion } of versions ?? []) {
    if (!IsDefaultVersion) await iam().send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId }));
  }
}

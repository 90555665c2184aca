import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutResourcePolicyCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { document, number, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { secrets } from "../clients";
import { found, unlessGone } from "../errors";
import { tagList } from "../tags";

export const secret = defineResource({
  type: "aws:secretsmanager/secret:Secret",
  properties: {
    name: text({ replaces: true }),
    description: text(),
    kmsKeyId: text(),
    policy: document(),
    recoveryWindowInDays: number({ onlyState: true }),
    tags: tags(),
  },
  naming: { input: "name" },
  async create(inputs) {
    const made = await secrets().send(
      new CreateSecretCommand({
        Name: inputs.name,
        Description: inputs.description,
        KmsKeyId: inputs.kmsKeyId,
        Tags: tagList(inputs.tags),
      }),
    );
    const arn = made.ARN ?? "";
    await putPolicy(arn, inputs.policy);
    return { id: arn, outputs: { arn, tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => secrets().send(new DescribeSecretCommand({ SecretId: id })));
    return !seen || seen.DeletedDate ? undefined : { arn: id };
  },
  async update(id, inputs) {
    await secrets().send(
      new UpdateSecretCommand({ SecretId: id, Description: inputs.description, KmsKeyId: inputs.kmsKeyId }),
    );
    await putPolicy(id, inputs.policy);
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id, { recoveryWindowInDays: days = 30 }) {
    await unlessGone(() =>
      secrets().send(
        new DeleteSecretCommand({
          SecretId: id,
          ...(days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days }),
        }),
      ),
    );
  },
});

async function putPolicy(arn: string, policy: string | undefined): Promise<void> {
  if (policy) await secrets().send(new PutResourcePolicyCommand({ SecretId: arn, ResourcePolicy: policy }));
}

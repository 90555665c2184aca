import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { text, texts } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { secrets } from "../clients";
import { found } from "../errors";

export const secretVersion = defineResource({
  type: "aws:secretsmanager/secretVersion:SecretVersion",
  properties: {
    secretId: text({ required: true, replaces: true }),
    secretString: text({ replaces: true }),
    secretBinary: text({ replaces: true }),
    versionStages: texts({ replaces: true }),
  },
  async create(inputs) {
    const made = await secrets().send(
      new PutSecretValueCommand({
        SecretId: inputs.secretId,
        SecretString: inputs.secretString,
        SecretBinary: inputs.secretBinary === undefined ? undefined : Buffer.from(inputs.secretBinary, "base64"),
        VersionStages: inputs.versionStages && [...inputs.versionStages],
      }),
    );
    return {
      id: `${inputs.secretId}|${made.VersionId}`,
      outputs: { arn: made.ARN, versionId: made.VersionId },
    };
  },
  async read(id, { secretId }) {
    const versionId = id.split("|").at(-1);
    const seen = await found(() =>
      secrets().send(new GetSecretValueCommand({ SecretId: secretId, VersionId: versionId })),
    );
    return seen && {};
  },
  async delete() {
    // A version goes with its secret; Secrets Manager has no call that deletes the current one.
  },
});

import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { blocks, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { s3 } from "../clients";
import { found, unlessGone } from "../errors";

interface Rule {
  readonly applyServerSideEncryptionByDefault?: {
    readonly sseAlgorithm: ServerSideEncryption;
    readonly kmsMasterKeyId?: string;
  };
  readonly bucketKeyEnabled?: boolean;
}

export const bucketServerSideEncryptionConfiguration = defineResource({
  type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  properties: { bucket: text({ required: true, replaces: true }), rules: blocks<Rule>()({ required: true }) },
  async create({ bucket, rules }) {
    await put(bucket, rules);
    return { id: bucket };
  },
  async read(id) {
    const seen = await found(() => s3().send(new GetBucketEncryptionCommand({ Bucket: id })));
    return seen?.ServerSideEncryptionConfiguration && {};
  },
  async update(id, { rules }) {
    await put(id, rules);
    return {};
  },
  async delete(id) {
    await unlessGone(() => s3().send(new DeleteBucketEncryptionCommand({ Bucket: id })));
  },
});

async function put(bucket: string, rules: readonly Rule[]): Promise<void> {
  await s3().send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: rules.map(({ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled }) => ({
          ApplyServerSideEncryptionByDefault: byDefault && {
            SSEAlgorithm: byDefault.sseAlgorithm,
            KMSMasterKeyID: byDefault.kmsMasterKeyId,
          },
          BucketKeyEnabled: bucketKeyEnabled,
        })),
      },
    }),
  );
}

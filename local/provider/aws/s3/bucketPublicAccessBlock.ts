import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { flag, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { s3 } from "../clients";
import { found, unlessGone } from "../errors";

export const bucketPublicAccessBlock = defineResource({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  properties: {
    bucket: text({ required: true, replaces: true }),
    blockPublicAcls: flag({ default: false }),
    blockPublicPolicy: flag({ default: false }),
    ignorePublicAcls: flag({ default: false }),
    restrictPublicBuckets: flag({ default: false }),
  },
  async create(inputs) {
    await put(inputs);
    return { id: inputs.bucket };
  },
  async read(id) {
    const seen = await found(() => s3().send(new GetPublicAccessBlockCommand({ Bucket: id })));
    const block = seen?.PublicAccessBlockConfiguration;
    if (!block) return undefined;
    return {
      blockPublicAcls: block.BlockPublicAcls ?? false,
      blockPublicPolicy: block.BlockPublicPolicy ?? false,
      ignorePublicAcls: block.IgnorePublicAcls ?? false,
      restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
    };
  },
  async update(_id, inputs) {
    await put(inputs);
    return {};
  },
  async delete(id) {
    await unlessGone(() => s3().send(new DeletePublicAccessBlockCommand({ Bucket: id })));
  },
});

interface Block {
  readonly bucket: string;
  readonly blockPublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly ignorePublicAcls: boolean;
  readonly restrictPublicBuckets: boolean;
}

async function put(inputs: Block): Promise<void> {
  await s3().send(
    new PutPublicAccessBlockCommand({
      Bucket: inputs.bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: inputs.blockPublicAcls,
        BlockPublicPolicy: inputs.blockPublicPolicy,
        IgnorePublicAcls: inputs.ignorePublicAcls,
        RestrictPublicBuckets: inputs.restrictPublicBuckets,
      },
    }),
  );
}

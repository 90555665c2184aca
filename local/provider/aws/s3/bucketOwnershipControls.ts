import {
  DeleteBucketOwnershipControlsCommand,
  GetBucketOwnershipControlsCommand,
  type ObjectOwnership,
  PutBucketOwnershipControlsCommand,
} from "@aws-sdk/client-s3";
import { block, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { s3 } from "../clients";
import { found, unlessGone } from "../errors";

interface Rule {
  readonly objectOwnership: ObjectOwnership;
}

export const bucketOwnershipControls = defineResource({
  type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  properties: { bucket: text({ required: true, replaces: true }), rule: block<Rule>()({ required: true }) },
  async create({ bucket, rule }) {
    await put(bucket, rule);
    return { id: bucket };
  },
  async read(id) {
    const seen = await found(() => s3().send(new GetBucketOwnershipControlsCommand({ Bucket: id })));
    const ownership = seen?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
    return ownership && { rule: { objectOwnership: ownership } };
  },
  async update(id, { rule }) {
    await put(id, rule);
    return {};
  },
  async delete(id) {
    await unlessGone(() => s3().send(new DeleteBucketOwnershipControlsCommand({ Bucket: id })));
  },
});

async function put(bucket: string, { objectOwnership }: Rule): Promise<void> {
  await s3().send(
    new PutBucketOwnershipControlsCommand({
      Bucket: bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: objectOwnership }] },
    }),
  );
}

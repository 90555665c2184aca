import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { document, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { s3 } from "../clients";
import { found, unlessGone } from "../errors";

export const bucketPolicy = defineResource({
  type: "aws:s3/bucketPolicy:BucketPolicy",
  properties: { bucket: text({ required: true, replaces: true }), policy: document({ required: true }) },
  async create({ bucket, policy }) {
    await s3().send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy }));
    return { id: bucket };
  },
  async read(id) {
    const seen = await found(() => s3().send(new GetBucketPolicyCommand({ Bucket: id })));
    return seen?.Policy === undefined ? undefined : { policy: seen.Policy };
  },
  async update(id, { policy }) {
    await s3().send(new PutBucketPolicyCommand({ Bucket: id, Policy: policy }));
    return {};
  },
  async delete(id) {
    await unlessGone(() => s3().send(new DeleteBucketPolicyCommand({ Bucket: id })));
  },
});

import assert from "node:assert/strict";
import type { ExampleResource } from "../../policy/model/rule";
import { publicAccessBlock } from "../../policy/rules/exposure/p24-public-access-block";
import { judgeExample } from "./judge";

function judgeStack(rule: typeof publicAccessBlock, resources: readonly ExampleResource[]): [string, string][] {
  return judgeExample(rule, { resources }).map(({ urn = "", fix }) => [urn, fix]);
}

const bucket: ExampleResource = { type: "aws:s3/bucket:Bucket", name: "data", props: { bucket: "data-1" } };
const on = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const block = (props: Record<string, unknown>, dependencies?: ExampleResource["dependencies"]): ExampleResource => ({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  name: "block",
  props,
  dependencies,
});

describe("rule on public access blocks", () => {
  it("P24: a bucket without a block is refused", () => {
    const found = judgeStack(publicAccessBlock, [bucket]);
    assert.deepEqual(
      found.map(([name]) => name),
      ["data"],
    );
  });

  it("P24: a block with a flag off is refused, naming the flag", () => {
    const found = judgeStack(publicAccessBlock, [bucket, block({ ...on, bucket: "data-1", blockPublicPolicy: false })]);
    assert.deepEqual(found, [["block", "set blockPublicPolicy to true"]]);
  });

  it("P24: a block of another bucket doesn't count", () => {
    const found = judgeStack(publicAccessBlock, [bucket, block({ ...on, bucket: "other" })]);
    assert.equal(found.length, 1);
  });

  it("P24: a full block passes, told by name or, where the name is unknown at preview, by its dependency", () => {
    assert.deepEqual(judgeStack(publicAccessBlock, [bucket, block({ ...on, bucket: "data-1" })]), []);
    assert.deepEqual(judgeStack(publicAccessBlock, [bucket, block(on, { bucket: ["data"] })]), []);
  });
});

import type { Resource, StackRule } from "../../model/rule";
import { unknown } from "../../model/unknown";

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
const allOn = Object.fromEntries(flags.map((flag) => [flag, true]));

const blockType = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const bucketTypes = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const tlsOnly = {
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::orders", "arn:aws:s3:::orders/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const policy = {
  type: "aws:s3/bucketPolicy:BucketPolicy",
  name: "policy",
  props: { bucket: "orders", policy: { Version: "2012-10-17", Statement: [tlsOnly] } },
};
const bucket = { type: "aws:s3/bucket:Bucket", name: "data", props: { bucket: "orders" } };

/** P24: each bucket of the stack has a public access block with all four flags on. */
export const publicAccessBlock: StackRule = {
  id: "P24",
  name: "s3-public-access-block",
  title: "A public access block on every bucket",
  level: "mandatory",
  severity: "high",
  why: "S3 has it on for buckets made since April 2023, but nothing in the program keeps it on or shows in review that it went off.",
  details:
    "Every bucket of the stack needs a BucketPublicAccessBlock whose four flags are true, unless an AccountPublicAccessBlock of the stack has all four. " +
    "Where a stack sets the level to `remediate`, flags that a block leaves out are switched on; one that is set to false is meant, and told of, and so is a bucket without a block.",
  sources: ["checkov CKV_AWS_53 to CKV_AWS_56, CKV2_AWS_6", "cdk-nag AwsSolutions-S2", "AWS FSBP S3.8"],
  wrong: { resources: [bucket] },
  right: {
    resources: [
      bucket,
      policy,
      { type: blockType, name: "block", props: { bucket: "orders", ...allOn }, dependencies: { bucket: ["data"] } },
    ],
  },
  scope: "stack",
  mend: {
    types: [blockType],
    // The AWS provider fills in `false` for a flag that the program leaves out, and lists it in `__defaults`.
    remediate: ({ props }) => {
      const filledIn = Array.isArray(props.__defaults) ? props.__defaults : [];
      const leftOut = flags.filter((flag) => (props[flag] ?? undefined) === undefined || filledIn.includes(flag));
      return leftOut.length === 0 ? undefined : Object.fromEntries(leftOut.map((flag) => [flag, true]));
    },
  },
  *check(resources) {
    const ofAccount = resources.filter(
      ({ type }) => type === "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    );
    if (ofAccount.some(({ props }) => flagsOff(props).length === 0)) return;
    const blocks = resources.filter(({ type }) => type === blockType);
    for (const bucket of resources.filter(({ type }) => bucketTypes.includes(type))) {
      const block = blocks.find(
        ({ props, dependencies }) =>
          dependencies.bucket?.includes(bucket.urn) ||
          (typeof props.bucket === "string" && props.bucket === bucket.props.bucket),
      );
      if (!block) {
        const fix = `add a BucketPublicAccessBlock with ${flags.join(", ")} set to true`;
        yield { urn: bucket.urn, message: "the bucket has no public access block", fix };
        continue;
      }
      const off = flagsOff(block.props);
      if (off.length > 0) yield { urn: block.urn, message: "flags are off", fix: `set ${off.join(", ")} to true` };
    }
  },
};

function flagsOff(props: Resource["props"]): string[] {
  return flags.filter((flag) => props[flag] !== true && props[flag] !== unknown);
}

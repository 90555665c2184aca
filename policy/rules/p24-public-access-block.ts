import type { StackValidationPolicy } from "@pulumi/policy";

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** P24: each bucket of the stack has a public access block with all four flags on. */
export const publicAccessBlock: StackValidationPolicy = {
  name: "s3-public-access-block",
  description: "P24: A bucket without a public access block is one wrong policy away from being public.",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    const blocks = resources.filter(({ type }) => type === "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    for (const bucket of resources.filter(({ type }) => type === "aws:s3/bucket:Bucket")) {
      const block = blocks.find(
        (candidate) =>
          candidate.propertyDependencies.bucket?.some(({ urn }) => urn === bucket.urn) ||
          (candidate.props.bucket !== undefined && candidate.props.bucket === bucket.props.bucket),
      );
      if (!block) {
        report(`add a BucketPublicAccessBlock with ${flags.join(", ")} set to true [P24]`, bucket.urn);
        continue;
      }
      const off = flags.filter((flag) => block.props[flag] !== true);
      if (off.length > 0) report(`set ${off.join(", ")} to true [P24]`, block.urn);
    }
  },
};

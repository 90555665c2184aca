import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArnOf } from "./account";
import { type Context, holdsData } from "./context";
import { policyDocument, type Statement, tlsOnly } from "./policyDocument";

export interface Expiration {
  readonly id: string;
  readonly prefix: string;
  /** @default they don't expire */
  readonly days?: number;
  /** Days until what was overwritten or deleted here is removed, where it is sooner than in the rest of the bucket. */
  readonly noncurrentDays?: number;
}

export interface SecureBucketArgs {
  /** Physical name. */
  readonly bucketName: pulumi.Input<string>;
  /** Days until objects under a prefix (empty: all) expire. @default none expires */
  readonly expirations?: readonly Expiration[];
  /** Days until versions that were overwritten or deleted are removed. */
  readonly noncurrentDays: number;
  /** Beside the one that refuses plain HTTP. @default none */
  readonly statements?: readonly Statement[];
}

export interface SecureBucket {
  readonly bucket: aws.s3.Bucket;
  readonly arn: pulumi.Output<string>;
  /** Name with the bucket as dependency. */
  readonly bucketName: pulumi.Output<string>;
}

/** A private, encrypted, versioned bucket that is reached over TLS alone. */
export function secureBucket(context: Context, part: string, args: SecureBucketArgs): SecureBucket {
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  const bucket = new aws.s3.Bucket(
    name,
    { bucket: args.bucketName, forceDestroy: context.allowDestroy, tags: context.tags },
    holdsData(context),
  );
  const bucketName = bucket.bucket;
  const publicAccess = new aws.s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    {
      bucket: bucketName,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    child,
  );
  // S3 refuses some changes to one bucket at the same moment (OperationAborted), hence one after the other.
  const ownership = new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket: bucketName, rule: { objectOwnership: "BucketOwnerEnforced" } },
    { ...child, dependsOn: publicAccess },
  );
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    { bucket: bucketName, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    child,
  );
  const versioning = new aws.s3.BucketVersioning(
    `${name}-versioning`,
    { bucket: bucketName, versioningConfiguration: { status: "Enabled" } },
    child,
  );
  new aws.s3.BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    { bucket: bucketName, rules: lifecycleRules(args) },
    { ...child, dependsOn: versioning },
  );
  const arn = bucketArnOf(context.account, args.bucketName);
  new aws.s3.BucketPolicy(
    `${name}-policy`,
    {
      bucket: bucketName,
      policy: policyDocument([tlsOnly("s3", [arn, pulumi.interpolate`${arn}/*`]), ...(args.statements ?? [])]),
    },
    { ...child, dependsOn: ownership },
  );
  return { bucket, arn, bucketName };
}

function lifecycleRules({
  expirations = [],
  noncurrentDays,
}: SecureBucketArgs): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  return [
    ...expirations.map(({ id, prefix, days, noncurrentDays: sooner }) => ({
      id,
      status: "Enabled",
      filter: { prefix },
      expiration: days === undefined ? undefined : { days },
      noncurrentVersionExpiration: sooner === undefined ? undefined : { noncurrentDays: sooner },
    })),
    {
      id: "clean-up",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    },
  ];
}

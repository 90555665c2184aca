import * as pulumi from "@pulumi/pulumi";

/** How Snowflake calls S3 in one of AWS's partitions. */
export interface SnowflakeS3 {
  /** STORAGE_PROVIDER of an integration. */
  readonly storageProvider: string;
  /** Scheme of a stage's URL. */
  readonly scheme: string;
}

/** @see https://docs.snowflake.com/en/sql-reference/sql/create-storage-integration */
const s3ByPartition: Readonly<Record<string, SnowflakeS3>> = {
  aws: { storageProvider: "S3", scheme: "s3" },
  "aws-cn": { storageProvider: "S3CHINA", scheme: "s3china" },
  "aws-us-gov": { storageProvider: "S3GOV", scheme: "s3gov" },
};

/** @throws pulumi.RunError for a partition that Snowflake doesn't read */
export function snowflakeS3(owner: string, partition: string): SnowflakeS3 {
  const known = s3ByPartition[partition];
  if (known !== undefined) return known;
  throw new pulumi.RunError(
    `${owner}: the AWS provider's account is in the partition ${partition}; Snowflake reads S3 in ${Object.keys(s3ByPartition).join(", ")}. ` +
      "Fix: deploy it with an AWS provider of one of these.",
  );
}

/** A region of AWS by either name, `AWS_EU_CENTRAL_1` or `eu-central-1`, as AWS writes it. */
export function awsRegion(region: string): string {
  return region
    .trim()
    .toLowerCase()
    .replace(/^(public\.)?aws[_-]/, "")
    .replaceAll("_", "-");
}

/** A warning when the bucket isn't where the Snowflake account is; undefined when it is. */
export function regionWarning(snowflakeRegion: string, bucketRegion: string): string | undefined {
  if (awsRegion(snowflakeRegion) === awsRegion(bucketRegion)) return undefined;
  return (
    `The Snowflake account is in ${snowflakeRegion}, the bucket in ${bucketRegion}: every load pays for transfer ` +
    "between regions and takes longer. Put the bucket in the account's region, or replicate it there."
  );
}

/** Warns when the bucket isn't where the Snowflake account is, as soon as both are known. */
export function warnOfRegions(
  parent: pulumi.Resource,
  account: string | undefined,
  bucket: pulumi.Output<string>,
): void {
  if (account === undefined) return;
  bucket.apply(async (region) => {
    const warning = regionWarning(account, region);
    if (warning !== undefined) await pulumi.log.warn(warning, parent);
  });
}

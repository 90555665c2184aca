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

import type * as pulumi from "@pulumi/pulumi";

/** Arguments of `FivetranConnector`. Give either `entry` or `bundle`. */
export interface FivetranConnectorArgs {
  /**
   * Path, from the project's folder, of the TypeScript or JavaScript module that exports `handler`; it is bundled with
   * what it imports. @default none: `bundle` has the code
   */
  entry?: string;
  /**
   * Path, from the project's folder, of a folder or `.zip` file that is ready for Lambda: an `index.mjs` or `index.js`
   * that exports `handler`. @default none: `entry` is bundled
   */
  bundle?: string;
  /** External ID that Fivetran's setup form shows. Fivetran sends it whenever it assumes the role. */
  externalId: pulumi.Input<string>;
  /** AWS account of Fivetran, 12 digits. @default "834469178297" */
  fivetranAccountId?: string;
  /**
   * `direct`: the rows are in the function's answer, at most 6 MB each. `s3`: they go through a bucket that is made only
   * for this. @default "direct"
   */
  syncMethod?: string;
  /** What the sync files' keys begin with, which limits both roles; only with `s3`. Fivetran names the files: set it only if you know their names. @default "": every key */
  bucketPrefix?: string;
  /** Appended to the sync bucket's name, since bucket names are unique in the world. @default 8 digits made from account and region */
  bucketNameSuffix?: string;
  /** Days after which sync files that Fivetran left behind are removed, 1 to 3,650. @default 7 */
  fileDays?: number;
  /**
   * Where the historical load begins, in the source's own terms; the function sees it as the variable START. A custom
   * payload's `startFrom` wins.
   * @default the connector's own start
   */
  startFrom?: string;
  /** Variables of the function beside PIPELINE and START. No secrets: Fivetran sends them with each request, and names that sound like one are refused. @default none */
  environment?: Record<string, string>;
  /** MB, 256 to 10,240; the share of a processor grows with it. @default 512 */
  memory?: number;
  /** Seconds, 10 to 900; what doesn't fit into one call is done in the next ones. @default 300 */
  timeout?: number;
  /** Trace the function in X-Ray. @default false */
  tracing?: boolean;
  /** SNS topic that alarms are sent to. @default none: alarms only show in CloudWatch */
  alarmTopicArn?: pulumi.Input<string>;
  /** Days that the function's log is kept; a value that CloudWatch takes. @default 90 */
  logRetentionDays?: number;
  /** Whether `pulumi destroy` may delete the sync bucket with the files in it. @default false */
  allowDestroy?: boolean;
  /** Tags beside Project, Stack, Component and ManagedBy. @default none */
  tags?: Record<string, string>;
}

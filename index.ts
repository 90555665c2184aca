/** What `import` gives: the components and their arguments. */
export { FivetranConnector } from "./components/fivetranConnector";
export type { FivetranConnectorArgs } from "./components/fivetranConnector/args";
export { FivetranDbtOrchestration } from "./components/fivetranDbtOrchestration";
export type {
  FivetranDbtOrchestrationArgs,
  OrchestrationDbtArgs,
  OrchestrationNetworkArgs,
  OrchestrationScheduleArgs,
} from "./components/orchestration/args";
export {
  BucketNotifications,
  type BucketNotificationsArgs,
  type BucketTargetArgs,
} from "./components/parts/bucketNotifications";
export { S3ToDynamoDb } from "./components/s3ToDynamoDb";
export type {
  S3FieldArgs,
  S3FunctionArgs,
  S3LimitsArgs,
  S3RetentionArgs,
  S3SourceArgs,
  S3ToDynamoDbArgs,
} from "./components/s3ToDynamoDb/args";
export type {
  SnowflakeColumnArgs,
  SnowflakeDynamoDbTableArgs,
  SnowflakeLandingArgs,
  SnowflakeTableArgs,
} from "./components/snowflake/args";
export {
  requiredPreviewFeatures,
  SnowflakeLanding,
  type SnowflakeNotificationTarget,
} from "./components/snowflakeLanding";

/** What `import` gives: the components and their arguments. */

export type { FivetranConnectorArgs } from "./components/fivetran-connector/args";
export { FivetranConnector } from "./components/fivetran-connector/fivetranConnector";
export type {
  FivetranDbtOrchestrationArgs,
  OrchestrationDbtArgs,
  OrchestrationNetworkArgs,
  OrchestrationScheduleArgs,
} from "./components/fivetran-dbt-orchestration/args";
export { FivetranDbtOrchestration } from "./components/fivetran-dbt-orchestration/fivetranDbtOrchestration";
export {
  BucketNotifications,
  type BucketNotificationsArgs,
  type BucketTargetArgs,
} from "./components/parts/bucketNotifications";
export type {
  S3FieldArgs,
  S3FunctionArgs,
  S3LimitsArgs,
  S3RetentionArgs,
  S3SourceArgs,
  S3ToDynamoDbArgs,
} from "./components/s3-to-dynamodb/args";
export { S3ToDynamoDb } from "./components/s3-to-dynamodb/s3ToDynamoDb";
export type {
  SnowflakeColumnArgs,
  SnowflakeDynamoDbTableArgs,
  SnowflakeLandingArgs,
  SnowflakeTableArgs,
} from "./components/snowflake-landing/args";
export {
  requiredPreviewFeatures,
  SnowflakeLanding,
  type SnowflakeNotificationTarget,
} from "./components/snowflake-landing/snowflakeLanding";

/** What `pulumi-data-pipelines/snowflake-landing` gives. */
export type {
  SnowflakeColumnArgs,
  SnowflakeDynamoDbTableArgs,
  SnowflakeLandingArgs,
  SnowflakeTableArgs,
} from "./args";
export {
  requiredPreviewFeatures,
  SnowflakeLanding,
  type SnowflakeNotificationTarget,
  type SnowflakePipe,
} from "./snowflakeLanding";

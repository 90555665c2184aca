/** What `import` gives: the components and their arguments. */
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

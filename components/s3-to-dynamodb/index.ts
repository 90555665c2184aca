/** What `pulumi-data-pipelines/s3-to-dynamodb` gives. */

export { itemKey, partitionKeys, sourceItems } from "../../functions/s3-to-dynamodb/items";
export type {
  S3FieldArgs,
  S3FunctionArgs,
  S3LimitsArgs,
  S3RetentionArgs,
  S3SourceArgs,
  S3ToDynamoDbArgs,
} from "./args";
export { S3ToDynamoDb } from "./s3ToDynamoDb";

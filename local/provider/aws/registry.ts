/** Every AWS type and function that the local cloud knows: add a file, name it here. */
import type { AnyResourceType, ProviderFunction } from "../core/resourceType";
import { dashboard } from "./cloudwatch/dashboard";
import { eventRule } from "./cloudwatch/eventRule";
import { eventTarget } from "./cloudwatch/eventTarget";
import { logGroup } from "./cloudwatch/logGroup";
import { metricAlarm } from "./cloudwatch/metricAlarm";
import { table } from "./dynamodb/table";
import { tableItem } from "./dynamodb/tableItem";
import { getAvailabilityZones, getCallerIdentity, getPartition, getRegion } from "./functions/account";
import { getPolicyDocument } from "./functions/getPolicyDocument";
import { policy } from "./iam/policy";
import { role } from "./iam/role";
import { rolePolicy } from "./iam/rolePolicy";
import { rolePolicyAttachment } from "./iam/rolePolicyAttachment";
import { alias } from "./kms/alias";
import { key } from "./kms/key";
import { eventSourceMapping } from "./lambda/eventSourceMapping";
import { lambdaFunction } from "./lambda/function";
import { functionEventInvokeConfig } from "./lambda/functionEventInvokeConfig";
import { functionRecursionConfig } from "./lambda/functionRecursionConfig";
import { permission } from "./lambda/permission";
import { bucket } from "./s3/bucket";
import { bucketLifecycleConfiguration } from "./s3/bucketLifecycleConfiguration";
import { bucketNotification } from "./s3/bucketNotification";
import { bucketObject } from "./s3/bucketObject";
import { bucketOwnershipControls } from "./s3/bucketOwnershipControls";
import { bucketPolicy } from "./s3/bucketPolicy";
import { bucketPublicAccessBlock } from "./s3/bucketPublicAccessBlock";
import { bucketServerSideEncryptionConfiguration } from "./s3/bucketServerSideEncryptionConfiguration";
import { bucketVersioning } from "./s3/bucketVersioning";
import { secret } from "./secretsmanager/secret";
import { secretVersion } from "./secretsmanager/secretVersion";
import { topic } from "./sns/topic";
import { topicPolicy } from "./sns/topicPolicy";
import { topicSubscription } from "./sns/topicSubscription";
import { queue } from "./sqs/queue";
import { queuePolicy, redriveAllowPolicy, redrivePolicy } from "./sqs/queueAttribute";

export const resources: readonly AnyResourceType[] = [
  alias,
  bucket,
  bucketLifecycleConfiguration,
  bucketNotification,
  bucketObject,
  bucketOwnershipControls,
  bucketPolicy,
  bucketPublicAccessBlock,
  bucketServerSideEncryptionConfiguration,
  bucketVersioning,
  dashboard,
  eventRule,
  eventSourceMapping,
  eventTarget,
  functionEventInvokeConfig,
  functionRecursionConfig,
  key,
  lambdaFunction,
  logGroup,
  metricAlarm,
  permission,
  policy,
  queue,
  queuePolicy,
  redriveAllowPolicy,
  redrivePolicy,
  role,
  rolePolicy,
  rolePolicyAttachment,
  secret,
  secretVersion,
  table,
  tableItem,
  topic,
  topicPolicy,
  topicSubscription,
];

export const functions: readonly ProviderFunction[] = [
  getAvailabilityZones,
  getCallerIdentity,
  getPartition,
  getPolicyDocument,
  getRegion,
];

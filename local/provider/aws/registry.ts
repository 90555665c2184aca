/** Every AWS type and function that the local cloud knows: add a file, name it here. */
import type { AnyResourceType, ProviderFunction } from "../core/resourceType";
import { api } from "./apigatewayv2/api";
import { integration } from "./apigatewayv2/integration";
import { route as apiRoute } from "./apigatewayv2/route";
import { stage } from "./apigatewayv2/stage";
import { scalingPolicy, scalingTarget } from "./appautoscaling/scaling";
import { workgroup } from "./athena/workgroup";
import { dashboard } from "./cloudwatch/dashboard";
import { eventRule } from "./cloudwatch/eventRule";
import { eventTarget } from "./cloudwatch/eventTarget";
import { logGroup } from "./cloudwatch/logGroup";
import { metricAlarm } from "./cloudwatch/metricAlarm";
import { table } from "./dynamodb/table";
import { tableItem } from "./dynamodb/tableItem";
import { eip } from "./ec2/eip";
import { internetGateway } from "./ec2/internetGateway";
import { natGateway } from "./ec2/natGateway";
import { route } from "./ec2/route";
import { routeTable } from "./ec2/routeTable";
import { routeTableAssociation } from "./ec2/routeTableAssociation";
import { securityGroup } from "./ec2/securityGroup";
import { securityGroupEgressRule, securityGroupIngressRule } from "./ec2/securityGroupRules";
import { subnet } from "./ec2/subnet";
import { vpc } from "./ec2/vpc";
import { vpcEndpoint } from "./ec2/vpcEndpoint";
import { lifecyclePolicy } from "./ecr/lifecyclePolicy";
import { repository } from "./ecr/repository";
import { cluster } from "./ecs/cluster";
import { clusterCapacityProviders } from "./ecs/clusterCapacityProviders";
import { service } from "./ecs/service";
import { taskDefinition } from "./ecs/taskDefinition";
import { getAvailabilityZones, getCallerIdentity, getPartition, getRegion } from "./functions/account";
import { getAuthorizationToken } from "./functions/ecr";
import { getPolicyDocument } from "./functions/getPolicyDocument";
import { catalogDatabase } from "./glue/catalogDatabase";
import { policy } from "./iam/policy";
import { role } from "./iam/role";
import { rolePolicy } from "./iam/rolePolicy";
import { rolePolicyAttachment } from "./iam/rolePolicyAttachment";
import { stream } from "./kinesis/stream";
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
import { schedule } from "./scheduler/schedule";
import { scheduleGroup } from "./scheduler/scheduleGroup";
import { secret } from "./secretsmanager/secret";
import { secretVersion } from "./secretsmanager/secretVersion";
import { stateMachine } from "./sfn/stateMachine";
import { topic } from "./sns/topic";
import { topicPolicy } from "./sns/topicPolicy";
import { topicSubscription } from "./sns/topicSubscription";
import { queue } from "./sqs/queue";
import { queuePolicy, redriveAllowPolicy, redrivePolicy } from "./sqs/queueAttribute";

export const resources: readonly AnyResourceType[] = [
  alias,
  api,
  apiRoute,
  bucket,
  bucketLifecycleConfiguration,
  bucketNotification,
  bucketObject,
  bucketOwnershipControls,
  bucketPolicy,
  bucketPublicAccessBlock,
  bucketServerSideEncryptionConfiguration,
  bucketVersioning,
  catalogDatabase,
  cluster,
  clusterCapacityProviders,
  dashboard,
  eip,
  eventRule,
  eventSourceMapping,
  eventTarget,
  functionEventInvokeConfig,
  functionRecursionConfig,
  integration,
  internetGateway,
  key,
  lambdaFunction,
  lifecyclePolicy,
  logGroup,
  metricAlarm,
  natGateway,
  permission,
  policy,
  queue,
  queuePolicy,
  redriveAllowPolicy,
  redrivePolicy,
  repository,
  role,
  rolePolicy,
  rolePolicyAttachment,
  route,
  routeTable,
  routeTableAssociation,
  scalingPolicy,
  scalingTarget,
  schedule,
  scheduleGroup,
  secret,
  secretVersion,
  securityGroup,
  securityGroupEgressRule,
  securityGroupIngressRule,
  service,
  stage,
  stateMachine,
  stream,
  subnet,
  table,
  tableItem,
  taskDefinition,
  topic,
  topicPolicy,
  topicSubscription,
  vpc,
  vpcEndpoint,
  workgroup,
];

export const functions: readonly ProviderFunction[] = [
  getAuthorizationToken,
  getAvailabilityZones,
  getCallerIdentity,
  getPartition,
  getPolicyDocument,
  getRegion,
];

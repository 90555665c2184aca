/** The account of the logs: an organisation's trail, Config, flow logs and subscriptions, all in encrypted buckets. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const organization = config.require("organizationId");
const management = config.require("managementAccount");
const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;
const trailArn = pulumi.interpolate`arn:aws:cloudtrail:${region}:${management}:trail/organization`;

const key = new aws.kms.Key("logs", {
  enableKeyRotation: true,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        sid: "Account",
        actions: ["kms:*"],
        resources: ["*"],
        principals: [{ type: "AWS", identifiers: [pulumi.interpolate`arn:aws:iam::${accountId}:root`] }],
      },
      {
        sid: "Trail",
        actions: ["kms:GenerateDataKey*"],
        resources: ["*"],
        principals: [{ type: "Service", identifiers: ["cloudtrail.amazonaws.com"] }],
        conditions: [
          {
            test: "StringLike",
            variable: "kms:EncryptionContext:aws:cloudtrail:arn",
            values: [pulumi.interpolate`arn:aws:cloudtrail:*:${management}:trail/*`],
          },
        ],
      },
      {
        sid: "CloudWatchLogs",
        actions: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
        resources: ["*"],
        principals: [{ type: "Service", identifiers: [pulumi.interpolate`logs.${region}.amazonaws.com`] }],
        conditions: [
          {
            test: "ArnLike",
            variable: "kms:EncryptionContext:aws:logs:arn",
            values: [pulumi.interpolate`arn:aws:logs:${region}:${accountId}:*`],
          },
        ],
      },
      {
        sid: "Delivery",
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: ["*"],
        principals: [{ type: "Service", identifiers: ["delivery.logs.amazonaws.com"] }],
      },
    ],
  }).json,
});

const archive = new aws.s3.Bucket("log-archive", { objectLockEnabled: true });
new aws.s3.BucketPublicAccessBlock("log-archive", {
  bucket: archive.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
new aws.s3.BucketPolicy("log-archive", {
  bucket: archive.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TrailLooks",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "s3:GetBucketAcl",
        Resource: archive.arn,
        Condition: { StringEquals: { "aws:SourceArn": trailArn } },
      },
      {
        Sid: "TrailWrites",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${archive.arn}/AWSLogs/${organization}/*`,
        Condition: { StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" } },
      },
      {
        Sid: "ConfigWrites",
        Effect: "Allow",
        Principal: { Service: "config.amazonaws.com" },
        Action: ["s3:PutObject", "s3:GetBucketAcl", "s3:ListBucket"],
        Resource: [archive.arn, pulumi.interpolate`${archive.arn}/config/*`],
      },
      {
        Sid: "FlowLogs",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${archive.arn}/flow/AWSLogs/*`,
        Condition: {
          StringEquals: { "aws:SourceOrgID": organization },
          ArnLike: { "aws:SourceArn": "arn:aws:logs:*:*:*" },
        },
      },
      {
        Sid: "Tls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [archive.arn, pulumi.interpolate`${archive.arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "NobodyDeletes",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"],
        Resource: [archive.arn, pulumi.interpolate`${archive.arn}/*`],
      },
    ],
  }),
});

const trailGroup = new aws.cloudwatch.LogGroup("trail", { retentionInDays: 365, kmsKeyId: key.arn });
const trailRole = new aws.iam.Role("trail", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "cloudtrail.amazonaws.com" }),
});
new aws.iam.RolePolicy("trail", {
  role: trailRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Write",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: pulumi.interpolate`${trailGroup.arn}:log-stream:*`,
      },
    ],
  }),
});
new aws.cloudtrail.Trail("organization", {
  name: "organization",
  s3BucketName: archive.id,
  isOrganizationTrail: true,
  isMultiRegionTrail: true,
  enableLogFileValidation: true,
  kmsKeyId: key.arn,
  cloudWatchLogsGroupArn: pulumi.interpolate`${trailGroup.arn}:*`,
  cloudWatchLogsRoleArn: trailRole.arn,
});

const flowRole = new aws.iam.Role("flow-logs", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "vpc-flow-logs.amazonaws.com" }),
});
new aws.iam.RolePolicy("flow-logs", {
  role: flowRole.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: [
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:PutLogEvents",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
        ],
        Resource: "*",
      },
    ],
  }),
});
const flowGroup = new aws.cloudwatch.LogGroup("flow", { retentionInDays: 90 });
new aws.ec2.FlowLog("main", {
  vpcId: config.require("vpcId"),
  trafficType: "ALL",
  iamRoleArn: flowRole.arn,
  logDestination: flowGroup.arn,
});

/** Member accounts send their groups here. */
const intake = new aws.kinesis.Stream("intake", {
  shardCount: 4,
  encryptionType: "KMS",
  kmsKeyId: "alias/aws/kinesis",
});
const intakeRole = new aws.iam.Role("intake", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringLike: { "aws:SourceArn": [pulumi.interpolate`arn:aws:logs:${region}:${accountId}:*`] } },
      },
    ],
  }),
});
new aws.iam.RolePolicy("intake", {
  role: intakeRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["kinesis:PutRecord", "kinesis:PutRecords"], Resource: intake.arn }],
  }),
});
const destination = new aws.cloudwatch.LogDestination("intake", { roleArn: intakeRole.arn, targetArn: intake.arn });
new aws.cloudwatch.LogDestinationPolicy("intake", {
  destinationName: destination.name,
  accessPolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Members",
        Effect: "Allow",
        Principal: "*",
        Action: "logs:PutSubscriptionFilter",
        Resource: destination.arn,
        Condition: { StringEquals: { "aws:PrincipalOrgID": organization } },
      },
    ],
  }),
});

const alarms = new aws.sns.Topic("security-alarms");
new aws.sns.TopicPolicy("security-alarms", {
  arn: alarms.arn,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: alarms.arn,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  }),
});

export const bucket = archive.bucket;

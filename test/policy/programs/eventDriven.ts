/** Orders by events: a topic fans out into queues, functions work them off, a state machine ships, a schedule closes the day. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;
const code = new pulumi.asset.AssetArchive({
  "index.js": new pulumi.asset.StringAsset("exports.handler = async () => undefined;"),
});

/** A trust that only this account's resources get through. */
const trust = (service: string) =>
  accountId.apply((account) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: service },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    }),
  );

const uploads = new aws.s3.Bucket("uploads");
new aws.s3.BucketPublicAccessBlock("uploads", {
  bucket: uploads.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
});
new aws.s3.BucketPolicy("uploads", {
  bucket: uploads.id,
  policy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [uploads.arn, pulumi.interpolate`${uploads.arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  },
});

const orders = new aws.sns.Topic("orders", { kmsMasterKeyId: "alias/aws/sns" });
new aws.sns.TopicPolicy("orders", {
  arn: orders.arn,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Rules",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Resource: orders.arn,
      },
      {
        Sid: "Uploads",
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sns:Publish",
        Resource: orders.arn,
      },
      {
        Sid: "Tls",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: orders.arn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  }),
});
new aws.s3.BucketNotification("uploads", {
  bucket: uploads.id,
  topics: [{ topicArn: orders.arn, events: ["s3:ObjectCreated:*"] }],
});

const dead = new aws.sqs.Queue("billing-dead", { messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true });
const billing = new aws.sqs.Queue("billing", {
  sqsManagedSseEnabled: true,
  visibilityTimeoutSeconds: 180,
  redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
});
new aws.sqs.QueuePolicy("billing", {
  queueUrl: billing.url,
  policy: pulumi.all([billing.arn, orders.arn]).apply(([queue, topic]) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Topic",
          Effect: "Allow",
          Principal: "*",
          Action: "sqs:SendMessage",
          Resource: queue,
          Condition: { ArnEquals: { "aws:SourceArn": topic } },
        },
        {
          Sid: "Tls",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: queue,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  ),
});
new aws.sns.TopicSubscription("billing", { topic: orders.arn, protocol: "sqs", endpoint: billing.arn });

const biller = new aws.iam.Role("biller", { assumeRolePolicy: trust("lambda.amazonaws.com") });
new aws.iam.RolePolicy("biller", {
  role: biller.id,
  policy: {
    Version: "2012-10-17",
    Statement: [
      { Sid: "Queue", Effect: "Allow", Action: ["sqs:*"], Resource: [billing.arn] },
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/biller:*`],
      },
    ],
  },
});
const bill = new aws.lambda.Function("biller", {
  name: "biller",
  role: biller.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  code,
});
new aws.lambda.EventSourceMapping("biller", {
  eventSourceArn: billing.arn,
  functionName: bill.arn,
  functionResponseTypes: ["ReportBatchItemFailures"],
});

const shipLog = new aws.cloudwatch.LogGroup("ship", { name: "/aws/vendedlogs/states/ship", retentionInDays: 30 });
const shipper = new aws.iam.Role("shipper", { assumeRolePolicy: trust("states.amazonaws.com") });
new aws.iam.RolePolicy("shipper", {
  role: shipper.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Steps", Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: "*" },
      {
        Sid: "Log",
        Effect: "Allow",
        Action: [
          "logs:CreateLogDelivery",
          "logs:GetLogDelivery",
          "logs:UpdateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:DescribeResourcePolicies",
          "logs:DescribeLogGroups",
        ],
        Resource: "*",
      },
      { Sid: "Trace", Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" },
    ],
  }),
});
const ship = new aws.sfn.StateMachine("ship", {
  roleArn: shipper.arn,
  loggingConfiguration: { level: "ERROR", logDestination: pulumi.interpolate`${shipLog.arn}:*` },
  definition: pulumi.jsonStringify({
    StartAt: "Bill",
    States: {
      Bill: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Parameters: { FunctionName: bill.arn },
        End: true,
      },
    },
  }),
});

const rule = new aws.cloudwatch.EventRule("refunds", { eventPattern: JSON.stringify({ source: ["shop.refunds"] }) });
new aws.cloudwatch.EventTarget("refunds", { rule: rule.name, arn: orders.arn });

const closer = new aws.iam.Role("close-day", { assumeRolePolicy: trust("scheduler.amazonaws.com") });
new aws.iam.RolePolicy("close-day", {
  role: closer.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "states:StartExecution", Resource: ship.arn }],
  }),
});
new aws.scheduler.Schedule("close-day", {
  scheduleExpression: "cron(0 22 * * ? *)",
  flexibleTimeWindow: { mode: "OFF" },
  target: { arn: ship.arn, roleArn: closer.arn },
});

/** Left from the first version, which billed by a function of its own. */
const old = new aws.iam.Role("biller-v1", { assumeRolePolicy: trust("lambda.amazonaws.com") });
new aws.iam.RolePolicyAttachment("biller-v1", {
  role: old.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
});

export const topic = orders.arn;

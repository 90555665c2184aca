/** Clicks through Kinesis into OpenSearch: a producer in another account, a Flink application, consumers, dashboards. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const producer = config.require("partnerAccount");
const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;

const clicks = new aws.kinesis.Stream("clicks", {
  shardCount: 8,
  encryptionType: "KMS",
  kmsKeyId: "alias/aws/kinesis",
});
new aws.kinesis.ResourcePolicy("clicks", {
  resourceArn: clicks.arn,
  policy: clicks.arn.apply((arn) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Producer",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${producer}:role/clicks-producer` },
          Action: ["kinesis:PutRecord", "kinesis:PutRecords", "kinesis:DescribeStreamSummary"],
          Resource: arn,
        },
      ],
    }),
  ),
});

const trust = (service: string) =>
  pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  });

const search = new aws.opensearch.Domain("search", {
  domainName: "clicks",
  engineVersion: "OpenSearch_2.19",
  encryptAtRest: { enabled: true },
  nodeToNodeEncryption: { enabled: true },
  domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07" },
  accessPolicies: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Office",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "es:ESHttp*",
        Resource: pulumi.interpolate`arn:aws:es:${region}:${accountId}:domain/clicks/*`,
        Condition: { IpAddress: { "aws:SourceIp": ["198.51.100.0/24", "203.0.113.7"] } },
      },
    ],
  }),
});

const flink = new aws.iam.Role("sessions", { assumeRolePolicy: trust("kinesisanalytics.amazonaws.com") });
new aws.iam.RolePolicy("sessions", {
  role: flink.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Read",
        Effect: "Allow",
        Action: [
          "kinesis:DescribeStreamSummary",
          "kinesis:GetRecords",
          "kinesis:GetShardIterator",
          "kinesis:ListShards",
          "kinesis:SubscribeToShard",
        ],
        Resource: [clicks.arn, pulumi.interpolate`${clicks.arn}/consumer/*`],
      },
      {
        Sid: "Index",
        Effect: "Allow",
        Action: ["es:ESHttpPost", "es:ESHttpPut"],
        Resource: pulumi.interpolate`${search.arn}/*`,
      },
      {
        Sid: "Network",
        Effect: "Allow",
        Action: [
          "ec2:CreateNetworkInterface",
          "ec2:CreateNetworkInterfacePermission",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeDhcpOptions",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ],
        Resource: "*",
      },
    ],
  }),
});
new aws.kinesisanalyticsv2.Application("sessions", {
  runtimeEnvironment: "FLINK-1_20",
  serviceExecutionRole: flink.arn,
});

const consumerRole = new aws.iam.Role("archive", { assumeRolePolicy: trust("lambda.amazonaws.com") });
new aws.iam.RolePolicyAttachment("archive", {
  role: consumerRole.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaKinesisExecutionRole,
});
new aws.iam.RolePolicy("archive", {
  role: consumerRole.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Store", Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::acme-clicks/raw/*" },
      {
        Sid: "Secrets",
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: "arn:aws:secretsmanager:*:*:secret:*",
      },
    ],
  }),
});
const archive = new aws.lambda.Function("archive", {
  role: consumerRole.arn,
  runtime: "python3.13",
  handler: "archive.handler",
  code: new pulumi.asset.AssetArchive({
    "archive.py": new pulumi.asset.StringAsset("def handler(event, context): pass"),
  }),
  environment: {
    variables: {
      BUCKET: "acme-clicks",
      KAFKA_PASSWORD_SECRET: "prod/clicks/kafka",
      SEGMENT_TOKEN: `\${ssm:/clicks/segment-token}`,
      GITHUB_API: "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8",
    },
  },
});
new aws.lambda.EventSourceMapping("archive", {
  eventSourceArn: clicks.arn,
  functionName: archive.arn,
  startingPosition: "LATEST",
});

/** A sink for the metrics and logs of the organisation's accounts. */
const sink = new aws.oam.Sink("central", { name: "central" });
new aws.oam.SinkPolicy("central", {
  sinkIdentifier: sink.arn,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Link",
        Effect: "Allow",
        Principal: "*",
        Action: ["oam:CreateLink", "oam:UpdateLink"],
        Resource: "*",
        Condition: {
          "ForAllValues:StringEquals": { "oam:ResourceTypes": ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup"] },
        },
      },
    ],
  }),
});

const dashboards = new aws.iam.Role("grafana", { assumeRolePolicy: trust("grafana.amazonaws.com") });
new aws.iam.RolePolicy("grafana", {
  role: dashboards.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Metrics",
        Effect: "Allow",
        Action: ["cloudwatch:ListMetrics", "cloudwatch:DescribeAlarmsForMetric", "tag:GetResources"],
        Resource: "*",
      },
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:StartQuery", "logs:GetLogGroupFields"],
        Resource: "arn:aws:logs:*:*:log-group:/clicks/*",
      },
      { Sid: "Results", Effect: "Allow", Action: ["logs:StopQuery", "logs:GetQueryResults"], Resource: "*" },
    ],
  }),
});
const bus = new aws.cloudwatch.EventBus("clicks", { name: "clicks" });
new aws.cloudwatch.EventBusPolicy("clicks", {
  eventBusName: bus.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Producers",
        Effect: "Allow",
        Principal: { AWS: [producer, accountId] },
        Action: "events:PutEvents",
        Resource: bus.arn,
      },
    ],
  }),
});

export const endpoint = search.endpoint;

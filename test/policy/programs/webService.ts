/** A shop's web service: Fargate behind a load balancer, its image in ECR, its sessions in S3, its settings in SSM. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const image = config.get("image") ?? "shop:latest";
const tags = { service: "shop", owner: "storefront" };

const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;
const vpc = aws.ec2.getVpcOutput({ default: true });
const subnets = aws.ec2.getSubnetsOutput({ filters: [{ name: "vpc-id", values: [vpc.id] }] });

const web = new aws.ec2.SecurityGroup("web", {
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});

const logs = new aws.s3.Bucket("balancer-logs", { forceDestroy: false, tags });
new aws.s3.BucketPolicy("balancer-logs", {
  bucket: logs.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Balancer",
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${logs.arn}/shop/AWSLogs/${accountId}/*`,
      },
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [logs.arn, pulumi.interpolate`${logs.arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  }),
});

const sessions = new aws.s3.Bucket("sessions", { tags });
new aws.s3.BucketPublicAccessBlock("sessions", {
  bucket: sessions.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});

const balancer = new aws.lb.LoadBalancer("web", {
  loadBalancerType: "application",
  securityGroups: [web.id],
  subnets: subnets.ids,
  accessLogs: { bucket: logs.bucket, prefix: "shop", enabled: true },
  tags,
});
const targets = new aws.lb.TargetGroup("web", {
  port: 8080,
  protocol: "HTTP",
  targetType: "ip",
  vpcId: vpc.id,
  healthCheck: { path: "/health" },
});
const listener = new aws.lb.Listener("web", {
  loadBalancerArn: balancer.arn,
  port: 443,
  protocol: "HTTPS",
  certificateArn: config.require("certificateArn"),
  defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
});

const repository = new aws.ecr.Repository("shop", { imageScanningConfiguration: { scanOnPush: true } });
const cluster = new aws.ecs.Cluster("shop", { settings: [{ name: "containerInsights", value: "enabled" }] });
const logGroup = new aws.cloudwatch.LogGroup("shop", { retentionInDays: 30 });
const session = new aws.secretsmanager.Secret("session-key");

const execution = new aws.iam.Role("shop-execution", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ecs-tasks.amazonaws.com" }),
});
new aws.iam.RolePolicyAttachment("shop-execution", {
  role: execution.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
});
new aws.iam.RolePolicy("shop-execution-secrets", {
  role: execution.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: [session.arn] }],
  }),
});

const task = new aws.iam.Role("shop-task", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRole"],
        principals: [{ type: "Service", identifiers: ["ecs-tasks.amazonaws.com"] }],
        conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
      },
    ],
  }).json,
});
new aws.iam.RolePolicy("shop-task", {
  role: task.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Sessions",
        Effect: "Allow",
        Action: "s3:*",
        Resource: [sessions.arn, pulumi.interpolate`${sessions.arn}/*`],
      },
      { Sid: "Settings", Effect: "Allow", Action: ["ssm:GetParameter", "ssm:GetParametersByPath"], Resource: "*" },
      { Sid: "Metrics", Effect: "Allow", Action: "cloudwatch:PutMetricData", Resource: "*" },
      {
        Sid: "Exec",
        Effect: "Allow",
        Action: [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ],
        Resource: "*",
      },
    ],
  }),
});

const definition = new aws.ecs.TaskDefinition("shop", {
  family: "shop",
  cpu: "512",
  memory: "1024",
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  executionRoleArn: execution.arn,
  taskRoleArn: task.arn,
  containerDefinitions: pulumi.jsonStringify([
    {
      name: "shop",
      image: pulumi.interpolate`${repository.repositoryUrl}/${image}`,
      portMappings: [{ containerPort: 8080 }],
      environment: [
        { name: "SESSIONS_BUCKET", value: sessions.bucket },
        { name: "DATABASE_URL", value: "postgres://shop:Tr1cky-horse@db.shop.internal:5432/shop" },
        { name: "SESSION_KEY_ARN", value: session.arn },
      ],
      secrets: [{ name: "SESSION_KEY", valueFrom: session.arn }],
      logConfiguration: {
        logDriver: "awslogs",
        options: { "awslogs-group": logGroup.name, "awslogs-region": region, "awslogs-stream-prefix": "shop" },
      },
    },
  ]),
});
const service = new aws.ecs.Service(
  "shop",
  {
    cluster: cluster.arn,
    taskDefinition: definition.arn,
    desiredCount: 2,
    launchType: "FARGATE",
    networkConfiguration: { subnets: subnets.ids, securityGroups: [web.id] },
    loadBalancers: [{ targetGroupArn: targets.arn, containerName: "shop", containerPort: 8080 }],
  },
  { dependsOn: [listener] },
);

const scaling = new aws.appautoscaling.Target("shop", {
  minCapacity: 2,
  maxCapacity: 10,
  resourceId: pulumi.interpolate`service/${cluster.name}/${service.name}`,
  scalableDimension: "ecs:service:DesiredCount",
  serviceNamespace: "ecs",
});

export const url = pulumi.interpolate`https://${balancer.dnsName}`;
export const scaled = scaling.resourceId;

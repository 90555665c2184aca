/** Machines without internet: VPC endpoints, instances by Session Manager, a batch job, a bucket for the VPC alone. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const organization = config.require("organizationId");
const region = aws.getRegionOutput().region;
const { accountId } = aws.getCallerIdentityOutput();

const vpc = new aws.ec2.Vpc("private", { cidrBlock: "10.20.0.0/16", enableDnsHostnames: true });
const subnets = ["a", "b"].map(
  (zone, i) =>
    new aws.ec2.Subnet(`private-${zone}`, {
      vpcId: vpc.id,
      cidrBlock: `10.20.${i}.0/24`,
      availabilityZone: pulumi.interpolate`${region}${zone}`,
    }),
);
const routes = new aws.ec2.RouteTable("private", { vpcId: vpc.id });

const gateway = new aws.ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: pulumi.interpolate`com.amazonaws.${region}.s3`,
  routeTableIds: [routes.id],
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Organisation",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalOrgID": organization, "aws:ResourceOrgID": organization } },
      },
      {
        Sid: "Packages",
        Effect: "Allow",
        Principal: "*",
        Action: "s3:GetObject",
        Resource: pulumi.interpolate`arn:aws:s3:::al2023-repos-${region}-de612dc2/*`,
      },
    ],
  }),
});
for (const service of ["ssm", "ssmmessages", "logs"]) {
  new aws.ec2.VpcEndpoint(service, {
    vpcId: vpc.id,
    vpcEndpointType: "Interface",
    serviceName: pulumi.interpolate`com.amazonaws.${region}.${service}`,
    subnetIds: subnets.map(({ id }) => id),
    privateDnsEnabled: true,
  });
}
new aws.ec2.VpcEndpoint("secrets", {
  vpcId: vpc.id,
  vpcEndpointType: "Interface",
  serviceName: pulumi.interpolate`com.amazonaws.${region}.secretsmanager`,
  subnetIds: subnets.map(({ id }) => id),
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Anybody", Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
  }),
});

const inputs = new aws.s3.Bucket("inputs");
new aws.s3.BucketPublicAccessBlock("inputs", {
  bucket: inputs.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
new aws.s3.BucketPolicy("inputs", {
  bucket: inputs.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "FromEndpoint",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: pulumi.interpolate`${inputs.arn}/*`,
        Condition: { StringEquals: { "aws:SourceVpce": gateway.id } },
      },
      {
        Sid: "NotFromElsewhere",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: pulumi.interpolate`${inputs.arn}/*`,
        Condition: { StringNotEquals: { "aws:SourceVpce": gateway.id } },
      },
      {
        Sid: "Tls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [inputs.arn, pulumi.interpolate`${inputs.arn}/*`],
        Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
      },
      {
        Sid: "Https",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [inputs.arn, pulumi.interpolate`${inputs.arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  }),
});

const workerRole = new aws.iam.Role("worker", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal(aws.iam.Principals.Ec2Principal),
});
const workerPolicy = new aws.iam.Policy("worker", {
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Look", Effect: "Allow", Action: "ec2:Describe*", Resource: "*" },
      {
        Sid: "Address",
        Effect: "Allow",
        Action: ["ec2:AssociateAddress", "ec2:AttachVolume"],
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/pool": "workers" } },
      },
      { Sid: "Inputs", Effect: "Allow", Action: "s3:GetObject", Resource: pulumi.interpolate`${inputs.arn}/*` },
      {
        Sid: "Session",
        Effect: "Allow",
        Action: [
          "ssm:UpdateInstanceInformation",
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
new aws.iam.RolePolicyAttachment("worker", { role: workerRole.name, policyArn: workerPolicy.arn });
const profile = new aws.iam.InstanceProfile("worker", { role: workerRole.name });
const image = aws.ec2.getAmiOutput({
  owners: ["amazon"],
  mostRecent: true,
  filters: [{ name: "name", values: ["al2023-ami-*-arm64"] }],
});
const template = new aws.ec2.LaunchTemplate("worker", {
  imageId: image.id,
  instanceType: "c7g.large",
  iamInstanceProfile: { arn: profile.arn },
  metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" },
});
new aws.autoscaling.Group("workers", {
  minSize: 1,
  maxSize: 6,
  vpcZoneIdentifiers: subnets.map(({ id }) => id),
  launchTemplate: { id: template.id, version: "$Latest" },
});

const jobRole = new aws.iam.Role("pricing-job", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:aws:ecs:${region}:${accountId}:*` },
          StringEquals: { "aws:SourceAccount": accountId },
        },
      },
    ],
  }),
});
new aws.iam.RolePolicy("pricing-job", {
  role: jobRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Inputs",
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: pulumi.interpolate`${inputs.arn}/pricing/*`,
      },
    ],
  }),
});
const job = new aws.batch.JobDefinition("pricing", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: pulumi.jsonStringify({
    image: "acme/pricing:14",
    jobRoleArn: jobRole.arn,
    executionRoleArn: jobRole.arn,
    resourceRequirements: [
      { type: "VCPU", value: "1" },
      { type: "MEMORY", value: "2048" },
    ],
    environment: [
      { name: "INPUTS", value: inputs.bucket },
      { name: "RATES_API_KEY", value: "pk9fj2ls0dk3mfa8" },
    ],
  }),
});

export const jobArn = job.arn;

/** A shop that moved to the cloud long ago: instances in groups, CodeDeploy, roles that grew, attachments by several hands. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const subnetIds = config.requireObject<string[]>("subnetIds");
const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;

const ec2Trust = JSON.stringify({
  Version: "2008-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

const web = new aws.iam.Role("web", { name: "shop-web", path: "/shop/", assumeRolePolicy: ec2Trust });
const assets = new aws.iam.Policy("assets", {
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Assets", Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::shop-assets/*" },
      {
        Sid: "Browse",
        Effect: "Allow",
        Action: ["s3:ListAllMyBuckets", "s3:GetBucketLocation"],
        Resource: "arn:aws:s3:::*",
      },
    ],
  }),
});
/** Owns every attachment of the policy in the account. */
new aws.iam.PolicyAttachment("assets", { policyArn: assets.arn, roles: [web.name] });

const worker = new aws.iam.Role("worker", {
  name: "shop-worker",
  assumeRolePolicy: ec2Trust,
  inlinePolicies: [
    {
      name: "mail",
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Mail",
            Effect: "Allow",
            Action: ["ses:SendEmail", "ses:SendRawEmail"],
            Resource: pulumi.interpolate`arn:aws:ses:${region}:${accountId}:identity/shop.example.com`,
          },
        ],
      }),
    },
  ],
});
new aws.iam.RolePolicyAttachment("worker-assets", { role: worker.name, policyArn: assets.arn });
new aws.iam.RolePolicy("worker-queue", {
  role: worker.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Jobs",
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
        Resource: pulumi.interpolate`arn:aws:sqs:${region}:${accountId}:shop-*`,
      },
    ],
  }),
});

/** The operators' box, from which everything is done. */
const bastion = new aws.iam.Role("bastion", { name: "shop-bastion", assumeRolePolicy: ec2Trust });
new aws.iam.RolePolicy("bastion", {
  role: bastion.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Become",
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Resource: pulumi.interpolate`arn:aws:iam::${accountId}:role/shop-operations`,
      },
      {
        Sid: "Run",
        Effect: "Allow",
        Action: ["ssm:SendCommand"],
        Resource: "*",
        Condition: { StringEquals: { "ssm:resourceTag/group": "web" } },
      },
      { Sid: "Passwords", Effect: "Allow", Action: "ec2:GetPasswordData", Resource: "*" },
    ],
  }),
});
const operations = new aws.iam.Role("operations", {
  name: "shop-operations",
  assumeRolePolicy: bastion.arn.apply((arn) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "Bastion", Effect: "Allow", Principal: { AWS: arn }, Action: "sts:AssumeRole" }],
    }),
  ),
});
new aws.iam.RolePolicy("operations", {
  role: operations.name,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }],
  }),
});

const deployRole = new aws.iam.Role("deploy", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "codedeploy.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  }),
});
new aws.iam.RolePolicyAttachment("deploy", {
  role: deployRole.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRole",
});

const image = aws.ec2.getAmiOutput({
  owners: ["amazon"],
  mostRecent: true,
  filters: [{ name: "name", values: ["al2023-*"] }],
});
for (const [name, role] of Object.entries({ web, worker, bastion })) {
  const profile = new aws.iam.InstanceProfile(name, { role: role.name });
  const template = new aws.ec2.LaunchTemplate(name, {
    imageId: image.id,
    instanceType: "t4g.medium",
    iamInstanceProfile: { name: profile.name },
    metadataOptions: { httpTokens: "required" },
  });
  new aws.autoscaling.Group(name, {
    minSize: 1,
    maxSize: name === "bastion" ? 1 : 4,
    vpcZoneIdentifiers: subnetIds,
    launchTemplate: { id: template.id },
  });
}
const application = new aws.codedeploy.Application("shop", { computePlatform: "Server" });
new aws.codedeploy.DeploymentGroup("web", {
  appName: application.name,
  deploymentGroupName: "web",
  serviceRoleArn: deployRole.arn,
  ec2TagSets: [{ ec2TagFilters: [{ key: "group", type: "KEY_AND_VALUE", value: "web" }] }],
});

const jobs = new aws.sqs.Queue("jobs", {
  name: "shop-jobs",
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Anyone",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "sqs:SendMessage",
        Resource: pulumi.interpolate`arn:aws:sqs:${region}:${accountId}:shop-jobs`,
        Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } },
      },
    ],
  }),
});

const groups = new aws.iam.Group("support");
new aws.iam.GroupPolicy("support", {
  group: groups.name,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Tickets",
        Effect: "Allow",
        Action: ["support:*"],
        Resource: "*",
      },
      {
        Sid: "WithMfa",
        Effect: "Deny",
        NotAction: ["iam:ListMFADevices", "iam:EnableMFADevice", "sts:GetSessionToken"],
        Resource: "*",
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } },
      },
    ],
  }),
});

export const queue = jobs.url;

/** Roles and shares between accounts: a vendor's auditor, a deployer from the tooling account, partners who fetch files. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const tooling = config.require("toolingAccount");
const vendor = config.require("vendorAccount");
const partner = config.require("partnerAccount");
const organization = config.require("organizationId");
const { accountId } = aws.getCallerIdentityOutput();

interface TrustArgs {
  readonly principal: string;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function trust({ principal, condition }: TrustArgs): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Trusted",
        Effect: "Allow",
        Principal: { AWS: principal },
        Action: "sts:AssumeRole",
        ...(condition && { Condition: condition }),
      },
    ],
  });
}

/** The vendor scans configuration, and gave us an External ID of our own. */
const auditor = new aws.iam.Role("auditor", {
  assumeRolePolicy: trust({
    principal: `arn:aws:iam::${vendor}:root`,
    condition: { StringEquals: { "sts:ExternalId": config.require("vendorExternalId") } },
  }),
});
new aws.iam.RolePolicyAttachment("auditor", {
  role: auditor.name,
  policyArn: "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
});

const boundary = new aws.iam.Policy("deployer-boundary", {
  name: "deployer-boundary",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Workloads",
        Effect: "Allow",
        Action: ["ecs:*", "lambda:*", "s3:*", "dynamodb:*", "iam:*"],
        Resource: "*",
      },
      {
        Sid: "KeepAudit",
        Effect: "Deny",
        Action: ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"],
        Resource: "*",
      },
    ],
  }),
});
const deployer = new aws.iam.Role("deployer", {
  name: "deployer",
  permissionsBoundary: boundary.arn,
  assumeRolePolicy: trust({
    principal: `arn:aws:iam::${tooling}:role/pipelines/deploy`,
    condition: { StringEquals: { "sts:ExternalId": "deploy-storefront" } },
  }),
});
new aws.iam.RolePolicy("deployer", {
  role: deployer.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Functions",
        Effect: "Allow",
        Action: ["lambda:GetFunction", "lambda:UpdateFunctionCode", "lambda:PublishVersion", "lambda:UpdateAlias"],
        Resource: pulumi.interpolate`arn:aws:lambda:*:${accountId}:function:storefront-*`,
      },
      {
        Sid: "Artifacts",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:ListBucket"],
        Resource: ["arn:aws:s3:::acme-artifacts", "arn:aws:s3:::acme-artifacts/storefront/*"],
      },
      { Sid: "Inspect", Effect: "Allow", Action: ["iam:ListRoles", "kms:ListAliases"], Resource: "*" },
    ],
  }),
});

/** The backup account copies snapshots. Nobody thought of an External ID between own accounts. */
const backup = new aws.iam.Role("backup", {
  assumeRolePolicy: trust({ principal: `arn:aws:iam::${tooling}:role/backup` }),
});
new aws.iam.RolePolicy("backup", {
  role: backup.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Copy",
        Effect: "Allow",
        Action: ["rds:CopyDBSnapshot", "rds:ModifyDBSnapshotAttribute"],
        Resource: "arn:aws:rds:*:*:snapshot:nightly-*",
      },
      { Sid: "Find", Effect: "Allow", Action: "rds:DescribeDBSnapshots", Resource: "*" },
      {
        Sid: "Decrypt",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:CreateGrant"],
        Resource: "arn:aws:kms:*:*:key/*",
      },
    ],
  }),
});

/** Whoever is in the organisation may read the inventory. */
const inventory = new aws.iam.Role("inventory", {
  assumeRolePolicy: trust({
    principal: "*",
    condition: { StringEquals: { "aws:PrincipalOrgID": organization } },
  }),
});
new aws.iam.RolePolicy("inventory", {
  role: inventory.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Tags",
        Effect: "Allow",
        Action: ["tag:GetResources", "config:SelectResourceConfig"],
        Resource: "*",
      },
    ],
  }),
});

/** A hub that goes into every account of ours. */
const hub = new aws.iam.Role("hub", {
  assumeRolePolicy: trust({
    principal: `arn:aws:iam::${tooling}:role/hub`,
    condition: { StringEquals: { "aws:PrincipalOrgID": organization } },
  }),
});
new aws.iam.RolePolicy("hub", {
  role: hub.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Anywhere", Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:iam::*:role/*" }],
  }),
});

const exchange = new aws.s3.Bucket("exchange");
new aws.s3.BucketPublicAccessBlock("exchange", {
  bucket: exchange.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
new aws.s3.BucketPolicy("exchange", {
  bucket: exchange.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Partner",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${partner}:root` },
        Action: ["s3:GetObject"],
        Resource: pulumi.interpolate`${exchange.arn}/out/*`,
      },
      {
        Sid: "Organisation",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: pulumi.interpolate`${exchange.arn}/shared/*`,
        Condition: { StringEquals: { "aws:PrincipalOrgID": organization } },
      },
      {
        Sid: "Tls",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "s3:*",
        Resource: [exchange.arn, pulumi.interpolate`${exchange.arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": false } },
      },
    ],
  }),
});

const guardrail = new aws.organizations.Policy("no-leaving", {
  content: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Stay", Effect: "Deny", Action: "organizations:LeaveOrganization", Resource: "*" },
      {
        Sid: "Regions",
        Effect: "Deny",
        NotAction: ["iam:*", "sts:*", "cloudfront:*", "route53:*", "support:*"],
        Resource: "*",
        Condition: { StringNotEquals: { "aws:RequestedRegion": ["eu-west-1", "eu-central-1"] } },
      },
    ],
  }),
});

export const roles = [auditor.arn, deployer.arn, backup.arn, inventory.arn, hub.arn];
export const policyId = guardrail.id;

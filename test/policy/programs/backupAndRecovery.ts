/** Backups in a vault that nobody empties, snapshots by their life cycle, objects copied to another region. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const { accountId } = aws.getCallerIdentityOutput();
const organization = config.require("organizationId");
const vaultAccount = config.require("managementAccount");

const key = new aws.kms.Key("backups", {
  enableKeyRotation: true,
  policy: accountId.apply((account) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Root",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Sid: "OrganisationCopies",
          Effect: "Allow",
          Principal: "*",
          Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ReEncryptTo", "kms:ReEncryptFrom"],
          Resource: "*",
          Condition: { StringEquals: { "aws:PrincipalOrgID": organization } },
        },
        {
          Sid: "Grants",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${vaultAccount}:root` },
          Action: "kms:CreateGrant",
          Resource: "*",
          Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
      ],
    }),
  ),
});

const vault = new aws.backup.Vault("main", { kmsKeyArn: key.arn });
new aws.backup.VaultPolicy("main", {
  backupVaultName: vault.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "NobodyDeletes",
        Effect: "Deny",
        Principal: "*",
        Action: ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
        Resource: "*",
      },
      {
        Sid: "CopyInto",
        Effect: "Allow",
        Principal: "*",
        Action: "backup:CopyIntoBackupVault",
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalOrgID": organization } },
      },
    ],
  }),
});

const backupRole = new aws.iam.Role("backup", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "backup.amazonaws.com" }),
});
for (const name of ["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"]) {
  new aws.iam.RolePolicyAttachment(name, {
    role: backupRole.name,
    policyArn: `arn:aws:iam::aws:policy/service-role/${name}`,
  });
}
/** A restored instance gets its profile's role back. */
new aws.iam.RolePolicy("restore-passes", {
  role: backupRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "PassInstances",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: pulumi.interpolate`arn:aws:iam::${accountId}:role/instances/*`,
        Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
      },
    ],
  }),
});
const plan = new aws.backup.Plan("nightly", {
  rules: [{ ruleName: "nightly", targetVaultName: vault.name, schedule: "cron(0 1 * * ? *)" }],
});
new aws.backup.Selection("tagged", {
  planId: plan.id,
  iamRoleArn: backupRole.arn,
  selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "nightly" }],
});

const snapshots = new aws.iam.Role("snapshots", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "dlm.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:aws:dlm:eu-west-1:${accountId}:policy/*` },
        },
      },
    ],
  }),
});
new aws.iam.RolePolicy("snapshots", {
  role: snapshots.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Snapshots",
        Effect: "Allow",
        Action: ["ec2:CreateSnapshot", "ec2:CreateSnapshots", "ec2:DeleteSnapshot"],
        Resource: "*",
      },
      {
        Sid: "Describe",
        Effect: "Allow",
        Action: ["ec2:DescribeInstances", "ec2:DescribeVolumes", "ec2:DescribeSnapshots"],
        Resource: "*",
      },
      { Sid: "Tags", Effect: "Allow", Action: "ec2:CreateTags", Resource: "arn:aws:ec2:*::snapshot/*" },
    ],
  }),
});
new aws.dlm.LifecyclePolicy("daily", {
  description: "daily",
  executionRoleArn: snapshots.arn,
  state: "ENABLED",
  policyDetails: {
    resourceTypes: ["VOLUME"],
    targetTags: { snapshot: "daily" },
    schedules: [{ name: "daily", createRule: { interval: 24 }, retainRule: { count: 14 } }],
  },
});

/** Objects go to Frankfurt. */
function protectedBucket(name: string): aws.s3.Bucket {
  const bucket = new aws.s3.Bucket(name);
  new aws.s3.BucketVersioning(name, { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } });
  new aws.s3.BucketPolicy(name, {
    bucket: bucket.id,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Tls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  });
  return bucket;
}
new aws.s3.AccountPublicAccessBlock("account", {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
const source = protectedBucket("invoices");
const copy = protectedBucket("invoices-copy");
const replication = new aws.iam.Role("replication", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { ArnLike: { "aws:SourceArn": source.arn } },
      },
    ],
  }),
});
new aws.iam.RolePolicy("replication", {
  role: replication.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Configuration",
        Effect: "Allow",
        Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
        Resource: source.arn,
      },
      {
        Sid: "Read",
        Effect: "Allow",
        Action: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
        Resource: pulumi.interpolate`${source.arn}/*`,
      },
      {
        Sid: "Write",
        Effect: "Allow",
        Action: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
        Resource: pulumi.interpolate`${copy.arn}/*`,
      },
    ],
  }),
});
new aws.s3.BucketReplicationConfig("invoices", {
  bucket: source.id,
  role: replication.arn,
  rules: [
    {
      id: "all",
      status: "Enabled",
      filter: {},
      deleteMarkerReplication: { status: "Disabled" },
      destination: { bucket: copy.arn },
    },
  ],
});

export const vaultArn = vault.arn;

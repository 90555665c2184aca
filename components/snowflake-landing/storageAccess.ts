import * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import { bucketArnOf, roleArnOf } from "../parts/account";
import type { Context } from "../parts/context";
import { physicalName } from "../parts/naming";
import type { Statement } from "../parts/policyDocument";
import { accountObjectName } from "./accountObject";
import { prefixPatterns } from "./prefixes";
import { type SnowflakeRole, snowflakeRole } from "./trust";

export interface StorageAccessArgs {
  readonly bucket: pulumi.Output<string>;
  readonly bucketRegion: pulumi.Input<string>;
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
  readonly prefixes: readonly string[];
}

export interface StorageAccess extends SnowflakeRole {
  /** Name of the integration in the Snowflake account. */
  readonly integrationName: string;
  readonly integration: snowflake.StorageIntegration;
}

/**
 * Integration and role trust each other: the integration names the role, the role names the integration's user and
 * External ID. The role's ARN is known from account and name, so one `up` makes both, the integration first.
 */
export function storageAccess(context: Context, args: StorageAccessArgs): StorageAccess {
  const { bucket, prefixes } = args;
  const roleName = physicalName(context.name, "snowflake", "role");
  const integrationName = accountObjectName(context.name, "STORAGE");
  const integration = new snowflake.StorageIntegration(
    `${context.name}-storage`,
    {
      name: integrationName,
      type: "EXTERNAL_STAGE",
      enabled: true,
      storageProvider: "S3",
      storageAwsRoleArn: roleArnOf(context.account, roleName),
      storageAllowedLocations: prefixes.map((prefix) => pulumi.interpolate`s3://${bucket}/${prefix}`),
      comment: "Reads the stages' prefixes",
    },
    { parent: context.parent },
  );
  const role = snowflakeRole(context, "snowflake", {
    roleName,
    description: `Snowflake reads files of ${context.name}`,
    userArn: integration.storageAwsIamUserArn,
    externalId: integration.storageAwsExternalId,
    statements: readStatements(bucketArnOf(context.account, bucket), args),
  });
  return { integrationName, integration, ...role };
}

/** Exactly the stages' prefixes: no other object is read, no other name is listed. */
function readStatements(
  bucketArn: pulumi.Output<string>,
  { prefixes, kmsKeyArn, bucketRegion }: StorageAccessArgs,
): Statement[] {
  const patterns = prefixPatterns(prefixes);
  const statements: Statement[] = [
    {
      Sid: "ReadFiles",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: patterns.map((pattern) => pulumi.interpolate`${bucketArn}/${pattern}`),
    },
    {
      Sid: "ListFiles",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      Condition: { StringLike: { "s3:prefix": patterns } },
    },
    { Sid: "FindBucket", Effect: "Allow", Action: "s3:GetBucketLocation", Resource: bucketArn },
  ];
  if (kmsKeyArn === undefined) return statements;
  const viaS3 = { "kms:ViaService": pulumi.interpolate`s3.${bucketRegion}.amazonaws.com` };
  return [
    ...statements,
    {
      Sid: "DecryptFiles",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: kmsKeyArn,
      Condition: { StringEquals: viaS3 },
    },
  ];
}

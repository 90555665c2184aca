import * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import { type Account, bucketArnOf, roleArnOf } from "../parts/account";
import { ArgumentError } from "../parts/arguments";
import type { Context } from "../parts/context";
import { maxManagedPolicies, packStatements, type SizedStatement } from "../parts/grants";
import { physicalName } from "../parts/naming";
import type { Statement } from "../parts/policyDocument";
import { type ComponentRole, externalTrust, role } from "../parts/role";
import type { SnowflakeS3 } from "./cloud";
import { accountObjectName } from "./names";

export interface StorageAccessArgs {
  readonly bucket: pulumi.Output<string>;
  readonly bucketRegion: pulumi.Input<string>;
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
  readonly prefixes: readonly string[];
  readonly s3: pulumi.Output<SnowflakeS3>;
}

export interface StorageAccess extends ComponentRole {
  /** Name of the integration in the Snowflake account. */
  readonly integrationName: string;
  readonly integration: snowflake.StorageIntegration;
}

/**
 * Integration and role trust each other: the integration names the role, the role names the integration's user and
 * External ID. The role's ARN is known from account and name, so one `up` makes both, the integration first.
 */
export function storageAccess(context: Context, args: StorageAccessArgs): StorageAccess {
  const { bucket, prefixes, s3 } = args;
  const roleName = physicalName(context.name, "snowflake", "role");
  const integrationName = accountObjectName(context.name, "STORAGE");
  const integration = new snowflake.StorageIntegration(
    `${context.name}-storage`,
    {
      name: integrationName,
      type: "EXTERNAL_STAGE",
      enabled: true,
      storageProvider: s3.storageProvider,
      storageAwsRoleArn: roleArnOf(context.account, roleName),
      storageAllowedLocations: prefixes.map((prefix) => stageUrl(s3, bucket, prefix)),
      comment: "Reads the stages' prefixes",
    },
    { parent: context.parent },
  );
  const role = snowflakeRole(context, "snowflake", {
    roleName,
    description: `Snowflake reads files of ${context.name}`,
    userArn: integration.storageAwsIamUserArn,
    externalId: integration.storageAwsExternalId,
    statements: readStatements(context, args),
  });
  return { integrationName, integration, ...role };
}

export function stageUrl(
  s3: pulumi.Output<SnowflakeS3>,
  bucket: pulumi.Output<string>,
  prefix: string,
): pulumi.Output<string> {
  return pulumi.interpolate`${s3.scheme}://${bucket}/${prefix}`;
}

/** Characters of a bucket's ARN at most. */
const bucketArnLength = "arn:aws-us-gov:s3:::".length + 63;
/** Characters of resources in one statement: small enough that statements fill a policy well. */
const portionLength = 1_000;
/** Characters of a statement without resources and prefixes, at most. */
const frameLength = 250;

/** Exactly the stages' prefixes: no other object is read, no other name is listed. */
function readStatements({ account }: Context, args: StorageAccessArgs): SizedStatement[] {
  const bucketArn = bucketArnOf(account, args.bucket);
  const portions = portionsOf(args.prefixes);
  const read = portions.map((prefixes, i): SizedStatement => {
    const Resource = prefixes.map((prefix) => pulumi.interpolate`${bucketArn}/${prefix}*`);
    const Action = ["s3:GetObject", "s3:GetObjectVersion"];
    const why = "Snowflake reads the stage's files";
    const statement: Statement = { why, Sid: numbered("ReadFiles", i), Effect: "Allow", Action, Resource };
    return { statement, size: frameLength + lengthOf(prefixes) };
  });
  const list = portions.map((prefixes, i): SizedStatement => {
    const Condition = { StringLike: { "s3:prefix": prefixes.map((prefix) => `${prefix}*`) } };
    const Sid = numbered("ListFiles", i);
    const why = "Snowflake lists the stage's files";
    const statement: Statement = { why, Sid, Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn, Condition };
    return { statement, size: frameLength + bucketArnLength + prefixes.join('*",""').length };
  });
  const find: Statement = {
    why: "Snowflake asks which region the bucket is in",
    Sid: "FindBucket",
    Effect: "Allow",
    Action: "s3:GetBucketLocation",
    Resource: bucketArn,
  };
  const decrypt = args.kmsKeyArn === undefined ? [] : [decryptStatement(args.kmsKeyArn, args.bucketRegion, account)];
  const others = [find, ...decrypt].map((statement) => ({ statement, size: 2 * frameLength }));
  return [...read, ...list, ...others];
}

function decryptStatement(key: pulumi.Input<string>, region: pulumi.Input<string>, account: Account): Statement {
  const viaS3 = pulumi.interpolate`s3.${region}.${account.dnsSuffix}`;
  return {
    why: "reads files that are encrypted with a customer's key",
    Sid: "DecryptFiles",
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: key,
    Condition: { StringEquals: { "kms:ViaService": viaS3 } },
  };
}

function portionsOf(prefixes: readonly string[]): string[][] {
  const portions: string[][] = [[]];
  for (const prefix of prefixes) {
    const portion = portions.at(-1) ?? [];
    if (portion.length === 0 || lengthOf([...portion, prefix]) <= portionLength) portion.push(prefix);
    else portions.push([prefix]);
  }
  return portions;
}

/** Characters of the ARNs of these prefixes in a policy, at most. */
function lengthOf(prefixes: readonly string[]): number {
  return prefixes.reduce((sum, prefix) => sum + bucketArnLength + prefix.length + '"/*",'.length, 0);
}

function numbered(sid: string, index: number): string {
  return index === 0 ? sid : `${sid}${index + 1}`;
}

/** A role that Snowflake assumes. */
export interface SnowflakeRoleArgs {
  /** Physical name, from which the integration knows the ARN before the role is there. */
  readonly roleName: string;
  readonly description: string;
  /** User of Snowflake's account that assumes the role, as the integration reports it. */
  readonly userArn: pulumi.Output<string>;
  /** External ID, as the integration reports it: keeps Snowflake's other customers out. */
  readonly externalId: pulumi.Output<string>;
  readonly statements: readonly SizedStatement[];
}

/**
 * The role with exactly these statements: in its inline policy, and what doesn't fit there in managed ones.
 *
 * @throws ArgumentError when there are more statements than a role can have
 */
export function snowflakeRole(context: Context, part: string, args: SnowflakeRoleArgs): ComponentRole {
  const { roleName, description, userArn, externalId } = args;
  const { inline, managed } = packStatements(args.statements);
  if (managed.length > maxManagedPolicies) {
    throw new ArgumentError(
      context.owner,
      "tables",
      `so many prefixes that the role would need ${managed.length} managed policies`,
      `IAM attaches ${maxManagedPolicies} to a role. Fix: split the tables over two SnowflakeLandings, or shorten their prefixes.`,
    );
  }
  const trust = externalTrust(
    "Snowflake",
    userArn,
    externalId,
    "Snowflake's user takes the role, told apart by the External ID",
  );
  return role(context, part, { roleName, description, trust, statements: inline, more: managed });
}

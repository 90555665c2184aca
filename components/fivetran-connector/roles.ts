import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { fivetranPermissions } from "../../functions/connector-kit/permissions";
import type { Context } from "../parts/context";
import { type GrantTarget, grantStatements } from "../parts/grants";
import { externalTrust, role } from "../parts/role";

export interface FivetranRoleArgs {
  /** AWS account that Fivetran calls from. */
  readonly accountId: string;
  readonly externalId: pulumi.Input<string>;
  readonly functionArn: pulumi.Input<string>;
  /** Bucket and prefix of the sync files; none where the rows are in the answers. */
  readonly files: readonly GrantTarget[];
}

/** The role that Fivetran takes on: it may call this one function, and pass files through the bucket. */
export function fivetranRole(context: Context, args: FivetranRoleArgs): aws.iam.Role {
  const { accountId, externalId, functionArn, files } = args;
  const targets = { self: [{ arn: functionArn }], syncBucket: files, syncKey: [] };
  const fivetran = pulumi.interpolate`arn:${context.account.partition}:iam::${accountId}:root`;
  return role(context, "fivetran-role", {
    description: `Fivetran calls the connector ${context.name} with it`,
    trust: externalTrust(
      "Fivetran",
      fivetran,
      externalId,
      "Fivetran runs the connector with the role, told apart by the External ID",
    ),
    statements: grantStatements(fivetranPermissions, targets).map(({ statement }) => statement),
  }).role;
}

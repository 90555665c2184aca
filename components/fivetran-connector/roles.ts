import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { fivetranPermissions } from "../../functions/connector-kit/permissions";
import type { Context } from "../parts/context";
import { type GrantTarget, grantStatements } from "../parts/grants";
import { physicalName } from "../parts/naming";
import { policyDocument } from "../parts/policyDocument";

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
  const name = `${context.name}-fivetran-role`;
  const child = { parent: context.parent };
  const role = new aws.iam.Role(
    name,
    {
      name: physicalName(context.name, "fivetran-role", "role"),
      description: `Fivetran calls the connector ${context.name} with it`,
      assumeRolePolicy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [trust(context, args)] }),
      tags: context.tags,
    },
    child,
  );
  const { functionArn, files } = args;
  const granted = grantStatements(fivetranPermissions, {
    self: [{ arn: functionArn }],
    syncBucket: files,
    syncKey: [],
  });
  const policy = policyDocument(granted.map(({ statement }) => statement));
  new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy }, child);
  return role;
}

/** The External ID keeps Fivetran's other customers from having it use this role. */
function trust({ account }: Context, { accountId, externalId }: FivetranRoleArgs) {
  return {
    Sid: "Fivetran",
    Effect: "Allow",
    Principal: { AWS: pulumi.interpolate`arn:${account.partition}:iam::${accountId}:root` },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": externalId } },
  } as const;
}

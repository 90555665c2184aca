import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../parts/context";
import { physicalName } from "../parts/naming";
import { policyDocument, type Statement } from "../parts/policyDocument";

export interface FivetranRoleArgs {
  /** AWS account that Fivetran calls from. */
  readonly accountId: string;
  readonly externalId: pulumi.Input<string>;
  readonly functionArn: pulumi.Input<string>;
  /** ARN of the sync files, for example `arn:aws:s3:::bucket/prefix*`. @default none: the rows are in the answers */
  readonly files?: pulumi.Input<string>;
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
  new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy: policyDocument(statements(args)) }, child);
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

function statements({ functionArn, files }: FivetranRoleArgs): Statement[] {
  const invoke: Statement = {
    Sid: "InvokeConnector",
    Effect: "Allow",
    Action: "lambda:InvokeFunction",
    Resource: functionArn,
  };
  if (files === undefined) return [invoke];
  // Fivetran's guide asks for s3:Put*, s3:Get* and s3:Delete*; of these, what works on the files themselves.
  const actions = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"];
  return [invoke, { Sid: "SyncFiles", Effect: "Allow", Action: actions, Resource: files }];
}

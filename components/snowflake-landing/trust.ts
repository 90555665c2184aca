import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../parts/context";
import { policyDocument, type Statement } from "../parts/policyDocument";

/** A role that Snowflake takes on. */
export interface SnowflakeRoleArgs {
  /** Physical name, from which the integration knows the ARN before the role is there. */
  readonly roleName: string;
  readonly description: string;
  /** User of Snowflake's account that takes the role on, as the integration tells it. */
  readonly userArn: pulumi.Output<string>;
  /** External ID, as the integration tells it. */
  readonly externalId: pulumi.Output<string>;
  readonly statements: readonly Statement[];
}

/** The role and its one policy; whoever needs the role waits for both. */
export interface SnowflakeRole {
  readonly role: aws.iam.Role;
  readonly policy: aws.iam.RolePolicy;
}

export function snowflakeRole(context: Context, part: string, args: SnowflakeRoleArgs): SnowflakeRole {
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  const role = new aws.iam.Role(
    name,
    {
      name: args.roleName,
      description: args.description,
      assumeRolePolicy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [trust(args)] }),
      tags: context.tags,
    },
    child,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-policy`,
    { role: role.name, policy: policyDocument(args.statements) },
    child,
  );
  return { role, policy };
}

/** The External ID keeps other accounts of Snowflake from having it take on this role. */
function trust({ userArn, externalId }: Pick<SnowflakeRoleArgs, "userArn" | "externalId">) {
  return {
    Sid: "Snowflake",
    Effect: "Allow",
    Principal: { AWS: userArn },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": externalId } },
  } as const;
}

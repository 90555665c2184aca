import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "../parts/context";
import type { Statement } from "../parts/policyDocument";
import { type ComponentRole, externalTrust, role } from "../parts/role";

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

/** A role that trusts Snowflake's user; the External ID keeps other accounts of Snowflake from having it take this on. */
export function snowflakeRole(context: Context, part: string, args: SnowflakeRoleArgs): ComponentRole {
  const { roleName, description, statements, userArn, externalId } = args;
  return role(context, part, {
    roleName,
    description,
    statements,
    trust: externalTrust("Snowflake", userArn, externalId),
  });
}

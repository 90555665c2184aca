import type * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "../parts/arguments";
import type { Context } from "../parts/context";
import { maxManagedPolicies, packStatements, type SizedStatement } from "../parts/grants";
import { type ComponentRole, externalTrust, role } from "../parts/role";

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
  const trust = externalTrust("Snowflake", userArn, externalId);
  return role(context, part, { roleName, description, trust, statements: inline, more: managed });
}

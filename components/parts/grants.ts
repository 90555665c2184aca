import * as pulumi from "@pulumi/pulumi";
import type { Grant, Permissions } from "../../functions/shared/permission";
import type { Statement } from "./policyDocument";

/** What a grant is for: a resource, or of a bucket the keys that begin with a prefix. */
export interface GrantTarget {
  readonly arn: pulumi.Input<string>;
  /** Narrows a grant whose suffix is `/*` to `/<prefix>*`. @default every key */
  readonly prefix?: string;
  /** Characters of the ARN at most, which decide how many fit into a policy. @default 200 */
  readonly arnLength?: number;
}

/** The ARNs by resource role: a function's permissions don't compile without every one of them. */
export type GrantTargets<Role extends string> = Readonly<Record<Role, readonly GrantTarget[]>>;

/** A statement whose size is known before its ARNs are. */
export interface SizedStatement {
  readonly statement: Statement;
  readonly size: number;
}

/** Longest statement made here; grants for more resources become several statements. */
const maxStatement = 1_000;

/** The statements that `permissions.ts` declares, nothing else. A resource role without targets gets none. */
export function grantStatements<Role extends string>(
  permissions: Permissions<Role>,
  targets: GrantTargets<Role>,
): SizedStatement[] {
  return (Object.keys(permissions) as Role[]).flatMap((role) =>
    joined(permissions[role]).flatMap((grant, i) => {
      const resources = targets[role].map((target) => resourceOf(target, grant.suffix ?? ""));
      const chunks = inChunks(resources);
      return chunks.map((chunk, j) => {
        const statement: Statement = {
          why: grant.why,
          Sid: sid(role, i + 1, chunks.length > 1 ? j + 1 : undefined),
          Effect: "Allow",
          Action: grant.actions,
          Resource: chunk.map(({ arn }) => arn),
          Condition: grant.conditions,
        };
        const fixed = JSON.stringify({ ...statement, why: undefined, Resource: [] }).length + 1;
        return { statement, size: fixed + sum(chunk) };
      });
    }),
  );
}

/** Some grants, each action with its own reason. */
interface Joined extends Pick<Grant, "actions" | "suffix" | "conditions"> {
  readonly why: Readonly<Record<string, string>>;
}

/** Grants for the same resources under the same conditions as one, so that a long list of ARNs stands there once. */
function joined(grants: readonly Grant[]): Joined[] {
  const byScope = new Map<string, Joined>();
  for (const { actions, suffix, conditions, why } of grants) {
    const scope = scopeOf({ suffix, conditions });
    const before = byScope.get(scope);
    byScope.set(scope, {
      actions: [...(before?.actions ?? []), ...actions],
      suffix,
      conditions,
      why: { ...before?.why, ...Object.fromEntries(actions.map((action) => [action, why])) },
    });
  }
  return [...byScope.values()];
}

function scopeOf({ suffix, conditions }: Pick<Grant, "suffix" | "conditions">): string {
  return JSON.stringify([suffix, conditions]);
}

/** The declared grants that a statement of {@link grantStatements} stands for; none for a Sid of anything else. */
export function grantsBehind(permissions: Permissions<string>, Sid: string): readonly Grant[] {
  const [, name = "", grant = ""] = /^(.+?)(\d+)(?:n\d+)?$/.exec(Sid) ?? [];
  const grants = permissions[`${name.charAt(0).toLowerCase()}${name.slice(1)}`] ?? [];
  const scope = [...new Set(grants.map(scopeOf))][Number(grant) - 1];
  return grants.filter((each) => scopeOf(each) === scope);
}

/** Policy documents by what AWS takes: all of a role's inline policies 10,240 characters, a managed one 6,144. */
const inlineBudget = 9_900;
const managedBudget = 5_900;
/** AWS attaches this many to a role unless the quota is raised. */
export const maxManagedPolicies = 10;

export interface PolicyPacking {
  readonly inline: readonly Statement[];
  /** What didn't fit, one list for each managed policy. */
  readonly managed: readonly (readonly Statement[])[];
}

/** Fills the inline policy first, then as many managed ones as are needed; the order stays. */
export function packStatements(statements: readonly SizedStatement[]): PolicyPacking {
  const frame = '{"Version":"2012-10-17","Statement":[]}'.length;
  const documents: Statement[][] = [[]];
  let size = frame;
  for (const each of statements) {
    const budget = documents.length === 1 ? inlineBudget : managedBudget;
    if (size + each.size > budget) {
      documents.push([]);
      size = frame;
    }
    documents.at(-1)?.push(each.statement);
    size += each.size;
  }
  const [inline = [], ...managed] = documents;
  return { inline, managed };
}

interface SizedArn {
  readonly arn: pulumi.Input<string>;
  readonly size: number;
}

function resourceOf({ arn, prefix = "", arnLength = 200 }: GrantTarget, suffix: string): SizedArn {
  const ending = suffix === "/*" ? `/${prefix}*` : suffix;
  const punctuation = 3;
  return {
    arn: ending === "" ? arn : pulumi.interpolate`${arn}${ending}`,
    size: arnLength + ending.length + punctuation,
  };
}

function inChunks(resources: readonly SizedArn[]): SizedArn[][] {
  const chunks: SizedArn[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const resource of resources) {
    if (size + resource.size > maxStatement) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(resource);
    size += resource.size;
  }
  return chunks;
}

function sum(resources: readonly SizedArn[]): number {
  return resources.reduce((total, { size }) => total + size, 0);
}

function sid(role: string, grant: number, chunk: number | undefined): string {
  return `${role.charAt(0).toUpperCase()}${role.slice(1)}${grant}${chunk === undefined ? "" : `n${chunk}`}`;
}

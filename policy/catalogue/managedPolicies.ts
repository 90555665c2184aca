/**
 * AWS's managed policies by what they allow, from managedPolicies.json: `npm run policy:managed` makes it from the
 * documents themselves. Policies of service-linked roles are left out, since nobody can attach them.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { memo } from "../model/memo";

/** What is known of one policy; nothing for those that are only wider than they need to be. */
export interface ManagedPolicy {
  /** Why it is refused, the gravest first: `it escalates by glue-003 (…)`, `it allows every action of s3`. */
  readonly because?: readonly string[];
  /** It gives the account, by itself or by giving itself more. */
  readonly isAdministrator?: boolean;
  /** Its statements that ways of escalation are made of, as a policy document. */
  readonly escalation?: Readonly<Record<string, unknown>>;
}

export interface ManagedPolicies {
  readonly source: Readonly<Record<string, string>>;
  /** By path and name, `service-role/AWSGlueServiceRole`. */
  readonly policies: Readonly<Record<string, ManagedPolicy>>;
}

const file = memo((name: string): ManagedPolicies => JSON.parse(readFileSync(join(__dirname, name), "utf8")));
const byName = memo((name: string): ReadonlyMap<string, ManagedPolicy> => {
  const { policies } = file(name);
  return new Map(Object.entries(policies).map(([path, policy]) => [path.split("/").at(-1) ?? path, policy]));
});

/** The name of a policy of AWS's own, without its path; undefined for the account's own. */
export function awsManaged(arn: string): string | undefined {
  return /^arn:[^:]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
}

/** Undefined for a policy that AWS has only now, or no longer. */
export function managedPolicy(name: string): ManagedPolicy | undefined {
  return byName("managedPolicies.json").get(name);
}

/** ARNs of the policies that give the account. */
export const administratorArns = memo((partition: string): readonly string[] =>
  Object.entries(file("managedPolicies.json").policies)
    .filter(([, { isAdministrator }]) => isAdministrator)
    .map(([path]) => `arn:${partition}:iam::aws:policy/${path}`),
);

/** Principals of statements: who is meant by `*`, an account, an ARN. */

import { covers, isStar } from "../matching/wildcard";
import type { Statement } from "../model/document";

/** Principals under `AWS`. */
export function awsPrincipals({ principals }: Statement): readonly string[] {
  return principals?.AWS ?? [];
}

export function servicePrincipals({ principals }: Statement): readonly string[] {
  return principals?.Service ?? [];
}

/** Whether it is anybody at all: `*`, or a pattern without an account. */
export function isAnybody(principal: string): boolean {
  return isStar(principal) || (accountOf(principal) === undefined && /^arn:.*\*/.test(principal));
}

/** The account of `111122223333`, `arn:aws:iam::111122223333:root` and of a role, user or session in it. */
export function accountOf(principal: string): string | undefined {
  return /^(?:arn:[^:]+:(?:iam|sts)::)?(\d{12})(?:$|:)/.exec(principal)?.[1];
}

/** Whether it is everybody of an account whom its own policies let: the account, its `root`, or a wildcard in it. */
export function isWholeAccount(principal: string): boolean {
  return (
    accountOf(principal) !== undefined &&
    (/^(\d{12}|.*:root)$/.test(principal) || /:(\*|(role|user|assumed-role)\/\*+)$/.test(principal))
  );
}

const assuming = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/** Whether a statement of a trust lets anyone take the role on; `sts:TagSession` alone doesn't. */
export function letsAssume({ effect, actions, notActions }: Statement): boolean {
  if (effect !== "Allow") return false;
  return notActions.length > 0 || assuming.some((action) => allows(actions, action));
}

/** Whether one of the patterns covers the action. */
export function allows(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => covers(pattern, action, { ignoreCase: true }));
}

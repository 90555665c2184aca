/** What an allowing statement lets be done to every resource that an action takes. */

import type { ActionInfo } from "../catalogue/actions";
import type { Statement } from "../model/document";
import { expandAction } from "./expand";
import { canMatch } from "./overlap";
import { arnFormats, coversFormat, isEveryResource, isRestrictable } from "./resources";
import { isNarrowedByOwnKey, isNarrowedFor } from "./scopeConditions";
import { hasWildcard, isStar } from "./wildcard";

/** An allowed action. */
export interface Allowed {
  /** As the statement writes it, for example `s3:Get*`. */
  readonly pattern: string;
  readonly action: ActionInfo;
}

/** An allowed action and the pattern that covers every resource it takes, or the patterns that do so together. */
export interface Reach extends Allowed {
  readonly resources: readonly string[];
}

/** `*` and `*:*`, and service names with wildcards, which IAM doesn't take. */
const notExpanded = /^[^:]*[*?]/;

/**
 * The actions that an Allow statement names, wildcards expanded, each once. Without those of a full wildcard: rule P1 is
 * about it, and every other rule would repeat the whole of AWS.
 */
export const allowedActions = perStatement((statement): readonly Allowed[] => {
  if (statement.effect !== "Allow") return [];
  const found = new Map<ActionInfo, string>();
  for (const pattern of statement.actions) {
    if (notExpanded.test(pattern)) continue;
    for (const action of expandAction(pattern)) if (!found.has(action)) found.set(action, pattern);
  }
  return [...found].map(([action, pattern]) => ({ action, pattern }));
});

/** The allowed actions that could be restricted to resources and aren't, neither by an ARN nor by a condition. */
export const unconstrained = perStatement((statement): readonly Reach[] =>
  everywhere(statement).filter(({ action }) => !isNarrowedFor(statement.conditions, action)),
);

/** The same whatever the conditions say. */
export const everywhere = perStatement((statement): readonly Reach[] => {
  const wide = statement.resources.filter(hasWildcard);
  if (wide.length === 0) return [];
  const star = wide.find(isStar);
  return allowedActions(statement).flatMap(({ action, pattern }) => {
    if (!isRestrictable(action)) return [];
    if (star !== undefined) return [{ action, pattern, resources: [star] }];
    if (!isEveryResource(wide, action) || isTied(action, wide, statement)) return [];
    const alone = wide.find((each) => isEveryResource([each], action));
    return [{ action, pattern, resources: alone === undefined ? fittingOf(wide, action) : [alone] }];
  });
});

/** Of patterns that cover a type together, those that are about it. */
function fittingOf(patterns: readonly string[], action: ActionInfo): readonly string[] {
  return patterns.filter((pattern) => arnFormats(action).some((format) => canMatch(pattern, format)));
}

/** The allowed actions that AWS can't restrict to a resource, unless a condition on one of their own keys narrows them. */
export const unrestrictable = perStatement((statement): readonly Reach[] => {
  const resource = statement.resources.find(isStar);
  if (resource === undefined) return [];
  return allowedActions(statement)
    .filter(({ action }) => !isRestrictable(action) && !isNarrowedByOwnKey(statement.conditions, action))
    .map((allowed) => ({ ...allowed, resources: [resource] }));
});

/**
 * Whether an action that needs resources of several types has another of them named: `ec2:RunInstances` on
 * `instance/*` is restricted by the subnet that it needs as well.
 */
function isTied(action: ActionInfo, wide: readonly string[], { resources }: Statement): boolean {
  const required = arnFormats(action, { required: true });
  if (required.length < 2) return false;
  return required.some((format) => {
    if (coversFormat(wide, format)) return false;
    const fitting = resources.filter((resource) => canMatch(resource, format));
    return fitting.length > 0 && !coversFormat(fitting, format);
  });
}

/** Several rules ask the same of a statement: it is worked out once. */
function perStatement<T>(work: (statement: Statement) => T): (statement: Statement) => T {
  const done = new WeakMap<Statement, { readonly value: T }>();
  return (statement) => {
    let result = done.get(statement);
    if (!result) {
      result = { value: work(statement) };
      done.set(statement, result);
    }
    return result.value;
  };
}

/** Condition keys and operators that IAM doesn't have, or that the statement's actions don't know. */

import { type ActionInfo, services } from "../catalogue/actions";
import { keyType, knowsKey } from "../catalogue/conditionKeys";
import { globalKeys } from "../catalogue/globalKeys";
import { expandAction } from "../matching/expand";
import { hasWildcard } from "../matching/wildcard";
import type { Condition, DocumentKind, Problem, Statement } from "../model/document";
import { nearest } from "./nearest";
import { type Mistake, mistakeOf } from "./operators";

export function* checkConditions(statement: Statement, kind: DocumentKind): Generator<Problem> {
  for (const condition of statement.conditions) {
    const { key, written } = condition;
    // What an identity provider tells of its user: `token.actions.githubusercontent.com:sub`.
    const isProviders = kind === "trust" && /\..*:[^:]+$/.test(key) && !key.startsWith("aws:");
    const type = isProviders ? undefined : keyType(key, servicesOf(key, statement));
    const mistake =
      mistakeOf(condition, type) ??
      (isProviders ? undefined : type === undefined ? unknownKey(key, written) : foreignKey(condition, statement));
    if (mistake) yield { statement: statement.label, message: mistake[0], fix: mistake[1] };
  }
}

function servicesOf(key: string, { actions }: Statement): Set<string> {
  const own = key.slice(0, key.indexOf(":"));
  return new Set([own, ...actions.map((action) => action.split(":")[0]?.toLowerCase() ?? "")]);
}

function unknownKey(key: string, written: string): Mistake {
  const prefix = key.slice(0, key.indexOf(":"));
  const fix = "use a key of the service authorization reference";
  if (prefix !== "aws" && !services().has(prefix)) return [`AWS has no condition key "${written}"`, fix];
  const meant = prefix === "aws" ? nearest(key, globalKeys) : undefined;
  return [`AWS has no condition key "${written}"`, meant === undefined ? fix : `did you mean ${meant}?`];
}

/** They are checked in the request that assumes the role, whose keys they share. */
const companions = new Set(["sts:setcontext", "sts:setsourceidentity", "sts:tagsession"]);

/** A key that AWS has, but no request of these actions. */
function foreignKey(condition: Condition, { actions, effect, unknown }: Statement): Mistake | undefined {
  const { key, written, ifExists, test, quantifier } = condition;
  if (actions.length === 0 || unknown.has("Action") || isAlwaysThere(key)) return undefined;
  const expanded = actions.map((pattern) => ({
    pattern,
    infos: /^[^:]*[*?]/.test(pattern) ? undefined : expandAction(pattern),
  }));
  if (expanded.some(({ infos }) => infos === undefined || infos.length === 0)) return undefined;
  const knows = (infos: readonly ActionInfo[] | undefined) => infos?.some((info) => knowsKey(info, key)) ?? true;
  const without = expanded.filter(({ infos }) => !knows(infos)).map(({ pattern }) => pattern);
  const fix = "move them to a statement of their own, without it";
  if (without.length === expanded.length) {
    return [
      `no request of ${without.slice(0, 5).join(", ")} has the condition key "${written}"`,
      "use a key that they have",
    ];
  }
  // A test that must hold never does for an action without the key: the action is not allowed at all.
  const mustHold = effect === "Allow" && !ifExists && quantifier !== "ForAllValues" && !/Not|^Null$/.test(test);
  const named = without.filter((pattern) => !hasWildcard(pattern) && !companions.has(pattern.toLowerCase()));
  if (!mustHold || named.length === 0 || /^aws:/.test(key)) return undefined;
  return [`${named.slice(0, 5).join(", ")} never has the condition key "${written}", so it isn't allowed`, fix];
}

/** Global keys that tell of the principal, the network or the request rather than of tags. */
function isAlwaysThere(key: string): boolean {
  return keyType(key, []) !== undefined && !/^aws:(resourcetag|requesttag)\/|^aws:tagkeys$/.test(key);
}

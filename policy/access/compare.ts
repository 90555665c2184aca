/** Holds access against a committed reference (P29). */
import { includes } from "../matching/wildcard";
import type { Grant } from "./grants";

/** Grants by stack, as policy/access/reference.json has them. */
export type Reference = Readonly<Record<string, readonly Grant[]>>;

export interface Difference {
  /** Access that the reference doesn't have. */
  readonly wider: readonly string[];
  /** Access that the reference has and the stack doesn't. */
  readonly narrower: readonly string[];
}

/** One action on one resource. */
interface Single {
  readonly who: string;
  readonly effect: Grant["effect"];
  readonly action: string;
  readonly resource: string;
  readonly conditions: readonly string[];
}

export function compare(reference: readonly Grant[], current: readonly Grant[]): Difference {
  const [before, now] = [singles(reference), singles(current)];
  const added = notIn(now, before);
  const dropped = notIn(before, now);
  const of = (list: readonly Single[], effect: Grant["effect"]) => list.filter((each) => each.effect === effect);
  // What is no longer denied is access too.
  return {
    wider: [...of(added, "Allow"), ...of(dropped, "Deny")].map(describe),
    narrower: [...of(dropped, "Allow"), ...of(added, "Deny")].map(describe),
  };
}

function singles(grants: readonly Grant[]): Single[] {
  return grants.flatMap(({ who, effect, actions, resources, conditions }) =>
    actions.flatMap((action) => resources.map((resource) => ({ who, effect, action, resource, conditions }))),
  );
}

function notIn(list: readonly Single[], others: readonly Single[]): Single[] {
  const byWho = new Map<string, Single[]>();
  for (const each of others) byWho.set(each.who, [...(byWho.get(each.who) ?? []), each]);
  return list.filter((each) => !byWho.get(each.who)?.some((other) => isWithin(other, each)));
}

/** Whether one statement says all that the other says: as many actions and resources, no condition more. */
function isWithin(larger: Single, smaller: Single): boolean {
  return (
    larger.effect === smaller.effect &&
    includes(larger.action, smaller.action, { ignoreCase: true }) &&
    includes(larger.resource, smaller.resource) &&
    larger.conditions.every((condition) => smaller.conditions.some((other) => isLooser(condition, other)))
  );
}

/** Whether a condition holds wherever the other one does: of the same operator and key, with as many values. */
function isLooser(condition: string, other: string): boolean {
  const [[head, values], [otherHead, otherValues]] = [split(condition), split(other)];
  if (head !== otherHead) return false;
  // Each value more of a negation leaves less.
  const isNegated = /^\S*Not/.test(head);
  const [many, few] = isNegated ? [otherValues, values] : [values, otherValues];
  return few.every((value) => many.includes(value));
}

function split(condition: string): readonly [head: string, values: readonly string[]] {
  const at = condition.indexOf(": ");
  return [condition.slice(0, at), condition.slice(at + 2).split(", ")];
}

function describe({ who, effect, action, resource, conditions }: Single): string {
  const condition = conditions.length === 0 ? "" : ` if ${conditions.join(" and ")}`;
  return `${who}: ${effect === "Deny" ? "denied " : ""}${action} on ${resource}${condition}`;
}

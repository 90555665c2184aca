/** Findings that have one cause: `s3:*` on `*` is also every read, every write and every resource. */
import { covers } from "../matching/wildcard";
import type { RuleId } from "../model/rule";
import type { Violation } from "./judge";

/** On every resource, by what can be done there. */
const onEveryResource: readonly RuleId[] = ["P6", "P10", "P11", "P12", "P13", "P17", "P20"];

/** The gravest first: what a finding of theirs on the same statement says already. */
const followers: ReadonlyMap<RuleId, readonly RuleId[]> = new Map<RuleId, readonly RuleId[]>([
  ["P1", ["P2", "P3", "P4", "P6", "P7", "P8", "P10", "P11", "P12", "P13", "P17", "P20"]],
  ["P2", ["P3", "P4", "P6", "P7", "P10", "P11", "P12", "P13", "P17", "P20"]],
  // AWS classes some of these as more than one thing: `rds-db:connect` gives a credential and is permissions management.
  ["P10", ["P4", "P12", "P13"]],
  ["P11", ["P4", "P13"]],
  ["P17", ["P4", "P13"]],
  ["P20", ["P4", "P13"]],
  ["P6", ["P4"]],
  ["P12", ["P4"]],
  ["P13", ["P4"]],
]);

/** Whether other findings can come of one of the rule's. */
export function isCause(id: RuleId): boolean {
  return followers.has(id);
}

/** Whether the rule's findings can come of another's. */
export function canFollow(id: RuleId): boolean {
  return [...followers.values()].some((of) => of.includes(id));
}

/** Causes before what comes of them: 0 for a rule that comes of none. */
export function orderOf(id: RuleId): number {
  const causes = [...followers].filter(([, of]) => of.includes(id)).map(([cause]) => orderOf(cause) + 1);
  return Math.max(0, ...causes);
}

/** The finding that this one comes of, among others of the same resource or file. */
export function causeOf(violation: Violation, others: readonly Violation[]): Violation | undefined {
  const { rule, actions = [] } = violation;
  if (actions.length === 0 || violation.statement === undefined) return undefined;
  const beside = others.filter((other) => isBeside(other, violation));
  for (const [id, of] of followers) {
    if (!of.includes(rule.id)) continue;
    const candidates = beside.filter((other) => other.rule.id === id);
    const isSaid = (action: string): boolean =>
      candidates.some((each) => each.actions?.some((pattern) => covers(pattern, action, { ignoreCase: true })));
    if (candidates.length > 0 && actions.every(isSaid)) return candidates[0];
  }
  // Several rules together may say all that P4 says.
  if (rule.id !== "P4") return undefined;
  const together = beside.filter((other) => onEveryResource.includes(other.rule.id));
  const said = new Set(together.flatMap((other) => other.actions ?? []));
  return actions.every((action) => said.has(action)) ? together[0] : undefined;
}

/**
 * The graver finding on the same statement whose fix, to name the resources, is this one's too: beside
 * `secretsmanager:GetSecretValue` on `*`, `secretsmanager:DescribeSecret` needs no second finding. Another service's
 * actions have other resources.
 */
export function fixedWith(violation: Violation, others: readonly Violation[]): Violation | undefined {
  const { rule, actions = [], statement } = violation;
  if (rule.id !== "P4" || actions.length === 0 || statement === undefined) return undefined;
  const beside = others.filter((other) => onEveryResource.includes(other.rule.id) && isBeside(other, violation));
  const services = new Set(beside.flatMap((other) => (other.actions ?? []).map(serviceOf)));
  return actions.every((action) => services.has(serviceOf(action))) ? beside[0] : undefined;
}

function serviceOf(action: string): string {
  return action.split(":")[0]?.toLowerCase() ?? "";
}

function isBeside(other: Violation, { urn, path, statement }: Violation): boolean {
  return other.urn === urn && other.path === path && other.statement === statement;
}

/** Exemptions from a rule: for one resource, with a reason and the last day on which they hold (row P32). */
import { covers } from "../matching/wildcard";
import type { Violation } from "./judge";

/** Stands in the configuration of the rule that it is an exemption from. */
export interface Exemption {
  /** URN or name of the resource, or of a file; `*` is any text. */
  readonly resource: string;
  /** Sid of the statement, or `#<index>`. @default every statement */
  readonly statement?: string;
  /** Only findings all of whose actions are covered; `*` is any text. @default every finding */
  readonly actions?: readonly string[];
  /** Only findings that say this; `*` is any text. @default every finding */
  readonly message?: string;
  readonly reason: string;
  /** Last day on which it holds, UTC, as `YYYY-MM-DD`. */
  readonly expires: string;
}

/** UTC, as exemptions write it. */
export function today(now: Date = new Date()): string {
  return now.toISOString().slice(0, 10);
}

export function isExpired({ expires }: Exemption, day: string): boolean {
  return expires < day;
}

/** Whether the exemption is for this resource, whatever is found in it. */
export function isFor(
  { resource }: Exemption,
  { urn, name }: { readonly urn: string; readonly name: string },
): boolean {
  return covers(resource, urn) || covers(resource, name);
}

/** Whether it is for this finding, its date aside. */
export function matches(exemption: Exemption, violation: Violation, name: string): boolean {
  const { statement, actions, message } = exemption;
  if (!isFor(exemption, { urn: violation.urn ?? name, name })) return false;
  if (statement !== undefined && statement !== violation.statement) return false;
  if (message !== undefined && !covers(message, violation.message)) return false;
  if (actions === undefined) return true;
  const found = violation.actions ?? [];
  return found.length > 0 && found.every((action) => actions.some((of) => covers(of, action, { ignoreCase: true })));
}

/** Findings sorted by what the configuration says of them. */
export interface Sorted {
  /** Count as violations. */
  readonly violations: readonly Violation[];
  readonly exempted: readonly Exempted[];
}

/** What a finding comes of, and what is exempted from that one's rule. */
export interface Causes {
  of(violation: Violation): Violation | undefined;
  /** One that says how to fix it too, though an exemption of that one isn't one of this. */
  fixedWith(violation: Violation): Violation | undefined;
  exemptions(cause: Violation): readonly Exemption[];
}

const noCauses: Causes = { of: () => undefined, fixedWith: () => undefined, exemptions: () => [] };

export interface Exempted {
  readonly violation: Violation;
  readonly exemption: Exemption;
}

export function sortFindings(
  found: readonly Violation[],
  exemptions: readonly Exemption[],
  day: string,
  nameOf: (violation: Violation) => string,
  causes: Causes = noCauses,
): Sorted {
  const violations: Violation[] = [];
  const exempted: Exempted[] = [];
  for (const violation of found) {
    const own = exemptions.filter((each) => matches(each, violation, nameOf(violation)));
    // What is exempted with its reason is meant with all that comes of it.
    const cause = causes.of(violation);
    const ofCause = cause === undefined ? [] : causes.exemptions(cause);
    const matching = [...own, ...ofCause.filter((each) => cause && matches(each, cause, nameOf(cause)))];
    const valid = matching.find((each) => !isExpired(each, day));
    if (valid) exempted.push({ violation, exemption: valid });
    else violations.push(matching[0] ? { ...violation, expired: matching[0] } : violation);
  }
  return { violations, exempted };
}

/** What is told in place of a finding: its cause, or what is fixed together with it and isn't exempted. */
export function toldInstead(
  violation: Violation,
  causes: Causes,
  day: string,
  nameOf: (violation: Violation) => string,
): Violation | undefined {
  const cause = causes.of(violation);
  if (cause) return cause;
  const other = causes.fixedWith(violation);
  if (!other) return undefined;
  const isExempt = causes
    .exemptions(other)
    .some((each) => matches(each, other, nameOf(other)) && !isExpired(each, day));
  return isExempt ? undefined : other;
}

/** For example `ingest-* (statement Logs), until 2027-03-31: AWS can't restrict it`. */
export function describeExemption({ resource, statement, actions, reason, expires }: Exemption): string {
  const scope = [...(statement === undefined ? [] : [`statement ${statement}`]), ...(actions ?? [])].join(", ");
  return `${resource}${scope === "" ? "" : ` (${scope})`}, until ${expires}: ${reason}`;
}

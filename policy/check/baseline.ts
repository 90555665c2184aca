/** `data-pipelines-policy baseline`: a configuration that exempts, until a day, what an existing stack violates. */
import type { Rule } from "../model/rule";
import { isRecord } from "../model/shape";
import { causeOf } from "../pack/causes";
import { levelOf, noConfig, type PackConfig } from "../pack/configFile";
import { type Exemption, sortFindings, today } from "../pack/exemptions";
import type { Violation } from "../pack/judge";
import { nameOf } from "../pack/state";
import { judgeState } from "./checkState";

export interface BaselineOptions {
  readonly rules: readonly Rule[];
  /** The configuration as it is, in text; what it exempts isn't exempted twice. @default {} */
  readonly configText?: string;
  readonly config?: PackConfig;
  readonly reason: string;
  /** Last day, `YYYY-MM-DD`. */
  readonly expires: string;
}

export interface Baseline {
  /** The configuration with the exemptions added, as text. */
  readonly text: string;
  /** By rule. */
  readonly added: ReadonlyMap<string, number>;
}

/** @throws StateFileError where the text is neither a state nor a preview */
export function baseline(file: string, state: string, options: BaselineOptions): Baseline {
  const { rules, configText = "{}", config = noConfig, reason, expires } = options;
  const value = JSON.parse(configText) as Record<string, unknown>;
  const added = new Map<string, number>();
  const judged = judgeState(file, state, { rules, config });
  const isExempting = (rule: Rule) => levelOf(rule, config) !== "advisory";
  const all = judged.flatMap(({ violations }) => violations);
  // Whatever exempts the cause exempts what comes of it.
  const isSaid = (each: Violation) => {
    const cause = causeOf(each, all);
    return cause !== undefined && isExempting(cause.rule);
  };
  for (const { rule, violations, exemptions } of judged.filter(({ rule: of }) => isExempting(of))) {
    const left = sortFindings(violations, exemptions, today(), nameOf).violations.filter((each) => !isSaid(each));
    const written = distinct(left.map((each) => exemptionOf(each, reason, expires)));
    if (written.length === 0) continue;
    const own = value[rule.name];
    const entry = isRecord(own) ? own : own === undefined ? {} : { enforcementLevel: own };
    const before = Array.isArray(entry.exemptions) ? entry.exemptions : [];
    value[rule.name] = { ...entry, exemptions: [...before, ...written] };
    added.set(rule.id, written.length);
  }
  return { text: `${JSON.stringify(value, undefined, 2)}\n`, added };
}

/**
 * No more than what is found: of a statement its actions, of a resource what is said of it, so that whatever comes
 * later is told.
 */
function exemptionOf(
  { urn = "", statement, actions = [], message }: Violation,
  reason: string,
  expires: string,
): Exemption {
  const what = actions.length > 0 ? { actions: [...new Set(actions)] } : { message };
  return { resource: urn, ...(statement === undefined ? {} : { statement }), ...what, reason, expires };
}

function distinct(exemptions: readonly Exemption[]): Exemption[] {
  const seen = new Map(exemptions.map((each) => [JSON.stringify(each), each]));
  return [...seen.values()];
}

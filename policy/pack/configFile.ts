/**
 * A stack's configuration file of the pack (policy/config/<stack>.json), as `--policy-pack-config` takes it. Pulumi
 * ignores the names of policies that the pack doesn't have, so a misspelt rule is told here.
 */

import type { Level, Rule } from "../model/rule";
import { defaultSettings } from "../model/settings";
import { describe, isRecord } from "../model/shape";
import { checkRuleConfig, checkShared, PackConfigError, type RuleConfig, sharedName, withShared } from "./config";

export interface PackConfig {
  /** By CrossGuard's name of the rule; a rule that isn't named has its defaults. */
  readonly levels: Readonly<Record<string, Level>>;
  readonly rules: Readonly<Record<string, RuleConfig>>;
}

/** The rules' own levels, no exemptions. */
export const noConfig: PackConfig = { levels: {}, rules: {} };

const levels: readonly string[] = ["advisory", "mandatory", "remediate", "disabled"] satisfies Level[];

/**
 * @param others names of the pack's policies that aren't rules; they have a level and nothing else
 * @throws PackConfigError with one line for each mistake
 */
export function readPackConfig(text: string, rules: readonly Rule[], others: readonly string[]): PackConfig {
  const lines: string[] = [];
  const value = parse(text);
  const found: Record<string, Level> = {};
  const configs: Record<string, RuleConfig> = {};
  let shared = defaultSettings;
  const level = (name: string, of: unknown): void => {
    if (typeof of === "string" && levels.includes(of)) found[name] = of as Level;
    else lines.push(`${name}: the level ${JSON.stringify(of)} is none of ${levels.join(", ")}`);
  };
  for (const [name, of] of Object.entries(value)) {
    const rule = rules.find((each) => each.name === name);
    if (!rule && name !== "all" && !others.includes(name)) {
      const byId = rules.find(({ id }) => id === name);
      lines.push(`${name}: no such rule; ${byId ? `write its name, ${byId.name}` : nearest(name, rules, others)}`);
    } else if (typeof of === "string") level(name, of);
    else if (!isRecord(of)) lines.push(`${name}: is ${describe(of)}; write a level or an object`);
    else {
      const { enforcementLevel, ...properties } = of;
      if (enforcementLevel !== undefined) level(name, enforcementLevel);
      if (rule) configs[name] = checkRuleConfig(name, properties, lines);
      else if (name === sharedName) shared = checkShared(name, properties, lines);
      else for (const key of Object.keys(properties)) lines.push(`${name}.${key}: unknown key; it takes a level only`);
    }
  }
  if (lines.length > 0) throw new PackConfigError(lines);
  const all = rules.map(({ name }) => {
    const { settings = defaultSettings, exemptions = [] } = configs[name] ?? {};
    return [name, { settings: withShared(settings, shared), exemptions }] as const;
  });
  return { levels: found, rules: Object.fromEntries(all) };
}

/** The level that a rule has under a configuration. */
export function levelOf(rule: Rule, { levels: configured }: PackConfig): Level {
  return configured[rule.name] ?? configured.all ?? rule.level;
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PackConfigError([`it is not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  if (!isRecord(value)) throw new PackConfigError([`it is ${describe(value)}; write an object, rule by rule`]);
  return value;
}

function nearest(name: string, rules: readonly Rule[], others: readonly string[]): string {
  const words = new Set(name.toLowerCase().split("-"));
  const common = (of: string): number => of.split("-").filter((word) => words.has(word)).length;
  const [best = ""] = [...rules.map((rule) => rule.name), ...others].sort((a, b) => common(b) - common(a));
  return common(best) > 0 ? `did you mean ${best}?` : "`data-pipelines-policy explain` lists them";
}

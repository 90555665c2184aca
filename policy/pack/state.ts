/** What the policies of one pack tell each other: CrossGuard gives each of them its own configuration alone. */
import type { ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import type { Resource, Rule } from "../model/rule";
import { defaultSettings, type Settings } from "../model/settings";
import { type RuleConfig, readRuleConfig } from "./config";
import { type Exempted, sortFindings, today } from "./exemptions";
import type { Violation } from "./judge";
import { singleResource, stackResource, WithinTurn } from "./resources";

export class PackState {
  private readonly byRule = new Map<Rule, RuleConfig>();
  /** By URN of the resource; taken out when they are told. */
  private readonly exempted = new Map<string, Exempted[]>();

  private readonly single = new WithinTurn<Resource>();
  private readonly whole = new WithinTurn<readonly Resource[]>();

  constructor(readonly rules: readonly Rule[]) {}

  resource(args: ResourceValidationArgs): Resource {
    return this.single.get(args.urn, () => singleResource(args));
  }

  stack({ resources }: StackValidationArgs): readonly Resource[] {
    return this.whole.get("stack", () => resources.map(stackResource));
  }

  /**
   * The rule's configuration; Pulumi sets it once, before the first resource.
   * @throws PackConfigError
   */
  configOf(rule: Rule, getConfig: () => object): RuleConfig {
    let config = this.byRule.get(rule);
    if (!config) {
      config = readRuleConfig(rule.name, getConfig());
      this.byRule.set(rule, config);
    }
    return config;
  }

  /** Of all rules that are switched on. */
  configs(): readonly (readonly [Rule, RuleConfig])[] {
    return [...this.byRule];
  }

  /** Whether it has run, which a rule that is disabled never does. */
  isOn(rule: Rule): boolean {
    return this.byRule.has(rule);
  }

  settingsOf(rule: Rule): Settings {
    return this.byRule.get(rule)?.settings ?? defaultSettings;
  }

  /** What isn't exempted. */
  violations(found: readonly Violation[], { exemptions }: RuleConfig): readonly Violation[] {
    return sortFindings(found, exemptions, today(), nameOf).violations;
  }

  /** What isn't exempted; the others are kept for the policy that tells them. */
  sort(found: readonly Violation[], { exemptions }: RuleConfig): readonly Violation[] {
    if (exemptions.length === 0 || found.length === 0) return found;
    const { violations, exempted } = sortFindings(found, exemptions, today(), nameOf);
    for (const each of exempted) {
      const urn = each.violation.urn ?? "";
      this.exempted.set(urn, [...(this.exempted.get(urn) ?? []), each]);
    }
    return violations;
  }

  takeExempted(urn: string): readonly Exempted[] {
    const exempted = this.exempted.get(urn) ?? [];
    this.exempted.delete(urn);
    return exempted;
  }

  takeAllExempted(): readonly Exempted[] {
    return [...this.exempted.keys()].flatMap((urn) => this.takeExempted(urn));
  }
}

/** A resource's name is the last part of its URN. */
export function nameOf({ urn = "" }: Pick<Violation, "urn">): string {
  return urn.split("::").pop() ?? urn;
}

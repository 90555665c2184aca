/** What the policies of one pack tell each other: CrossGuard gives each of them its own configuration alone. */
import type { ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import type { Resource, Rule } from "../model/rule";
import { defaultSettings, type Settings } from "../model/settings";
import { causeOf, fixedWith, isCause } from "./causes";
import { checkShared, PackConfigError, type RuleConfig, readRuleConfig, sharedName, withShared } from "./config";
import { type Causes, type Exempted, sortFindings, today } from "./exemptions";
import { judgeResource, type Violation } from "./judge";
import { singleResource, stackResource, WithinTurn } from "./resources";

export class PackState {
  private readonly byRule = new Map<Rule, RuleConfig>();
  private shared: Settings = defaultSettings;
  private isShared = false;
  /** By URN of the resource; taken out when they are told. */
  private readonly exempted = new Map<string, Exempted[]>();

  /** What the update will mend, by rule: URNs. */
  private readonly postponed = new Map<Rule, Set<string>>();

  private readonly toldLater: Violation[] = [];

  private readonly single = new WithinTurn<Resource>();
  private readonly causing = new WithinTurn<readonly Violation[]>();
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
      const own = readRuleConfig(rule.name, getConfig());
      config = { ...own, settings: withShared(own.settings, this.shared) };
      this.byRule.set(rule, config);
    }
    return config;
  }

  /**
   * Parameters of every rule.
   * @throws PackConfigError
   */
  share(getConfig: () => object): void {
    if (this.isShared) return;
    this.isShared = true;
    const lines: string[] = [];
    this.shared = checkShared(sharedName, getConfig(), lines);
    if (lines.length > 0) throw new PackConfigError(lines);
    // A rule that mends was asked before.
    for (const [rule, config] of this.byRule) {
      this.byRule.set(rule, { ...config, settings: withShared(config.settings, this.shared) });
    }
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
  sort(found: readonly Violation[], { exemptions }: RuleConfig, causes?: Causes): readonly Violation[] {
    if (found.length === 0 || (exemptions.length === 0 && !causes)) return found;
    const { violations, exempted } = sortFindings(found, exemptions, today(), nameOf, causes);
    for (const each of exempted) {
      const urn = each.violation.urn ?? "";
      this.exempted.set(urn, [...(this.exempted.get(urn) ?? []), each]);
    }
    return violations;
  }

  /** What findings on a resource come of, among those of the rules that run before. */
  causes(resource: Resource): Causes {
    const judged = this.causing.get(resource.urn, () =>
      [...this.byRule]
        .filter(([rule]) => isCause(rule.id))
        .flatMap(([rule, { settings }]) => (rule.scope === "stack" ? [] : judgeResource(rule, resource, settings))),
    );
    return {
      of: (violation) => causeOf(violation, judged),
      fixedWith: (violation) => fixedWith(violation, judged),
      exemptions: (cause) => this.byRule.get(cause.rule)?.exemptions ?? [],
    };
  }

  /** Of a rule that mends: whether the resource is mended by the update alone. */
  postpone(rule: Rule, urn: string, isPostponed: boolean): void {
    const urns = this.postponed.get(rule) ?? new Set();
    if (isPostponed) urns.add(urn);
    else urns.delete(urn);
    this.postponed.set(rule, urns);
  }

  /** Of findings, those that the update's mending won't have made good. */
  unmended(found: readonly Violation[]): readonly Violation[] {
    const mended = found.filter(({ rule, urn = "" }) => this.postponed.get(rule)?.has(urn));
    for (const each of mended) this.toldLater.push(each);
    return mended.length === 0 ? found : found.filter((each) => !mended.includes(each));
  }

  /** For example `P22, P23 mend hook, site-policy by the update`; undefined where there is nothing to mend. */
  takePostponed(): string | undefined {
    const later = this.toldLater.splice(0);
    if (later.length === 0) return undefined;
    const ids = [...new Set(later.map(({ rule }) => rule.id))].sort();
    return `${ids.join(", ")} mend ${[...new Set(later.map(nameOf))].sort().join(", ")} by the update`;
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

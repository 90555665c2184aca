/** P32: what is exempted is told, an expired exemption is a violation, one that exempts nothing is told too. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Resource, Rule } from "../model/rule";
import { holdsUnknown } from "../model/unknown";
import type { RuleConfig } from "./config";
import { describeExemption, type Exempted, type Exemption, isExpired, isFor, matches, today } from "./exemptions";
import { explained, judgeResource, judgeStack, type Violation } from "./judge";
import { concerns } from "./resources";
import { nameOf, type PackState } from "./state";

export const exemptionNames = ["policy-exempted", "policy-exemption-expired", "policy-exemptions-in-stack"] as const;

const link = explained("P32");

export function exemptionPolicies(state: PackState): (ResourceValidationPolicy | StackValidationPolicy)[] {
  const [exempted, expired, unused] = exemptionNames;
  return [
    {
      name: exempted,
      description: "P32: What the configuration exempts",
      enforcementLevel: "advisory",
      severity: "low",
      validateResource: ({ urn }, report) => {
        for (const each of state.takeExempted(urn)) report(exemptedMessage(each));
      },
    },
    {
      name: expired,
      description: "P32: No expired exemptions",
      enforcementLevel: "mandatory",
      severity: "medium",
      validateStack: (_, report) => {
        for (const [rule, { exemptions }] of state.configs()) {
          for (const each of exemptions.filter((of) => isExpired(of, today()))) {
            report(
              `the exemption from ${rule.id} (${rule.name}) has expired: ${describeExemption(each)}. ${renew} ${link}`,
            );
          }
        }
      },
    },
    {
      name: unused,
      description: "P32: Exemptions in the stack as a whole",
      enforcementLevel: "advisory",
      severity: "low",
      validateStack: (args, report) => {
        for (const each of state.takeAllExempted()) report(exemptedMessage(each), each.violation.urn);
        const configs = state.configs().filter(([, { exemptions }]) => exemptions.length > 0);
        if (configs.length === 0) return;
        const resources = state.stack(args);
        for (const message of configs.flatMap(([rule, config]) => unusedOf(rule, config, resources))) report(message);
      },
    },
  ];
}

const renew = "Fix what it is for, or give it a new date and a reason that still holds";

function exemptedMessage({ violation, exemption }: Exempted): string {
  const { rule, path, statement, message } = violation;
  const where = [path, statement === undefined ? undefined : `statement ${statement}`].filter(Boolean).join(", ");
  const found = `${where}${where === "" ? "" : ": "}${message}`;
  return `exempted from ${rule.id} until ${exemption.expires}, because ${exemption.reason}: ${found} ${link}`;
}

/** Judges once more what the exemptions are for; one that covers no finding is of no use any more. */
function unusedOf(rule: Rule, { exemptions, settings }: RuleConfig, resources: readonly Resource[]): string[] {
  const inStack = rule.scope === "stack" ? judgeStack(rule, resources, settings) : undefined;
  const unused = (exemption: Exemption): string | undefined => {
    const meant = resources.filter((resource) => isFor(exemption, resource));
    if (meant.length === 0) return "no resource has that URN or name";
    const found: readonly Violation[] =
      inStack ??
      meant.flatMap((each) =>
        rule.scope !== "stack" && concerns(rule, each.type) ? judgeResource(rule, each, settings) : [],
      );
    if (found.some((violation) => matches(exemption, violation, nameOf(violation)))) return undefined;
    // At preview, what it is for may be among what isn't known yet.
    if (meant.some(({ props }) => holdsUnknown(props))) return undefined;
    return "the rule finds nothing there";
  };
  return exemptions.flatMap((each) => {
    const reason = unused(each);
    if (reason === undefined) return [];
    return `the exemption from ${rule.id} (${rule.name}) is of no use: ${reason}: ${describeExemption(each)}. Drop it ${link}`;
  });
}

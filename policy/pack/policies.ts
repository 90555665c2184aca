/** Turns rules into CrossGuard policies. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Rule } from "../model/rule";
import { configSchema } from "./config";
import { exemptionNames, exemptionPolicies } from "./exemptionPolicies";
import { judgeResource, judgeStack, messageOf } from "./judge";
import { notEvaluatedNames, notEvaluatedPolicies } from "./notEvaluated";
import { remediation } from "./remediation";
import { concerns } from "./resources";
import { PackState } from "./state";

/** Names of the pack's policies that aren't rules; a configuration can set their level. */
export const otherPolicies: readonly string[] = [...notEvaluatedNames, ...exemptionNames];

/** One policy a rule, and those that tell what was exempted and what couldn't be judged yet. */
export function policiesOf(rules: readonly Rule[]): (ResourceValidationPolicy | StackValidationPolicy)[] {
  const state = new PackState(rules);
  return [
    ...rules.map((rule) => policyOf(rule, state)),
    // After the rules: they tell what the rules have found for the same resource or stack.
    ...notEvaluatedPolicies(state),
    ...exemptionPolicies(state),
  ];
}

function policyOf(rule: Rule, state: PackState): ResourceValidationPolicy | StackValidationPolicy {
  const remediateResource = remediation(rule, state);
  const text = {
    name: rule.name,
    displayName: rule.title,
    // Pulumi prints it above each message.
    description: `${rule.id}: ${rule.title}`,
    severity: rule.severity,
    enforcementLevel: rule.level,
    url: `docs/policies/${rule.id}.md`,
    configSchema,
    ...(remediateResource ? { remediateResource } : {}),
  };
  if (rule.scope === "stack") {
    return {
      ...text,
      validateStack: (args, report) => {
        const config = state.configOf(rule, () => args.getConfig());
        const found = judgeStack(rule, state.stack(args), config.settings);
        for (const violation of state.sort(found, config)) report(messageOf(violation), violation.urn);
      },
    };
  }
  return {
    ...text,
    validateResource: (args, report) => {
      const config = state.configOf(rule, () => args.getConfig());
      // Before anything is read of the resource: most rules are about few types.
      if (!concerns(rule, args.type)) return;
      const found = judgeResource(rule, state.resource(args), config.settings);
      for (const violation of state.sort(found, config)) report(messageOf(violation));
    },
  };
}

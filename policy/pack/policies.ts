/** Turns rules into CrossGuard policies. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Rule } from "../model/rule";
import { canFollow, orderOf } from "./causes";
import { configSchema, sharedName, sharedSchema } from "./config";
import { exemptionNames, exemptionPolicies } from "./exemptionPolicies";
import { today, toldInstead } from "./exemptions";
import { followingMessage, judgeResource, judgeStack, messageOf } from "./judge";
import { notEvaluatedNames, notEvaluatedPolicies } from "./notEvaluated";
import { remediation } from "./remediation";
import { concerns } from "./resources";
import { nameOf, PackState } from "./state";

/** Names of the pack's policies that aren't rules; a configuration can set their level. */
export const otherPolicies: readonly string[] = [sharedName, ...notEvaluatedNames, ...exemptionNames];

/** One policy a rule, and those that tell what was exempted and what couldn't be judged yet. */
export function policiesOf(rules: readonly Rule[]): (ResourceValidationPolicy | StackValidationPolicy)[] {
  const state = new PackState(rules);
  return [
    parametersPolicy(state),
    // What others come of is judged before them.
    ...[...rules].sort((a, b) => orderOf(a.id) - orderOf(b.id)).map((rule) => policyOf(rule, state)),
    // After the rules: they tell what the rules have found for the same resource or stack.
    ...notEvaluatedPolicies(state),
    ...exemptionPolicies(state),
  ];
}

/** CrossGuard gives each policy its own configuration alone; what all rules share stands under this one's name. */
function parametersPolicy(state: PackState): ResourceValidationPolicy {
  return {
    name: sharedName,
    description: "P33: Parameters of all rules",
    enforcementLevel: "advisory",
    severity: "low",
    configSchema: sharedSchema,
    validateResource: (args) => state.share(() => args.getConfig()),
  };
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
    configSchema,
    ...(remediateResource ? { remediateResource } : {}),
  };
  if (rule.scope === "stack") {
    return {
      ...text,
      validateStack: (args, report) => {
        const config = state.configOf(rule, () => args.getConfig());
        const found = state.unmended(judgeStack(rule, state.stack(args), config.settings));
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
      const resource = state.resource(args);
      const found = state.unmended(judgeResource(rule, resource, config.settings));
      if (found.length === 0) return;
      const causes = canFollow(rule.id) ? state.causes(resource) : undefined;
      for (const violation of state.sort(found, config, causes)) {
        const cause = causes && toldInstead(violation, causes, today(), nameOf);
        report(cause ? followingMessage(violation, cause) : messageOf(violation));
      }
    },
  };
}

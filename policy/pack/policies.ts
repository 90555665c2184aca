/** Turns rules into CrossGuard policies. */
import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { reveal } from "../iam/unknown";
import type { Resource, Rule } from "../rules/rule";
import { defaultSettings } from "../rules/settings";
import { judgeResource, judgeStack, messageOf } from "./judge";

export function policyOf(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const text = { name: rule.name, description: `${rule.id}: ${rule.why}`, enforcementLevel: rule.level };
  if (rule.scope === "stack") {
    return {
      ...text,
      validateStack: ({ resources }, report) => {
        for (const violation of judgeStack(rule, resources.map(stackResource), defaultSettings)) {
          report(messageOf(violation), violation.urn);
        }
      },
    };
  }
  return {
    ...text,
    validateResource: (args, report) => {
      for (const violation of judgeResource(rule, singleResource(args), defaultSettings)) report(messageOf(violation));
    },
  };
}

function singleResource({ type, name, urn, props }: ResourceValidationArgs): Resource {
  return { type, name, urn, props: reveal(props) as Resource["props"], dependencies: {} };
}

function stackResource({ type, name, urn, props, parent, propertyDependencies }: PolicyResource): Resource {
  const dependencies = Object.entries(propertyDependencies).map(([key, of]) => [key, of.map((each) => each.urn)]);
  return {
    type,
    name,
    urn,
    props: reveal(props) as Resource["props"],
    dependencies: Object.fromEntries(dependencies),
    ...(parent ? { parent: parent.urn } : {}),
  };
}

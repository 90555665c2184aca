/** Resources as rules see them, from what the policy SDK gives. */
import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { holdsDocuments } from "../iam/locations";
import { reveal } from "../iam/unknown";
import type { Resource, Rule } from "../rules/rule";

/** Whether the rule looks at resources of the type at all. */
export function concerns(rule: Exclude<Rule, { scope: "stack" }>, type: string): boolean {
  if (rule.scope === "resource") return rule.types.includes(type);
  return holdsDocuments(type) || (rule.grants?.types.includes(type) ?? false);
}

export function singleResource({ type, name, urn, props }: ResourceValidationArgs): Resource {
  return { type, name, urn, props: reveal(props) as Resource["props"], dependencies: {} };
}

export function stackResource({ type, name, urn, props, parent, propertyDependencies }: PolicyResource): Resource {
  const dependencies = Object.entries(propertyDependencies).map(([key, of]) => [key, of.map((each) => each.urn)]);
  let revealed: Resource["props"] | undefined;
  return {
    type,
    name,
    urn,
    // A rule reads the properties of a few resources of all that there are.
    get props() {
      revealed ??= reveal(props) as Resource["props"];
      return revealed;
    },
    dependencies: Object.fromEntries(dependencies),
    ...(parent ? { parent: parent.urn } : {}),
  };
}

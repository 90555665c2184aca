/** Resources as rules see them, from what the policy SDK gives. */
import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { holdsDocuments } from "../document/locations";
import { isForeign } from "../forms/forms";
import type { Resource, Rule } from "../model/rule";
import { reveal } from "../model/unknown";
import { accountsOfProvider } from "../principals/ownAccounts";

/** Whether the rule looks at resources of the type at all. */
export function concerns(rule: Exclude<Rule, { scope: "stack" }>, type: string): boolean {
  if (isForeign(type)) return true;
  if (rule.scope === "resource") return rule.types.includes(type);
  return holdsDocuments(type) || (rule.beside?.types.includes(type) ?? false);
}

export function singleResource({ type, name, urn, props, provider }: ResourceValidationArgs): Resource {
  const accounts = provider ? accountsOfProvider(reveal(provider.props) as Resource["props"]) : [];
  return { type, name, urn, props: reveal(props) as Resource["props"], dependencies: {}, accounts };
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

/**
 * Keeps a value until the event loop turns. The SDK hands each policy a copy of its own of the same resource, or of the
 * whole stack, and calls them all within one turn: what was read for the first one serves the others.
 */
export class WithinTurn<T> {
  private kept: { readonly key: string; readonly value: T } | undefined;
  private isClearing = false;

  get(key: string, make: () => T): T {
    if (this.kept?.key === key) return this.kept.value;
    const value = make();
    this.kept = { key, value };
    if (!this.isClearing) {
      this.isClearing = true;
      setImmediate(() => {
        this.kept = undefined;
        this.isClearing = false;
      });
    }
    return value;
  }
}

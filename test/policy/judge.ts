import type { PolicyResource, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

/** The violations that a rule reports for one resource. */
export function judge(rule: ResourceValidationPolicy, type: string, props: Record<string, unknown>): string[] {
  const found: string[] = [];
  const validate = [rule.validateResource].flat();
  if (validate.length === 0) throw new Error(`${rule.name} has no validateResource`);
  for (const each of validate) {
    if (!each) throw new Error(`${rule.name} has no validateResource`);
    each({ type, props } as unknown as Parameters<typeof each>[0], (violation) =>
      found.push(typeof violation === "string" ? violation : String(violation)),
    );
  }
  return found;
}

export interface StackResource {
  readonly type: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
  /** Names of the resources that a property comes from. */
  readonly dependencies?: Record<string, readonly string[]>;
}

/** The violations that a stack rule reports, as `[resource's name, message]`. */
export function judgeStack(rule: StackValidationPolicy, stack: readonly StackResource[]): [string, string][] {
  const resources = stack.map(({ type, name, props }) => ({
    type,
    name,
    props,
    urn: name,
  })) as unknown as PolicyResource[];
  const byName = (name: string): PolicyResource => {
    const resource = resources.find((candidate) => candidate.urn === name);
    if (!resource) throw new Error(`the test names a resource that it doesn't have: ${name}`);
    return resource;
  };
  stack.forEach(({ dependencies = {} }, i) => {
    Object.assign(resources[i] as object, {
      propertyDependencies: Object.fromEntries(Object.entries(dependencies).map(([key, of]) => [key, of.map(byName)])),
    });
  });
  const found: [string, string][] = [];
  rule.validateStack({ resources } as unknown as Parameters<typeof rule.validateStack>[0], (violation, urn) =>
    found.push([urn ?? "", String(violation)]),
  );
  return found;
}

/** A role policy with one allowing statement. */
export function allowing(statement: Record<string, unknown>): Record<string, unknown> {
  return { policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] }) };
}

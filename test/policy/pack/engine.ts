/** Calls policies as the SDK's server does, without the engine: properties behind its proxy, reports gathered. */
import {
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationArgs,
  type StackValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";
import type { ExampleResource, Rule } from "../../../policy/model/rule";
import { policiesOf } from "../../../policy/pack/policies";

/** What the SDK puts where a text isn't known. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Told {
  readonly policy: string;
  readonly level: string | undefined;
  readonly message: string;
  readonly urn: string | undefined;
}

type Config = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Each resource, mended where that is asked for, then the stack, through every policy of the pack that isn't disabled. */
export async function judgeStackOf(
  rules: readonly Rule[],
  given: readonly ExampleResource[],
  config: Config = {},
): Promise<Told[]> {
  const told: Told[] = [];
  const policies = policiesOf(rules).filter(({ name }) => config[name]?.enforcementLevel !== "disabled");
  const mending = policies.filter(({ name }) => config[name]?.enforcementLevel === "remediate");
  const resources: ExampleResource[] = [];
  for (const resource of given) {
    const mended: Record<string, unknown> = {};
    const { props, ...args } = argsOf(resource, {});
    // One changes what the next one reads.
    const kept = new Proxy(props, {
      set: (target, key, value) => Reflect.set(target, key, value) && Reflect.set(mended, key, value),
    });
    for (const policy of mending as ResourceValidationPolicy[]) {
      const { enforcementLevel: _, ...own } = config[policy.name] ?? {};
      await policy.remediateResource?.({ ...args, props: kept, getConfig: (() => own) as never });
    }
    resources.push({ ...resource, props: { ...resource.props, ...mended } });
  }
  const report =
    ({ name, enforcementLevel }: (typeof policies)[number], own?: string) =>
    (message: string, urn = own) =>
      told.push({ policy: name, level: enforcementLevel, message, urn });
  for (const resource of resources) {
    for (const policy of policies) {
      const validate = (policy as ResourceValidationPolicy).validateResource;
      if (typeof validate !== "function") continue;
      await validate(argsOf(resource, config[policy.name]), report(policy, urnOf(resource)));
    }
    // Another resource is another call of the engine.
    await new Promise(setImmediate);
  }
  const all = resources.map((resource) => argsOf(resource, {}) as unknown as PolicyResource);
  const byName = new Map(all.map((each) => [each.name, each]));
  resources.forEach(({ dependencies = {} }, i) => {
    const of = Object.entries(dependencies).map(([key, names]) => [key, names.map((each) => byName.get(each))]);
    Object.assign(all[i] ?? {}, { propertyDependencies: Object.fromEntries(of) });
  });
  for (const policy of policies) {
    const validate = (policy as StackValidationPolicy).validateStack;
    const args = { resources: all, getConfig: () => config[policy.name] ?? {} } as unknown as StackValidationArgs;
    if (validate) await validate(args, report(policy));
  }
  return told;
}

/** What the pack makes of the properties before the resource is made. */
export async function remediate(
  rules: readonly Rule[],
  resource: ExampleResource,
  config: Config = {},
): Promise<unknown> {
  let props: unknown;
  for (const policy of policiesOf(rules) as ResourceValidationPolicy[]) {
    props = (await policy.remediateResource?.(argsOf(resource, config[policy.name]))) ?? props;
  }
  return props;
}

export function urnOf({ type, name }: ExampleResource): string {
  return `urn:pulumi:test::project::${type}::${name}`;
}

function argsOf(resource: ExampleResource, config: object = {}): ResourceValidationArgs {
  const props = unknownCheckingProxy(structuredClone(resource.props));
  return {
    type: resource.type,
    name: resource.name,
    urn: urnOf(resource),
    props,
    getConfig: () => config,
  } as ResourceValidationArgs;
}

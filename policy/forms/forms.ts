/**
 * Resources as the rules know them: those of aws-native and Cloud Control, and those inside CloudFormation templates,
 * as the `aws` provider would have them.
 */
import type { Resource } from "../model/rule";
import { foundType, isRecord } from "../model/shape";
import { holdsUnknown, unknown } from "../model/unknown";
import { documentsAnywhere } from "./anywhere";
import { kinds } from "./kinds";
import { type Form, Native, small } from "./native";
import { ownAccount, readTemplate } from "./template";

export interface Read {
  /** The resource itself where its type is the `aws` provider's. */
  readonly resources: readonly Resource[];
  /** What of it no rule can read, and why. */
  readonly unread: readonly string[];
}

const controlType = "aws:cloudcontrol/resource:Resource";
const extensionType = "aws-native:index:ExtensionResource";

/** Type → the property with the template, and that with its address. */
const templates: Readonly<Record<string, readonly [body: string, url: string]>> = {
  "aws:cloudformation/stack:Stack": ["templateBody", "templateUrl"],
  "aws:cloudformation/stackSet:StackSet": ["templateBody", "templateUrl"],
  "aws-native:cloudformation:Stack": ["templateBody", "templateUrl"],
  "aws-native:cloudformation:StackSet": ["templateBody", "templateUrl"],
};

/** Languages of their own that look like policies, and what a service's own console makes. */
const notIam = /^(iot::policy|ssm::document|config::|networkfirewall::)/;

/** AWS by ways that this pack doesn't know. */
const otherWays: readonly (readonly [type: RegExp, way: string])[] = [
  [/:tf:aws_|^[\w-]+:aws_[a-z]/, "made by a Terraform module"],
  [/^kubernetes:[\w.-]*(services\.k8s\.aws|aws\.(m\.)?(upbound|crossplane)\.io)\//, "made by a Kubernetes controller"],
  [/^aws:serverlessrepository\/|^aws:servicecatalog\/(product|provisionedProduct):/, "made from a template elsewhere"],
];

/** Whether the type is another provider's, or holds further resources. */
export function isForeign(type: string): boolean {
  return type.startsWith("aws-native:") || type === controlType || templates[type] !== undefined;
}

export function readResource(resource: Resource): Read {
  const { type } = resource;
  const [body, url] = templates[type] ?? [];
  if (body !== undefined && url !== undefined) return fromTemplate(resource, body, url);
  if (type === controlType) return fromControl(resource);
  if (type === extensionType) return fromExtension(resource);
  const [, service, name] = /^aws-native:(\w+):(\w+)$/.exec(type) ?? [];
  if (service !== undefined && name !== undefined && service !== "index") {
    const of = (property: string) => resource.dependencies[dependencyOf(resource, property)] ?? [];
    return { resources: translated(resource, `${service}::${name}`, resource.props, "", of), unread: [] };
  }
  const way = otherWays.find(([form]) => form.test(type))?.[1];
  return { resources: [resource], unread: way === undefined ? [] : [way] };
}

/** aws-native's spelling of a property, whatever its capitals. */
function dependencyOf({ dependencies }: Resource, property: string): string {
  return Object.keys(dependencies).find((key) => key.toLowerCase() === property.toLowerCase()) ?? small(property);
}

/** @param base where the properties stand; `""` on the resource itself */
function translated(
  resource: Resource,
  type: string,
  props: Resource["props"],
  base: string,
  dependencies: (property: string) => readonly string[],
  own: string = resource.urn,
): Resource[] {
  const key = type.toLowerCase();
  const kind = kinds.get(key);
  const forms: readonly Form[] = kind?.(new Native(own, props, base, dependencies)) ?? [];
  return [...forms, ...rest(key, kind === undefined, props, base, dependencies)].map((form, i): Resource => {
    const { paths } = form;
    const path = (of: string | undefined) => (of === undefined ? base || undefined : native(of, paths, base));
    return {
      type: form.type,
      name: resource.name,
      urn: i === 0 ? own : `${own}#${i}`,
      props: form.props,
      dependencies: form.dependencies,
      ...(resource.parent ? { parent: resource.parent } : {}),
      origin: { urn: resource.urn, path, isTemplate: own !== resource.urn },
    };
  });
}

/** What it refers to, and its documents where no table says what it is. */
function rest(
  key: string,
  isUnlisted: boolean,
  props: Resource["props"],
  base: string,
  of: (property: string) => readonly string[],
): Form[] {
  // Attaching a policy to a role is no use of it.
  if (!isUnlisted && key.startsWith("iam::")) return [];
  const documents = isUnlisted && !notIam.test(key) ? documentsAnywhere(props, base, key.split("::")[0] ?? "") : [];
  const dependencies = Object.fromEntries(Object.keys(props).map((property) => [property, of(property)]));
  return [{ type: foundType, props: { documents }, paths: {}, dependencies }];
}

/** `inlinePolicies[0].policy` in the words of the resource. */
function native(path: string, paths: Readonly<Record<string, string>>, base: string): string {
  const [, first = path, rest = ""] = /^([\w]+)(.*)$/.exec(path) ?? [];
  const at = paths[first];
  if (at === undefined) return path.startsWith(base) ? path : `${base}.${path}`;
  return first === "inlinePolicies"
    ? `${at}${rest.replace(/\.policy$/, base ? ".PolicyDocument" : ".policyDocument")}`
    : at + rest;
}

function fromControl(resource: Resource): Read {
  const { typeName, desiredState } = resource.props;
  const of = () => resource.dependencies.desiredState ?? [];
  return fromState(resource, typeName, desiredState, "desiredState", of);
}

function fromExtension(resource: Resource): Read {
  const { type, properties } = resource.props;
  const of = () => resource.dependencies.properties ?? [];
  return fromState(resource, type, properties, "properties", of);
}

function fromState(resource: Resource, type: unknown, state: unknown, base: string, of: () => readonly string[]): Read {
  // What the update knows is told as such.
  if (type === unknown || state === unknown) return { resources: [], unread: [] };
  const props = typeof state === "string" ? parsed(state) : state;
  const [, name] = /^AWS::(\w+::\w+)$/.exec(String(type)) ?? [];
  if (name === undefined) return { resources: [], unread: [] };
  if (!isRecord(props)) return { resources: [], unread: [`its ${base} isn't JSON`] };
  return { resources: translated(resource, name, props, base, of), unread: [] };
}

function fromTemplate(resource: Resource, body: string, url: string): Read {
  const { props } = resource;
  const itself = { ...resource, props: withoutBody(props, body) };
  const text = props[body];
  if (text === undefined || text === null || text === "") {
    const where =
      typeof props[url] === "string" ? `its template stands elsewhere, at its ${url}` : "its template isn't given";
    return { resources: [itself], unread: props[url] === unknown ? [] : [where] };
  }
  if (text === unknown) return { resources: [resource], unread: [] };
  const whole = typeof text === "string" ? text : JSON.stringify(text);
  if (holdsUnknown(text)) return { resources: [resource], unread: [] };
  const parameters = isRecord(props.parameters) ? props.parameters : {};
  const template = readTemplate(whole, parameters);
  const unread = [...template.unread];
  const resources = template.resources.flatMap((each) => {
    const [, type] = /^AWS::(\w+::\w+)$/.exec(each.type) ?? [];
    if (each.type === "AWS::CloudFormation::Stack")
      unread.push(`${each.name} is a stack whose template stands elsewhere`);
    else if (/^(AWS::Serverless::|Custom::|AWS::CloudFormation::CustomResource)/.test(each.type)) {
      unread.push(`${each.name} is an ${each.type}`);
    }
    if (type === undefined) return [];
    const base = `${body}: Resources.${each.name}.Properties`;
    const urnOf = (name: string) => `${resource.urn}#${name}`;
    const of = (property: string) => (each.references.get(property) ?? []).map(urnOf);
    return translated(resource, type, each.props, base, of, urnOf(each.name));
  });
  return { resources: [itself, ...resources.map((each) => ({ ...each, accounts: [ownAccount] }))], unread };
}

/** What was read of a template isn't told once more as unknown. */
function withoutBody(props: Resource["props"], body: string): Resource["props"] {
  return Object.fromEntries(Object.entries(props).filter(([key]) => key !== body));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

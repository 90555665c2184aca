/** CloudFormation templates, JSON or YAML: their resources, with the functions worked out as far as a template tells. */
import { isCollection, isScalar, Pair, parseDocument, Scalar, visit, YAMLMap } from "yaml";
import { isRecord } from "../model/shape";
import { unknown } from "../model/unknown";

export interface TemplateResource {
  /** Logical name. */
  readonly name: string;
  /** For example `AWS::IAM::Role`. */
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Top property → logical names of the resources that it refers to. */
  readonly references: ReadonlyMap<string, readonly string[]>;
}

export interface Template {
  readonly resources: readonly TemplateResource[];
  /** What of it can't be read. */
  readonly unread: readonly string[];
}

/** Stands for the account of the stack, which a template writes as AWS::AccountId. */
export const ownAccount = "000000000000";

/** What CloudFormation takes as a body; a longer template has to stand in a bucket. */
const mostCharacters = 51_200;

/** Far more than any template has; a reader of YAML takes quadratic time over levels. */
const mostLevels = 100;

/** @param parameters their values; a default stands for one that isn't given */
export function readTemplate(text: string, parameters: Readonly<Record<string, unknown>> = {}): Template {
  if (text.length > mostCharacters) return { resources: [], unread: [`it has more than ${mostCharacters} characters`] };
  const { value, problem } = parse(text);
  if (problem !== undefined || !isRecord(value)) {
    return { resources: [], unread: [problem ?? "it isn't an object"] };
  }
  const scope = new Scope(isRecord(value.Parameters) ? value.Parameters : {}, parameters);
  const resources: TemplateResource[] = [];
  if (value.Transform !== undefined) scope.unread.add("a Transform makes its resources from others");
  for (const [name, resource] of Object.entries(isRecord(value.Resources) ? value.Resources : {})) {
    if (!isRecord(resource) || typeof resource.Type !== "string") {
      scope.unread.add(`${name} has no Type`);
      continue;
    }
    const { Properties } = resource;
    const references = new Map<string, readonly string[]>();
    const props = Object.entries(isRecord(Properties) ? Properties : {}).map(([property, of]) => {
      const named = new Set<string>();
      const resolved = scope.resolve(of, named);
      if (named.size > 0) references.set(property, [...named]);
      return [property, resolved === dropped ? undefined : resolved] as const;
    });
    resources.push({ name, type: resource.Type, props: Object.fromEntries(props), references });
  }
  return { resources, unread: [...scope.unread] };
}

/** AWS::NoValue */
const dropped = Symbol("no value");

/** Both branches of an Fn::If in a list count. */
class Both {
  constructor(readonly branches: readonly unknown[]) {}
}

class Scope {
  readonly unread = new Set<string>();

  constructor(
    private readonly declared: Readonly<Record<string, unknown>>,
    private readonly given: Readonly<Record<string, unknown>>,
  ) {}

  /** @param named gets the logical names of the resources that are referred to */
  resolve(value: unknown, named: Set<string>): unknown {
    if (Array.isArray(value)) {
      return value
        .map((each) => this.resolve(each, named))
        .flatMap((each) => (each instanceof Both ? each.branches.flat() : [each]))
        .filter((each) => each !== dropped);
    }
    if (!isRecord(value)) return value;
    const [name = "", ...others] = Object.keys(value);
    if (others.length === 0 && (name === "Ref" || name.startsWith("Fn::"))) {
      return this.call(name, value[name], named);
    }
    const members = Object.entries(value).map(([key, of]) => [key, this.member(this.resolve(of, named))] as const);
    return Object.fromEntries(members.filter(([, of]) => of !== dropped));
  }

  /** Texts may stand beside each other wherever a policy has a text; of objects only the first is judged. */
  private member(value: unknown): unknown {
    if (!(value instanceof Both)) return value;
    const texts = value.branches.flat();
    if (texts.every((each) => typeof each === "string" || each === unknown)) return texts;
    this.unread.add("an Fn::If, of which the first branch is judged");
    return value.branches[0];
  }

  private call(name: string, of: unknown, named: Set<string>): unknown {
    switch (name) {
      case "Ref":
        return this.reference(String(of), named);
      case "Fn::GetAtt":
        named.add(String(Array.isArray(of) ? of[0] : String(of).split(".")[0]));
        return unknown;
      case "Fn::Sub":
        return this.substitute(of, named);
      case "Fn::Join":
        return this.join(this.resolve(of, named));
      case "Fn::If": {
        const branches = (Array.isArray(of) ? of.slice(1) : []).map((each) => this.resolve(each, named));
        const kept = branches.flatMap((each) => (each instanceof Both ? each.branches : [each]));
        const set = kept.filter((each) => each !== dropped);
        return set.length === 0 ? dropped : set.length === 1 ? set[0] : new Both(set);
      }
      default:
        // Still looked through, for what they refer to.
        this.resolve(of, named);
        return unknown;
    }
  }

  private reference(name: string, named: Set<string>): unknown {
    if (name === "AWS::NoValue") return dropped;
    if (name === "AWS::AccountId") return ownAccount;
    if (name === "AWS::Partition") return "aws";
    if (name.startsWith("AWS::")) return unknown;
    if (!Object.hasOwn(this.declared, name)) {
      named.add(name);
      return unknown;
    }
    return this.parameter(name) ?? unknown;
  }

  private parameter(name: string): unknown {
    const declared = this.declared[name];
    const { Type, Default } = isRecord(declared) ? declared : {};
    // What stands in a parameter of this kind is a name in SSM's store.
    if (String(Type).startsWith("AWS::SSM::")) return undefined;
    const value = this.given[name] ?? Default;
    if (value === undefined || value === unknown || value === null) return undefined;
    return String(Type).includes("List") ? String(value).split(",") : String(value);
  }

  private substitute(of: unknown, named: Set<string>): unknown {
    const [text, values] = Array.isArray(of) ? of : [of, {}];
    const known = isRecord(values) ? values : {};
    return this.joined(
      String(text)
        .split(/(\$\{[^}]*\})/)
        .map((part) => {
          const [, name] = /^\$\{([^!].*)\}$/.exec(part) ?? [];
          if (name === undefined) return part.replace(/^\$\{!/, "${");
          if (Object.hasOwn(known, name)) return this.resolve(known[name], named);
          if (!name.includes(".")) return name === "AWS::Region" ? "us-east-1" : this.reference(name, named);
          named.add(name.split(".")[0] as string);
          return unknown;
        }),
    );
  }

  private join(of: unknown): unknown {
    const [separator, parts] = Array.isArray(of) ? of : [];
    if (typeof separator !== "string" || !Array.isArray(parts)) return unknown;
    return this.joined(parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part])));
  }

  /** One value that a template doesn't tell stands for some name; at the beginning, it may be any text. */
  private joined(parts: readonly unknown[]): unknown {
    const told = parts.filter((part) => part !== "");
    if (told.length === 1) return told[0];
    if (told[0] === unknown || told[0] === dropped || told.some((part) => part instanceof Both)) return unknown;
    return told.map((part) => (part === unknown || part === dropped ? "value" : String(part))).join("");
  }
}

function parse(text: string): { readonly value?: unknown; readonly problem?: string } {
  if (isTooDeep(text)) return { problem: `it has more than ${mostLevels} levels` };
  try {
    const document = parseDocument(text, { merge: true, logLevel: "silent" });
    const [error] = document.errors;
    if (error) return { problem: `it isn't YAML: ${error.message.split("\n")[0]}` };
    visit(document, { Node: (_, node) => longForm(node) });
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { problem: `it isn't YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Brackets in texts count as well: a template hasn't a hundred that are left open. */
function isTooDeep(text: string): boolean {
  let level = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === "[" || character === "{") deepest = Math.max(deepest, ++level);
    else if ((character === "]" || character === "}") && level > 0) level--;
  }
  return deepest > mostLevels || /^(?:\s*[-?:] ){100}/m.test(text);
}

/** `!GetAtt Role.Arn` as `{"Fn::GetAtt": "Role.Arn"}`. */
function longForm(node: unknown): YAMLMap | undefined {
  if (!(isScalar(node) || isCollection(node)) || !node.tag || !/^![A-Z]/.test(node.tag)) return undefined;
  const name = node.tag.slice(1);
  node.tag = undefined;
  const call = new YAMLMap();
  call.add(new Pair(new Scalar(name === "Ref" || name === "Condition" ? name : `Fn::${name}`), node));
  return call;
}

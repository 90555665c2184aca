/** Reads IAM policy documents into one shape, whatever short forms they were written in. Never throws. */
import { type Conditions, readConditions } from "./conditions";
import { asArray, describe, isRecord } from "./shape";
import { unknown } from "./unknown";

export interface PolicyDocument {
  /** `undefined` when it isn't given, which IAM reads as the old 2008-10-17. */
  readonly version: string | undefined;
  readonly statements: readonly Statement[];
  /** What makes IAM refuse the document, or read it otherwise than was meant (rule P25). */
  readonly problems: readonly Problem[];
  /** Members whose value only the update knows: `document`, or `Statement[0].Resource`. */
  readonly unknown: readonly string[];
  /** Characters without white space, as IAM counts them, of what is known. */
  readonly size: number;
}

export interface Problem {
  /** What a message calls the statement; undefined: the document as a whole. */
  readonly statement?: string;
  readonly message: string;
  readonly fix: string;
}

export type Member = "Action" | "NotAction" | "Resource" | "NotResource" | "Principal" | "NotPrincipal" | "Condition";

export interface Statement {
  /** The Sid, else `#<index>`: what a message calls the statement. */
  readonly label: string;
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Lists by kind (AWS, Service, Federated, CanonicalUser); `"*"` is `{ AWS: ["*"] }`; undefined: none given. */
  readonly principals: Principals | undefined;
  readonly notPrincipals: Principals | undefined;
  readonly conditions: Conditions;
  /** Members that it has, also where they are empty or unknown. */
  readonly given: ReadonlySet<Member>;
  /** Members that hold a value which only the update knows; what is known of them stands in the lists above. */
  readonly unknown: ReadonlySet<Member>;
}

export type Principals = Readonly<Record<string, readonly string[]>>;

const documentKeys = ["Version", "Id", "Statement"];
const statementKeys = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"];
const furtherKeys = ["Principal", "NotPrincipal", "Condition"];
const members = [...statementKeys, ...furtherKeys].filter((key) => key !== "Sid" && key !== "Effect") as Member[];

/** Documents given as text, by that text: every rule reads the same one. */
const known = new Map<string, PolicyDocument>();
const keptDocuments = 5_000;

/** What KMS takes in a key policy; every other service takes less. */
const mostCharacters = 32_768;

/** @param source JSON text or an object; `unknown` (see ./unknown) in place of any value that isn't known yet */
export function readDocument(source: unknown): PolicyDocument {
  if (typeof source !== "string") return new Reader().document(source, sizeOf(JSON.stringify(source) ?? ""));
  let document = known.get(source);
  if (!document) {
    document = parse(source);
    if (known.size >= keptDocuments) known.clear();
    known.set(source, document);
  }
  return document;
}

function parse(text: string): PolicyDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = `the document is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    const fix = "write it with JSON.stringify or aws.iam.getPolicyDocument";
    return { version: undefined, statements: [], problems: [{ message, fix }], unknown: [], size: sizeOf(text) };
  }
  const size = sizeOf(text);
  const document = new Reader().document(value, size);
  if (size <= mostCharacters) return document;
  const message = `it has ${size} characters, more than AWS takes in any policy (${mostCharacters})`;
  return { ...document, problems: [{ message, fix: "split it, or name fewer resources" }, ...document.problems] };
}

function sizeOf(text: string): number {
  return text.replace(/\s+/g, "").length;
}

/** Reads one document and gathers what is wrong with it and what isn't known. */
class Reader {
  readonly #problems: Problem[] = [];
  readonly #unknown: string[] = [];

  document(value: unknown, size: number): PolicyDocument {
    const statements = this.#statements(value);
    const version = isRecord(value) && typeof value.Version === "string" ? value.Version : undefined;
    return { version, statements, problems: this.#problems, unknown: this.#unknown, size };
  }

  #statements(value: unknown): Statement[] {
    if (value === unknown) {
      this.#unknown.push("document");
      return [];
    }
    if (!isRecord(value)) {
      this.#problem(undefined, `a policy document is an object, not ${describe(value)}`, "write {Version, Statement}");
      return [];
    }
    for (const key of Object.keys(value).filter((each) => !documentKeys.includes(each))) {
      this.#problem(undefined, `unknown key ${JSON.stringify(key)}`, `a document has ${documentKeys.join(", ")}`);
    }
    if (value.Version === unknown) this.#unknown.push("Version");
    if (value.Statement === unknown) {
      this.#unknown.push("Statement");
      return [];
    }
    const statements = asArray(value.Statement);
    if (statements.length === 0) this.#problem(undefined, "it has no Statement", "add a statement or drop the policy");
    return statements.flatMap((statement, index) => this.#statement(statement, index) ?? []);
  }

  #statement(value: unknown, index: number): Statement | undefined {
    if (value === unknown) {
      this.#unknown.push(`Statement[${index}]`);
      return undefined;
    }
    const position = `#${index}`;
    if (!isRecord(value)) {
      this.#problem(position, `it is ${describe(value)}, not an object`, "write {Effect, Action, Resource}");
      return undefined;
    }
    const sid = typeof value.Sid === "string" && value.Sid !== "" ? value.Sid : undefined;
    const label = sid ?? position;
    if (value.Sid !== undefined && value.Sid !== unknown && typeof value.Sid !== "string") {
      this.#problem(label, `its Sid is ${describe(value.Sid)}`, "it takes a text");
    }
    for (const key of Object.keys(value).filter((each) => ![...statementKeys, ...furtherKeys].includes(each))) {
      const fix = `a statement has ${[...statementKeys, ...furtherKeys].join(", ")}`;
      this.#problem(label, `unknown key ${JSON.stringify(key)}`, fix);
    }
    const hidden = new Set<Member>();
    const texts = (member: Member) => this.#texts(value[member], label, index, member, hidden);
    const statement: Statement = {
      label,
      sid,
      effect: this.#effect(value.Effect, label, index),
      actions: texts("Action"),
      notActions: texts("NotAction"),
      resources: texts("Resource"),
      notResources: texts("NotResource"),
      principals: this.#principals(value.Principal, label, index, "Principal", hidden),
      notPrincipals: this.#principals(value.NotPrincipal, label, index, "NotPrincipal", hidden),
      conditions: readConditions(value.Condition, {
        problem: (message, fix) => this.#problem(label, message, fix),
        unknown: (path) => this.#hide(hidden, "Condition", `Statement[${index}].${path}`),
      }),
      given: new Set(members.filter((member) => value[member] !== undefined)),
      unknown: hidden,
    };
    return statement;
  }

  /** What can't be read is taken as Allow: the stricter of the two for every rule. */
  #effect(value: unknown, label: string, index: number): "Allow" | "Deny" {
    if (value === "Allow" || value === "Deny") return value;
    if (value === unknown) this.#unknown.push(`Statement[${index}].Effect`);
    else this.#problem(label, `its Effect is ${JSON.stringify(value)}`, 'write "Allow" or "Deny"');
    return "Allow";
  }

  #texts(value: unknown, label: string, index: number, member: string, hidden: Set<Member>): string[] {
    if (value === undefined) return [];
    const values = asArray(value);
    if (values.length === 0) this.#problem(label, `its ${member} is empty`, `name at least one, or drop ${member}`);
    return values.flatMap((each, i) => {
      if (typeof each === "string") return [each];
      const path = Array.isArray(value) ? `${member}[${i}]` : member;
      if (each === unknown) this.#hide(hidden, member.replace(/\..*$/, "") as Member, `Statement[${index}].${path}`);
      else this.#problem(label, `its ${path} is ${describe(each)}`, "it takes texts");
      return [];
    });
  }

  #principals(
    value: unknown,
    label: string,
    index: number,
    member: "Principal" | "NotPrincipal",
    hidden: Set<Member>,
  ): Principals | undefined {
    if (value === undefined) return undefined;
    if (value === "*") return { AWS: ["*"] };
    if (value === unknown) {
      this.#hide(hidden, member, `Statement[${index}].${member}`);
      return {};
    }
    if (!isRecord(value)) {
      this.#problem(label, `its ${member} is ${describe(value)}`, 'write {"Service": "…"} or {"AWS": "arn:…"}');
      return {};
    }
    const kinds = Object.entries(value);
    if (kinds.length === 0) this.#problem(label, `its ${member} is empty`, "name a principal");
    return Object.fromEntries(
      kinds.map(([kind, of]) => [kind, this.#texts(of, label, index, `${member}.${kind}`, hidden)]),
    );
  }

  #hide(hidden: Set<Member>, member: Member, path: string): void {
    hidden.add(member);
    this.#unknown.push(path);
  }

  #problem(statement: string | undefined, message: string, fix: string): void {
    this.#problems.push({ ...(statement === undefined ? {} : { statement }), message, fix });
  }
}

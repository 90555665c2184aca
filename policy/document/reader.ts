/** Reads the parts of one document, whatever short forms they were written in. */
import type { Member, PolicyDocument, Principals, Problem, Statement } from "../model/document";
import { asArray, describe, isRecord } from "../model/shape";
import { unknown } from "../model/unknown";
import { readConditions } from "./conditions";

const documentKeys = ["Version", "Id", "Statement"];
const statementKeys = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"];
const furtherKeys = ["Principal", "NotPrincipal", "Condition"];
const members = [...statementKeys, ...furtherKeys].filter((key) => key !== "Sid" && key !== "Effect") as Member[];

/** Reads one document and gathers what is wrong with it and what isn't known. */
export class Reader {
  private readonly problems: Problem[] = [];
  private readonly unknown: string[] = [];

  document(value: unknown, size: number): PolicyDocument {
    const statements = this.statements(value);
    const version = isRecord(value) && typeof value.Version === "string" ? value.Version : undefined;
    return { version, statements, problems: this.problems, unknown: this.unknown, size };
  }

  private statements(value: unknown): Statement[] {
    if (value === unknown) {
      this.unknown.push("document");
      return [];
    }
    if (!isRecord(value)) {
      this.problem(undefined, `a policy document is an object, not ${describe(value)}`, "write {Version, Statement}");
      return [];
    }
    for (const key of Object.keys(value).filter((each) => !documentKeys.includes(each))) {
      this.problem(undefined, `unknown key ${JSON.stringify(key)}`, `a document has ${documentKeys.join(", ")}`);
    }
    if (value.Version === unknown) this.unknown.push("Version");
    if (value.Statement === unknown) {
      this.unknown.push("Statement");
      return [];
    }
    const statements = asArray(value.Statement);
    if (statements.length === 0) this.problem(undefined, "it has no Statement", "add a statement or drop the policy");
    return statements.flatMap((statement, index) => this.statement(statement, index) ?? []);
  }

  private statement(value: unknown, index: number): Statement | undefined {
    if (value === unknown) {
      this.unknown.push(`Statement[${index}]`);
      return undefined;
    }
    const position = `#${index}`;
    if (!isRecord(value)) {
      this.problem(position, `it is ${describe(value)}, not an object`, "write {Effect, Action, Resource}");
      return undefined;
    }
    const sid = typeof value.Sid === "string" && value.Sid !== "" ? value.Sid : undefined;
    const label = sid ?? position;
    if (value.Sid !== undefined && value.Sid !== unknown && typeof value.Sid !== "string") {
      this.problem(label, `its Sid is ${describe(value.Sid)}`, "it takes a text");
    }
    for (const key of Object.keys(value).filter((each) => ![...statementKeys, ...furtherKeys].includes(each))) {
      const fix = `a statement has ${[...statementKeys, ...furtherKeys].join(", ")}`;
      this.problem(label, `unknown key ${JSON.stringify(key)}`, fix);
    }
    const hidden = new Set<Member>();
    const texts = (member: Member) => this.texts(value[member], label, index, member, hidden);
    const statement: Statement = {
      label,
      sid,
      effect: this.effect(value.Effect, label, index),
      actions: texts("Action"),
      notActions: texts("NotAction"),
      resources: texts("Resource"),
      notResources: texts("NotResource"),
      principals: this.principals(value.Principal, label, index, "Principal", hidden),
      notPrincipals: this.principals(value.NotPrincipal, label, index, "NotPrincipal", hidden),
      conditions: readConditions(value.Condition, {
        problem: (message, fix) => this.problem(label, message, fix),
        unknown: (path) => this.hide(hidden, "Condition", `Statement[${index}].${path}`),
      }),
      given: new Set(members.filter((member) => value[member] !== undefined)),
      unknown: hidden,
    };
    return statement;
  }

  /** What can't be read is taken as Allow: the stricter of the two for every rule. */
  private effect(value: unknown, label: string, index: number): "Allow" | "Deny" {
    if (value === "Allow" || value === "Deny") return value;
    if (value === unknown) this.unknown.push(`Statement[${index}].Effect`);
    else this.problem(label, `its Effect is ${JSON.stringify(value)}`, 'write "Allow" or "Deny"');
    return "Allow";
  }

  private texts(value: unknown, label: string, index: number, member: string, hidden: Set<Member>): string[] {
    if (value === undefined) return [];
    const values = asArray(value);
    if (values.length === 0) this.problem(label, `its ${member} is empty`, `name at least one, or drop ${member}`);
    return values.flatMap((each, i) => {
      if (typeof each === "string") return [each];
      const path = Array.isArray(value) ? `${member}[${i}]` : member;
      if (each === unknown) this.hide(hidden, member.replace(/\..*$/, "") as Member, `Statement[${index}].${path}`);
      else this.problem(label, `its ${path} is ${describe(each)}`, "it takes texts");
      return [];
    });
  }

  private principals(
    value: unknown,
    label: string,
    index: number,
    member: "Principal" | "NotPrincipal",
    hidden: Set<Member>,
  ): Principals | undefined {
    if (value === undefined) return undefined;
    if (value === "*") return { AWS: ["*"] };
    if (value === unknown) {
      this.hide(hidden, member, `Statement[${index}].${member}`);
      return {};
    }
    if (!isRecord(value)) {
      this.problem(label, `its ${member} is ${describe(value)}`, 'write {"Service": "…"} or {"AWS": "arn:…"}');
      return {};
    }
    const kinds = Object.entries(value);
    if (kinds.length === 0) this.problem(label, `its ${member} is empty`, "name a principal");
    return Object.fromEntries(
      kinds.map(([kind, of]) => [kind, this.texts(of, label, index, `${member}.${kind}`, hidden)]),
    );
  }

  private hide(hidden: Set<Member>, member: Member, path: string): void {
    hidden.add(member);
    this.unknown.push(path);
  }

  private problem(statement: string | undefined, message: string, fix: string): void {
    this.problems.push({ ...(statement === undefined ? {} : { statement }), message, fix });
  }
}

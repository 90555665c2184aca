import assert from "node:assert/strict";
import { at, type MockResource, type MockRun } from "../mocks";

/** A statement of a policy document as it reaches AWS. */
export interface DeployedStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

/** The statements of a policy that stands at a path of a resource's inputs. */
export function statementsAt(resource: MockResource, path = "policy"): DeployedStatement[] {
  const text = at(resource, path);
  assert.equal(typeof text, "string", `${resource.name}.${path} is not known`);
  const document: { Version: string; Statement: DeployedStatement[] } = JSON.parse(String(text));
  assert.equal(document.Version, "2012-10-17");
  return document.Statement;
}

/** All statements that a function's role has, inline and managed. */
export function roleStatements(run: MockRun<unknown>, role: string): DeployedStatement[] {
  return run.resources
    .filter(({ type, name }) => /^aws:iam\/(rolePolicy:RolePolicy|policy:Policy)$/.test(type) && name.startsWith(role))
    .flatMap((resource) => statementsAt(resource));
}

/** True if the statements refuse everything that doesn't come over TLS. */
export function refusesPlainHttp(statements: readonly DeployedStatement[]): boolean {
  return statements.some(
    ({ Effect, Principal, Condition }) =>
      Effect === "Deny" && Principal === "*" && Condition?.Bool?.["aws:SecureTransport"] === "false",
  );
}

export function list(value: string | string[]): string[] {
  return typeof value === "string" ? [value] : value;
}

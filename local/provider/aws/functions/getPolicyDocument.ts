import type { ProviderFunction } from "../../core/resourceType";

interface Principal {
  readonly type: string;
  readonly identifiers: readonly string[];
}

interface Statement {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly principals?: readonly Principal[];
  readonly notPrincipals?: readonly Principal[];
  readonly conditions?: readonly { test: string; variable: string; values: readonly string[] }[];
}

/** Pure arithmetic, as in the plugin: statements to JSON. */
export const getPolicyDocument: ProviderFunction = {
  token: "aws:iam/getPolicyDocument:getPolicyDocument",
  async call(inputs) {
    const unsupported = ["sourcePolicyDocuments", "overridePolicyDocuments", "sourceJson", "overrideJson"];
    const asked = unsupported.find((name) => inputs[name] !== undefined);
    if (asked) {
      throw new Error(
        `getPolicyDocument: the local cloud doesn't know ${asked}; write the statements into one document`,
      );
    }
    const statements = (inputs.statements ?? []) as readonly Statement[];
    const policy = {
      Version: inputs.version ?? "2012-10-17",
      ...(inputs.policyId === undefined ? {} : { Id: inputs.policyId }),
      Statement: statements.map(asJson),
    };
    const json = JSON.stringify(policy, null, 2);
    return { ...inputs, id: String(json.length), json, minifiedJson: JSON.stringify(policy) };
  },
};

function asJson(statement: Statement): Record<string, unknown> {
  const members: Record<string, unknown> = {
    Sid: statement.sid,
    Effect: statement.effect ?? "Allow",
    Principal: principals(statement.principals),
    NotPrincipal: principals(statement.notPrincipals),
    Action: oneOrMore(statement.actions),
    NotAction: oneOrMore(statement.notActions),
    Resource: oneOrMore(statement.resources),
    NotResource: oneOrMore(statement.notResources),
    Condition: conditions(statement.conditions),
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function oneOrMore(values: readonly string[] | undefined): string | string[] | undefined {
  if (!values || values.length === 0) return undefined;
  return values.length === 1 ? values[0] : [...values].sort();
}

function principals(given: readonly Principal[] | undefined): unknown {
  if (!given || given.length === 0) return undefined;
  if (given.some(({ type }) => type === "*")) return "*";
  return Object.fromEntries(given.map(({ type, identifiers }) => [type, oneOrMore(identifiers)]));
}

function conditions(given: Statement["conditions"]): Record<string, Record<string, unknown>> | undefined {
  if (!given || given.length === 0) return undefined;
  const byTest: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of given) {
    byTest[test] = { ...byTest[test], [variable]: oneOrMore(values) };
  }
  return byTest;
}

/** Reads IAM policy documents into one shape, whatever short forms they were written in. */

export interface Statement {
  /** The Sid, else `#<index>`: what a message calls the statement. */
  readonly label: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** `"*"` or lists by kind (AWS, Service, Federated, …); undefined in an identity policy. */
  readonly principals?: Principals;
  readonly notPrincipals?: Principals;
  /** operator → key → values; keys in lower case, as IAM compares them. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export type Principals = Readonly<Record<string, readonly string[]>>;

/** The document can't be read: what is wrong with it, for a violation's message. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}

const statementKeys = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

/** @throws DocumentError when the document is not one that IAM would take. */
export function parseDocument(source: unknown): Statement[] {
  const document = typeof source === "string" ? parseJson(source) : source;
  if (!isRecord(document)) throw new DocumentError(`a policy document is an object, not ${describe(document)}`);
  for (const key of Object.keys(document)) {
    if (!["Version", "Id", "Statement"].includes(key)) throw new DocumentError(`unknown key ${JSON.stringify(key)}`);
  }
  const statements = asArray(document.Statement);
  if (statements.length === 0) throw new DocumentError("it has no Statement");
  return statements.map(parseStatement);
}

function parseStatement(value: unknown, index: number): Statement {
  if (!isRecord(value)) throw new DocumentError(`Statement ${index} is ${describe(value)}, not an object`);
  for (const key of Object.keys(value)) {
    if (!statementKeys.has(key))
      throw new DocumentError(`Statement ${index} has the unknown key ${JSON.stringify(key)}`);
  }
  const effect = value.Effect;
  if (effect !== "Allow" && effect !== "Deny") {
    throw new DocumentError(`Statement ${index} has Effect ${JSON.stringify(effect)}; it is "Allow" or "Deny"`);
  }
  const principals = parsePrincipals(value.Principal, index);
  const notPrincipals = parsePrincipals(value.NotPrincipal, index);
  return {
    label: typeof value.Sid === "string" && value.Sid !== "" ? value.Sid : `#${index}`,
    effect,
    actions: strings(value.Action, index, "Action"),
    notActions: strings(value.NotAction, index, "NotAction"),
    resources: strings(value.Resource, index, "Resource"),
    notResources: strings(value.NotResource, index, "NotResource"),
    ...(principals ? { principals } : {}),
    ...(notPrincipals ? { notPrincipals } : {}),
    conditions: parseConditions(value.Condition, index),
  };
}

function parsePrincipals(value: unknown, index: number): Principals | undefined {
  if (value === undefined) return undefined;
  if (value === "*") return { AWS: ["*"] };
  if (!isRecord(value)) throw new DocumentError(`Statement ${index} has a Principal that is ${describe(value)}`);
  return Object.fromEntries(Object.entries(value).map(([kind, of]) => [kind, strings(of, index, `Principal.${kind}`)]));
}

function parseConditions(value: unknown, index: number): Statement["conditions"] {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new DocumentError(`Statement ${index} has a Condition that is ${describe(value)}`);
  const conditions: Record<string, Record<string, string[]>> = {};
  for (const [operator, keys] of Object.entries(value)) {
    if (!isRecord(keys)) throw new DocumentError(`Statement ${index}, Condition.${operator} is ${describe(keys)}`);
    const byKey: Record<string, string[]> = {};
    for (const [key, values] of Object.entries(keys)) byKey[key.toLowerCase()] = asArray(values).map(String);
    conditions[operator] = byKey;
  }
  return conditions;
}

function strings(value: unknown, index: number, member: string): string[] {
  const values = asArray(value);
  for (const each of values) {
    if (typeof each !== "string") {
      throw new DocumentError(`Statement ${index}, ${member} holds ${describe(each)}; it takes texts`);
    }
  }
  return values as string[];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DocumentError(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function asArray(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

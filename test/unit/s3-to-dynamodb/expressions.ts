import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;

/** What stands in a request beside its expressions. */
export interface Substitutes {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

type Operand = AttributeValue | undefined;

/** Tokens of a condition or update expression: names, placeholders, functions, operators. */
function tokens(text: string): string[] {
  const found = text.match(/[#:]?\w+|<=|>=|<>|[=<>(),]/g) ?? [];
  if (found.join("") !== text.replaceAll(/\s+/g, "")) throw new Error(`Expression not understood: ${text}`);
  return found;
}

/** Does the item meet the condition? DynamoDB's grammar as far as the ledger and the table writer use it. */
export function meets(item: Item | undefined, condition: string | undefined, substitutes: Substitutes): boolean {
  if (condition === undefined) return true;
  const left = tokens(condition);
  const next = (expected?: string): string => {
    const token = left.shift();
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`Condition not understood at ${token}: ${condition}`);
    }
    return token;
  };
  const operand = (): Operand => operandOf(item, next(), substitutes);
  const comparison = (): boolean => {
    if (left[0] === "(") {
      next("(");
      const inner = disjunction();
      next(")");
      return inner;
    }
    if (left[1] === "(") {
      const name = next();
      next("(");
      const exists = operand() !== undefined;
      next(")");
      if (name === "attribute_exists") return exists;
      if (name === "attribute_not_exists") return !exists;
      throw new Error(`Function not understood: ${condition}`);
    }
    const a = operand();
    return compare(next(), a, operand());
  };
  const conjunction = (): boolean => {
    let value = comparison();
    while (left[0] === "AND") {
      next();
      value = comparison() && value;
    }
    return value;
  };
  const disjunction = (): boolean => {
    let value = conjunction();
    while (left[0] === "OR") {
      next();
      value = conjunction() || value;
    }
    return value;
  };
  const value = disjunction();
  if (left.length > 0) throw new Error(`Condition not understood at ${left[0]}: ${condition}`);
  return value;
}

function operandOf(item: Item | undefined, token: string, substitutes: Substitutes): Operand {
  if (token.startsWith(":")) return given(substitutes.ExpressionAttributeValues, token);
  return item?.[nameOf(token, substitutes)];
}

function nameOf(token: string, { ExpressionAttributeNames }: Substitutes): string {
  return token.startsWith("#") ? given(ExpressionAttributeNames, token) : token;
}

function given<T>(values: Readonly<Record<string, T>> | undefined, name: string): T {
  const value = values?.[name];
  if (value === undefined) throw new Error(`${name} isn't given`);
  return value;
}

/** A comparison with an attribute that isn't there is false, `<>` included only where both are there. */
function compare(operator: string, a: Operand, b: Operand): boolean {
  if (a === undefined || b === undefined) return operator === "<>" && a !== b;
  const [x, y] = [plain(a), plain(b)];
  if (typeof x !== typeof y) return operator === "<>";
  switch (operator) {
    case "=":
      return x === y;
    case "<>":
      return x !== y;
    case "<":
      return x < y;
    case "<=":
      return x <= y;
    case ">":
      return x > y;
    case ">=":
      return x >= y;
    default:
      throw new Error(`Operator not understood: ${operator}`);
  }
}

function plain(value: AttributeValue): string | number {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  throw new Error(`Value not understood: ${JSON.stringify(value)}`);
}

/** The item after an update expression with SET, ADD and REMOVE. */
export function updated(item: Item, expression: string, substitutes: Substitutes): Item {
  const result: Item = { ...item };
  let clause = "";
  const left = tokens(expression);
  while (left.length > 0) {
    if (["SET", "ADD", "REMOVE"].includes(left[0] as string)) clause = left.shift() as string;
    const name = nameOf(left.shift() as string, substitutes);
    if (clause === "REMOVE") delete result[name];
    else {
      if (clause === "SET" && left.shift() !== "=") throw new Error(`Update not understood: ${expression}`);
      const value = operandOf(item, left.shift() as string, substitutes);
      if (value === undefined || clause === "") throw new Error(`Update not understood: ${expression}`);
      result[name] =
        clause === "SET" ? value : { N: String(Number(result[name]?.N ?? 0) + Number(value.N ?? Number.NaN)) };
    }
    if (left[0] === ",") left.shift();
  }
  return result;
}

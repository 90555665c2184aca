import { LosslessNumber, parse as parseLossless } from "lossless-json";
import type { OperationName } from "../shared/sql";

/** A value as a target takes it; a number by its digits. */
export type AppliedValue = string | boolean | null | { readonly digits: string };
export type AppliedRow = Readonly<Record<string, AppliedValue>>;

/** An operation read from the stream. */
export interface StreamOperation {
  readonly deltaId: string;
  readonly tenant: string;
  readonly table: string;
  readonly version: string;
  readonly op: OperationName;
  /** In the order of the key columns. */
  readonly key: AppliedRow;
  readonly row: AppliedRow | null;
}

/** A JavaScript number has about 15 digits; more of them stand in the text as they are. */
const LONG_NUMBER = /\d[\d.]{15}/;

/** @throws Error for what isn't one of our operations */
export function parseOperation(text: string): StreamOperation {
  // Reading every number by its digits takes several times as long.
  const isLong = LONG_NUMBER.test(text) && LONG_NUMBER.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ""));
  const parsed = (isLong ? parseLossless(text) : JSON.parse(text)) as Readonly<Record<string, unknown>> | null;
  const { deltaId, tenant, table, version, op, key, row } = parsed ?? {};
  for (const [name, value] of Object.entries({ deltaId, tenant, table, version })) {
    if (typeof value !== "string" || value === "")
      throw new Error(`The record isn't an operation: ${name} is missing.`);
  }
  if (op !== "INSERT" && op !== "UPDATE" && op !== "DELETE")
    throw new Error(`The record has the operation ${String(op)}.`);
  if (!isObject(key) || (op === "DELETE" ? row !== null : !isObject(row))) {
    throw new Error("The record isn't an operation: it has no key, or no row.");
  }
  return {
    ...({ deltaId, tenant, table, version } as Pick<StreamOperation, "deltaId" | "tenant" | "table" | "version">),
    op,
    key: values(key),
    row: isObject(row) ? values(row) : null,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function values(row: Readonly<Record<string, unknown>>): AppliedRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, appliedValue(name, value)]));
}

function appliedValue(name: string, value: unknown): AppliedValue {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return { digits: String(value) };
  if (value instanceof LosslessNumber) return { digits: value.value };
  throw new Error(`The record's ${name} is neither a text, a number, a boolean nor null.`);
}

/** A key's value as text: what rows are told apart by. */
export function keyText(value: AppliedValue): string {
  if (typeof value === "object" && value !== null) return value.digits;
  return String(value);
}

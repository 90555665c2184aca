import { isDate } from "./versionOrder";

/**
 * What a column holds. Values are brought into one written form per type, so that two exports that write the same value
 * in two ways (`1.50` and `1.5`, `TRUE` and `true`) don't differ, and a comparison of texts is one of values.
 */
export type ColumnType =
  | { readonly kind: "string" | "integer" | "double" | "boolean" | "date" | "timestamp" }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number };

/** For errors. */
export const COLUMN_TYPES = "string, integer, decimal(precision,scale), double, boolean, date or timestamp";
/** DynamoDB's numbers, Snowflake's and Athena's have as many digits. */
export const MAX_DIGITS = 38;

/** Undefined when there is no such type. */
export function parseColumnType(text: string): ColumnType | undefined {
  const kind = text.trim().toLowerCase();
  if (kind === "string" || kind === "integer" || kind === "double" || kind === "boolean") return { kind };
  if (kind === "date" || kind === "timestamp") return { kind };
  const [, precision, scale] = /^decimal\s*\(\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?\)$/.exec(kind) ?? [];
  if (precision === undefined) return undefined;
  const type = { kind: "decimal", precision: Number(precision), scale: Number(scale ?? 0) } as const;
  return type.precision >= 1 && type.precision <= MAX_DIGITS && type.scale <= type.precision ? type : undefined;
}

/** A value in its type's written form, or what is wrong with it. */
export type Canonical = { readonly text: string } | { readonly problem: string };

export function canonicalValue(type: ColumnType, value: string): Canonical {
  if (type.kind === "string") return { text: value };
  const text = CANONICAL[type.kind](value.trim(), type as never);
  if (text !== undefined) return { text };
  const name = type.kind === "decimal" ? `decimal(${type.precision},${type.scale})` : type.kind;
  return { problem: `${JSON.stringify(value.slice(0, 100))} isn't of type ${name}` };
}

const TRUE = new Set(["true", "t", "yes", "y", "1"]);
const FALSE = new Set(["false", "f", "no", "n", "0"]);

const CANONICAL = {
  integer: (text: string) => decimalText(text, MAX_DIGITS, 0),
  decimal: (text: string, { precision, scale }: ColumnType & { readonly kind: "decimal" }) =>
    decimalText(text, precision, scale),
  double: (text: string) => {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) return undefined;
    const number = Number(text);
    // What DynamoDB can't hold would fail far behind the export.
    const size = Math.abs(number);
    return size === 0 ? "0" : size < 1e-130 || size > 9.99e125 ? undefined : String(number);
  },
  boolean: (text: string) => {
    const lower = text.toLowerCase();
    return TRUE.has(lower) ? "true" : FALSE.has(lower) ? "false" : undefined;
  },
  date: (text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) && isDate(text) ? text : undefined),
  timestamp: timestampText,
} as const;

/** Never rounded: digits that don't fit are a problem, unless they are zeros. */
function decimalText(text: string, precision: number, scale: number): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const integer = whole.replace(/^0+(?=.)/, "") || "0";
  const kept = fraction.slice(0, scale).padEnd(scale, "0");
  if (/[^0]/.test(fraction.slice(scale))) return undefined;
  if ((integer === "0" ? 0 : integer.length) > precision - scale) return undefined;
  const digits = scale === 0 ? integer : `${integer}.${kept}`;
  return sign === "-" && /[^0.]/.test(digits) ? `-${digits}` : digits;
}

/** With a zone: the instant in UTC. Without: as it was written, since nobody says where. */
function timestampText(text: string): string | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i.exec(
      text,
    );
  if (match === null) return undefined;
  const [, day, hour, minute, second = "00", fraction = "", zone] = match;
  if (!isDate(day as string)) return undefined;
  const part = fraction.replace(/0+$/, "");
  const ending = part === "" ? "" : `.${part}`;
  const offset =
    zone === undefined || /^z$/i.test(zone) ? "Z" : `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
  const time = Date.parse(`${day}T${hour}:${minute}:${second}${offset}`);
  if (Number.isNaN(time)) return undefined;
  if (zone === undefined) return `${day}T${hour}:${minute}:${second}${ending}`;
  return `${new Date(time).toISOString().slice(0, 19)}${ending}Z`;
}

/** The text of a type, as schemas keep it. */
export function typeText(type: ColumnType): string {
  return type.kind === "decimal" ? `decimal(${type.precision},${type.scale})` : type.kind;
}

import { LosslessNumber, parse as parseLossless } from "lossless-json";

/** A record that can't become an item. The message says why and what to do; it goes into the quarantine. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

/** Shortens a value for a message. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A parsed value; a number is a LosslessNumber where a double couldn't hold it as written. */
export type JsonValue = null | boolean | number | string | LosslessNumber | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

/** A value that isn't made of others. */
export function isSingle(value: JsonValue): value is boolean | number | string | LosslessNumber {
  return value !== null && (typeof value !== "object" || value instanceof LosslessNumber);
}

// A number that a double may not hold: 16 characters or more, or with an exponent. Up to 15 digits always survive.
// It may match inside a string too, which costs time and nothing else.
const RISKY = /[:,[]\s*-?(?:[\d.]{16}|[\d.]+[eE])/;
const RISKY_NUMBER = /^-?(?:[\d.]{16}|[\d.]+[eE])/;
/** Levels of nesting. DynamoDB takes 32; text may have more, but not so many that the stack overflows. */
const MAX_DEPTH = 500;
const TOO_DEEP = `is nested deeper than ${MAX_DEPTH} levels: flatten it in the source`;

/** Parses JSON so that no number changes. @throws RecordError when the text isn't JSON, or is nested too deep. */
export function parseJson(text: string): JsonValue {
  try {
    if (!RISKY.test(text) && !RISKY_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
    if (isDeep(text)) throw new RecordError(TOO_DEEP);
    return parseLossless(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue }) as JsonValue;
  } catch (cause) {
    if (cause instanceof RecordError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new RecordError(`isn't JSON: ${message}`, { cause });
  }
}

// Harmless numbers become the same value on both ways, so a key doesn't depend on what else is in its record.
function parseNumber(text: string): number | LosslessNumber {
  return RISKY_NUMBER.test(text) ? new LosslessNumber(text) : Number(text);
}

function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
    } else if (character === "{" || character === "[") {
      if (++depth > MAX_DEPTH) return true;
    } else if (character === "}" || character === "]") depth--;
  }
  return false;
}

/** Parses a landing line. @throws RecordError when it isn't a JSON object. */
export function parseObject(text: string): JsonObject {
  const value = parseJson(text);
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof LosslessNumber) {
    throw new RecordError("isn't a JSON object: each line has to be one record, {…}");
  }
  return value;
}

/** A value as text: a string as it is, a number as written, everything else as JSON. @throws RecordError when too deep. */
export function plainText(value: JsonValue): string {
  return typeof value === "string" ? value : jsonText(value, 0);
}

function jsonText(value: JsonValue, depth: number): string {
  if (value instanceof LosslessNumber) return value.value;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (depth >= MAX_DEPTH) throw new RecordError(TOO_DEEP);
  if (Array.isArray(value)) return `[${value.map((each) => jsonText(each, depth + 1)).join(",")}]`;
  const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}:${jsonText(each, depth + 1)}`);
  return `{${members.join(",")}}`;
}

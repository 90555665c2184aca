import { LosslessNumber, parse as parseLossless } from "lossless-json";
import { RecordError } from "./recordError";

/** A parsed value; a number is a LosslessNumber where a double couldn't hold it as written. */
export type JsonValue = null | boolean | number | string | LosslessNumber | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

// A number that a double may not hold: 16 characters or more, or with an exponent. Up to 15 digits always survive.
// It may match inside a string too, which costs time and nothing else.
const RISKY = /[:,[]\s*-?(?:[\d.]{16}|[\d.]+[eE])/;
const RISKY_NUMBER = /^-?(?:[\d.]{16}|[\d.]+[eE])/;

/** Parses JSON so that no number changes. @throws RecordError when the text isn't JSON. */
export function parseJson(text: string): JsonValue {
  try {
    if (!RISKY.test(text) && !RISKY_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
    return parseLossless(text, undefined, { parseNumber, onDuplicateKey: ({ newValue }) => newValue }) as JsonValue;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new RecordError(`isn't JSON: ${message}`, { cause });
  }
}

// Harmless numbers become the same value on both ways, so a key doesn't depend on what else is in its record.
function parseNumber(text: string): number | LosslessNumber {
  return RISKY_NUMBER.test(text) ? new LosslessNumber(text) : Number(text);
}

/** Parses a landing line. @throws RecordError when it isn't a JSON object. */
export function parseObject(text: string): JsonObject {
  const value = parseJson(text);
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof LosslessNumber) {
    throw new RecordError("isn't a JSON object: each line has to be one record, {…}");
  }
  return value;
}

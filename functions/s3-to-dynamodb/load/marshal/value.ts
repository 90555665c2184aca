import { LosslessNumber } from "lossless-json";
import { numberText } from "./number";
import type { JsonValue } from "./parse";
import { RecordError } from "./recordError";

/** Nested lists and maps that DynamoDB takes. */
const MAX_DEPTH = 32;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON has to escape
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A JSON string. @throws RecordError for half a surrogate pair, which UTF-8 can't hold. */
export function quote(text: string, field: string): string {
  if (!NEEDS_CARE.test(text)) return `"${text}"`;
  if (LONE_SURROGATE.test(text)) {
    throw new RecordError(`field "${field}" has half a character (an unpaired surrogate): mend the file's encoding`);
  }
  return JSON.stringify(text);
}

/**
 * A value as DynamoDB's JSON, `{"S":"…"}`.
 * @param field path of the value, for messages.
 * @throws RecordError for what DynamoDB can't hold.
 */
export function valueText(value: JsonValue, field: string, depth = 0): string {
  switch (typeof value) {
    case "string":
      return `{"S":${quote(value, field)}}`;
    // A plain number has at most 15 digits and no exponent (see parse.ts): always within DynamoDB's limits.
    case "number":
      return `{"N":"${value}"}`;
    case "boolean":
      return value ? '{"BOOL":true}' : '{"BOOL":false}';
  }
  if (value === null) return '{"NULL":true}';
  if (value instanceof LosslessNumber) return `{"N":"${numberText(value.value, field)}"}`;
  if (depth >= MAX_DEPTH) {
    throw new RecordError(`field "${field}" is nested deeper than ${MAX_DEPTH} levels: map its parent as string`);
  }
  if (Array.isArray(value)) {
    return `{"L":[${value.map((each, index) => valueText(each, `${field}[${index}]`, depth + 1)).join(",")}]}`;
  }
  const members = Object.entries(value).map(
    ([name, each]) => `${nameText(name, field)}:${valueText(each, `${field}.${name}`, depth + 1)}`,
  );
  return `{"M":{${members.join(",")}}}`;
}

/** An attribute's name as JSON. @throws RecordError for one that is empty or over 64 KB. */
export function nameText(name: string, parent = ""): string {
  if (name === "" || name.length * 3 > 65_535) {
    if (name === "") {
      throw new RecordError(
        `${parent === "" ? "the record" : `field "${parent}"`} has a field without a name: name it`,
      );
    }
    if (Buffer.byteLength(name) > 65_535) throw new RecordError("a field's name is longer than 64 KB: shorten it");
  }
  return quote(name, name);
}

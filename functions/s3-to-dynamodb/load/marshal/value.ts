import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { LosslessNumber } from "lossless-json";
import type { FieldType } from "../../shared/contract";
import { type JsonValue, parseJson, plainText, RecordError, show } from "./json";

/** Nested lists and maps that DynamoDB takes. */
const MAX_DEPTH = 32;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON has to escape
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

const NUMBER = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/;
const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;

const BOOLEANS = new Map([
  ...["true", "t", "yes", "y", "1"].map((text) => [text, true] as const),
  ...["false", "f", "no", "n", "0"].map((text) => [text, false] as const),
]);

/** A JSON string. @throws RecordError for half a surrogate pair, which UTF-8 can't hold. */
export function quote(text: string, field: string): string {
  if (!NEEDS_CARE.test(text)) return `"${text}"`;
  if (LONE_SURROGATE.test(text)) {
    throw new RecordError(`field "${field}" has half a character (an unpaired surrogate): fix the file's encoding`);
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
    // A plain number has at most 15 digits and no exponent (see json.ts): always within DynamoDB's limits.
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

/**
 * A mapped field's value as DynamoDB's JSON, in the declared type. Null stays null; so does a number, boolean or json
 * field whose text is empty, as an empty cell of a CSV file is.
 * @throws RecordError when the value isn't of the type.
 */
export function convertText(value: JsonValue, type: FieldType, field: string): string {
  if (value === null) return '{"NULL":true}';
  if (type === "string") return `{"S":${quote(plainText(value), field)}}`;
  if (typeof value === "string") {
    const text = value.trim();
    if (text === "") return '{"NULL":true}';
    if (type === "number") return `{"N":"${numberText(text, field)}"}`;
    if (type === "boolean") return valueText(toBoolean(text, field), field);
    return valueText(parseField(text, field), field);
  }
  if (type === "json") return valueText(value, field);
  if (type === "boolean") return valueText(toBoolean(plainText(value), field), field);
  if (typeof value === "number" || value instanceof LosslessNumber) return valueText(value, field);
  throw new RecordError(
    `field "${field}" is ${show(plainText(value))}, which isn't a number: fix the file or its type`,
  );
}

function toBoolean(text: string, field: string): boolean {
  const value = BOOLEANS.get(text.toLowerCase());
  if (value === undefined) {
    throw new RecordError(
      `field "${field}" is ${show(text)}, which is neither true nor false: fix the file or map it as string`,
    );
  }
  return value;
}

function parseField(text: string, field: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    throw new RecordError(`field "${field}" ${error.message}: fix the file or map it as string`, { cause: error });
  }
}

/**
 * The text of a number that DynamoDB holds exactly: at most 38 significant digits, 1E-130 to 9.99…E+125.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 * @throws RecordError when the text isn't a number, or one that DynamoDB would refuse.
 */
export function numberText(text: string, field: string): string {
  const match = NUMBER.exec(text);
  const whole = match?.[2] ?? "";
  const digits = whole + (match?.[3] ?? "");
  if (match === null || digits === "") {
    throw new RecordError(`field "${field}" is ${show(text)}, which isn't a number: fix the file or map it as string`);
  }
  const { first, count } = significantDigits(digits);
  if (count === 0) return "0";
  const exponent = whole.length - first - 1 + Number(match[4] ?? 0);
  if (count > MAX_DIGITS || exponent > MAX_EXPONENT || exponent < MIN_EXPONENT) {
    throw new RecordError(
      `field "${field}" is ${show(text)}; DynamoDB holds numbers of ${MAX_DIGITS} digits from 1E${MIN_EXPONENT} to 9.99E+${MAX_EXPONENT}: map the field as string`,
    );
  }
  return text.startsWith("+") ? text.slice(1) : text;
}

/** Where the first digit stands that isn't zero, and how many there are up to the last such one. */
export function significantDigits(digits: string): { readonly first: number; readonly count: number } {
  let first = 0;
  while (first < digits.length && digits[first] === "0") first++;
  let end = digits.length;
  while (end > first && digits[end - 1] === "0") end--;
  return { first, count: end - first };
}

/** 400 KB, names included. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * Bytes of an item by DynamoDB's rules.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

/** True when the item with this JSON is too large. The JSON is never shorter than the item, so most need no reading. */
export function isTooLarge(itemText: string): boolean {
  if (itemText.length * 3 <= MAX_ITEM_BYTES || Buffer.byteLength(itemText) <= MAX_ITEM_BYTES) return false;
  return itemBytes(JSON.parse(itemText) as Record<string, AttributeValue>) > MAX_ITEM_BYTES;
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  // Lists and maps: 3 bytes, and 1 for each element.
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + valueBytes(each), 3);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  return 1;
}

// Two digits a byte, without leading and trailing zeros, one byte for the exponent and one for a minus sign.
function numberBytes(text: string): number {
  const digits = text.replace(/[eE].*$/, "").replaceAll(/[-+.]/g, "");
  return Math.ceil(significantDigits(digits).count / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}

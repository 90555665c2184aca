import { isLosslessNumber, stringify } from "lossless-json";
import type { FieldType } from "../../shared/contract";
import { numberText } from "./number";
import { type JsonValue, parseJson } from "./parse";
import { RecordError, show } from "./recordError";
import { quote, valueText } from "./value";

const BOOLEANS = new Map([
  ...["true", "t", "yes", "y", "1"].map((text) => [text, true] as const),
  ...["false", "f", "no", "n", "0"].map((text) => [text, false] as const),
]);

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
  if (typeof value === "number" || isLosslessNumber(value)) return valueText(value, field);
  throw new RecordError(
    `field "${field}" is ${show(plainText(value))}, which isn't a number: mend the file or its type`,
  );
}

/** A value as text: a string as it is, a number as written, everything else as JSON. */
export function plainText(value: JsonValue): string {
  if (typeof value === "string") return value;
  return typeof value === "object" ? (stringify(value) ?? "null") : String(value);
}

function toBoolean(text: string, field: string): boolean {
  const value = BOOLEANS.get(text.toLowerCase());
  if (value === undefined) {
    throw new RecordError(
      `field "${field}" is ${show(text)}, which is neither true nor false: mend the file or map it as string`,
    );
  }
  return value;
}

function parseField(text: string, field: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    throw new RecordError(`field "${field}" ${error.message}: mend the file or map it as string`, { cause: error });
  }
}

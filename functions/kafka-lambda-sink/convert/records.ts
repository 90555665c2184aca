import { ConversionError } from "../core/errors";
import type { ConvertedRecord, SourceRecord } from "../core/record";
import { type Converter, textOf } from "./converter";

/** What each part of a record is converted by. */
export interface RecordConverters {
  readonly key: Converter;
  readonly value: Converter;
  /** Of the values of headers; their names are texts. */
  readonly header: Converter;
}

/** Converts records; errors name the part that can't be converted. */
export function recordConverter({ key, value, header }: RecordConverters) {
  return ({ key: keyBytes, value: valueBytes, headers }: SourceRecord): ConvertedRecord | Promise<ConvertedRecord> => {
    const keyText = part("key", key, keyBytes);
    const valueText = part("value", value, valueBytes);
    const headersText = headers.length === 0 ? "[]" : headersOf(headers, header);
    if (typeof keyText === "string" && typeof valueText === "string" && typeof headersText === "string") {
      return { key: keyText, value: valueText, headers: headersText };
    }
    return Promise.all([keyText, valueText, headersText]).then(([key, value, headers]) => ({ key, value, headers }));
  };
}

function headersOf(headers: SourceRecord["headers"], converter: Converter): string | Promise<string> {
  const names = headers.map(([name]) => part("header's name", { convert: (bytes) => nameText(bytes) }, name));
  const values = headers.map(([, value]) => part("header", converter, value));
  const list = (texts: readonly string[]) => `[${texts.map((text, i) => `{${names[i]}:${text}}`).join(",")}]`;
  return values.every((value) => typeof value === "string") ? list(values) : Promise.all(values).then(list);
}

function nameText(bytes: Buffer | null): string {
  return JSON.stringify(textOf(bytes ?? Buffer.alloc(0)));
}

function part(what: string, converter: Converter, bytes: Buffer | null): string | Promise<string> {
  try {
    const text = converter.convert(bytes);
    return typeof text === "string" ? text : text.catch((error: unknown) => fail(what, error));
  } catch (error) {
    return fail(what, error);
  }
}

function fail(what: string, error: unknown): never {
  if (error instanceof ConversionError) throw new ConversionError(`The record's ${what}: ${error.message}`);
  throw error;
}

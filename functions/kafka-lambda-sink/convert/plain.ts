import { ConversionError } from "../core/errors";
import { memberOf } from "../core/jsonParts";
import { base64Text, type Converter, numberText, textOf } from "./converter";

/** UTF-8 text: the default, for data without a schema. */
export const stringConverter: Converter = {
  convert: (bytes) => (bytes === null ? "null" : quoted(textOf(bytes))),
};

/** Neither quotes, backslashes nor control characters; half surrogates, which JSON.stringify escapes, aren't in it either. */
const needsNoEscapes = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** What JSON.stringify gives, in half the time where nothing needs escaping. */
function quoted(text: string): string {
  return needsNoEscapes.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Any bytes, as base64. */
export const bytesConverter: Converter = {
  convert: (bytes) => (bytes === null ? "null" : base64Text(bytes)),
};

/** JSON; the text stands in the payload as it is, so that numbers of any length stay exact. */
export class JsonConverter implements Converter {
  /** @param hasSchemas each text is `{"schema": …, "payload": …}`, of which the payload is meant */
  constructor(private readonly hasSchemas: boolean) {}

  convert(bytes: Buffer | null): string {
    if (bytes === null) return "null";
    const text = textOf(bytes);
    const value = parsed(text);
    if (!this.hasSchemas) return text;
    const isEnvelope = typeof value === "object" && value !== null && "schema" in value && "payload" in value;
    if (!isEnvelope || Object.keys(value).length !== 2) {
      throw new ConversionError(
        'The JSON isn\'t {"schema": …, "payload": …}, which schemas.enable=true asks for. Fix: set schemas.enable=false for JSON without schemas.',
      );
    }
    return memberOf(text, "payload") as string;
  }
}

/** A number of fixed width in network order, as Kafka's number serializers write it. */
export class NumberConverter implements Converter {
  constructor(
    private readonly width: number,
    private readonly read: (bytes: Buffer) => number | bigint,
  ) {}

  convert(bytes: Buffer | null): string {
    if (bytes === null) return "null";
    if (bytes.length !== this.width) {
      throw new ConversionError(`There are ${bytes.length} bytes, and a number of ${this.width} is expected.`);
    }
    const value = this.read(bytes);
    return typeof value === "bigint" ? String(value) : numberText(value);
  }
}

export const numberConverters = {
  Short: new NumberConverter(2, (bytes) => bytes.readInt16BE()),
  Integer: new NumberConverter(4, (bytes) => bytes.readInt32BE()),
  Long: new NumberConverter(8, (bytes) => bytes.readBigInt64BE()),
  Float: new NumberConverter(4, (bytes) => bytes.readFloatBE()),
  Double: new NumberConverter(8, (bytes) => bytes.readDoubleBE()),
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes the text, which is somebody's data.
    const place = /position \d+/.exec((cause as Error).message)?.[0];
    throw new ConversionError(
      `The text isn't valid JSON${place === undefined ? "" : ` (${place})`}. Fix: send JSON, or name another converter.`,
    );
  }
}

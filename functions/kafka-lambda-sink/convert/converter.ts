import { isUtf8 } from "node:buffer";
import { ConversionError } from "../core/errors";

/** Makes a JSON text of a key's or a value's bytes. Converters that must look up a schema answer later the first time. */
export interface Converter {
  /** @throws ConversionError */
  convert(bytes: Buffer | null): string | Promise<string>;
}

/** @throws ConversionError, because a text with replaced characters would be another text */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw new ConversionError(
      "The bytes aren't UTF-8 text. Fix: name the converter that the producer's serializer asks for, or org.apache.kafka.connect.converters.ByteArrayConverter, which gives base64.",
    );
  }
  return bytes.toString();
}

/** A number as JSON writes it; what JSON has no number for is a text, as Kafka Connect's JsonConverter writes it. */
export function numberText(value: number): string {
  return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
}

/** Bytes as JSON has them: a text in base64. */
export function base64Text(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}"`;
}

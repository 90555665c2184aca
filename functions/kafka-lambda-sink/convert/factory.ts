import type { ConverterChoice, ConverterName } from "../config/converters";
import { avroDecoder } from "./avro";
import type { Converter } from "./converter";
import { FramedConverter } from "./framed";
import { jsonSchemaDecoder } from "./jsonSchema";
import { bytesConverter, JsonConverter, numberConverters, stringConverter } from "./plain";
import { protobufDecoder } from "./protobuf";
import { SchemaRegistry } from "./registry";

/** Makes a converter as it was chosen. */
export type MakeConverter = (choice: ConverterChoice) => Converter;

const makers: Readonly<Record<ConverterName, MakeConverter>> = {
  string: () => stringConverter,
  bytes: () => bytesConverter,
  json: ({ hasSchemas }) => new JsonConverter(hasSchemas),
  short: () => numberConverters.Short,
  integer: () => numberConverters.Integer,
  long: () => numberConverters.Long,
  float: () => numberConverters.Float,
  double: () => numberConverters.Double,
  avro: (choice) => new FramedConverter(registryOf(choice), "AVRO", (schema) => avroDecoder(schema, choice.decimals)),
  protobuf: (choice) => new FramedConverter(registryOf(choice), "PROTOBUF", protobufDecoder),
  "json-schema": (choice) =>
    new FramedConverter(registryOf(choice), "JSON", (schema) => jsonSchemaDecoder(schema, choice.validates)),
};

/** The converter by its name. */
export const makeConverter: MakeConverter = (choice) => makers[choice.name](choice);

function registryOf({ registry }: ConverterChoice): SchemaRegistry {
  const { urls = [], userInfo } = registry ?? {};
  const authorization = userInfo === undefined ? undefined : `Basic ${Buffer.from(userInfo).toString("base64")}`;
  return new SchemaRegistry({ urls, authorization });
}

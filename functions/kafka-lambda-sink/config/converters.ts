import type { Properties } from "./properties";

export type ConverterName =
  | "string"
  | "json"
  | "bytes"
  | "short"
  | "integer"
  | "long"
  | "float"
  | "double"
  | "avro"
  | "protobuf"
  | "json-schema";

/** How decimals are written: as numbers with all their digits, or, as in Kafka Connect, their bytes in base64. */
export type DecimalFormat = "NUMERIC" | "BASE64";

/** Which converter, and its settings. */
export interface ConverterChoice {
  readonly name: ConverterName;
  /** Of `json`: each text is a schema and a payload. */
  readonly hasSchemas: boolean;
  /** Of `avro`. */
  readonly decimals: DecimalFormat;
  /** Of `json-schema`: data is held against its schema. */
  readonly validates: boolean;
  /** Of the three that read schemas. */
  readonly registry?: { readonly urls: readonly string[]; readonly userInfo?: string };
}

const CONNECT = "org.apache.kafka.connect.";
const classes: Readonly<Record<string, ConverterName>> = {
  [`${CONNECT}storage.StringConverter`]: "string",
  [`${CONNECT}storage.SimpleHeaderConverter`]: "string",
  [`${CONNECT}json.JsonConverter`]: "json",
  [`${CONNECT}converters.ByteArrayConverter`]: "bytes",
  [`${CONNECT}converters.ShortConverter`]: "short",
  [`${CONNECT}converters.IntegerConverter`]: "integer",
  [`${CONNECT}converters.LongConverter`]: "long",
  [`${CONNECT}converters.FloatConverter`]: "float",
  [`${CONNECT}converters.DoubleConverter`]: "double",
  "io.confluent.connect.avro.AvroConverter": "avro",
  "io.confluent.connect.protobuf.ProtobufConverter": "protobuf",
  "io.confluent.connect.json.JsonSchemaConverter": "json-schema",
};
const names: readonly ConverterName[] = [...new Set(Object.values(classes))];

/** By Kafka Connect's class, or by the short name. */
export function converterChoice(properties: Properties, of: "key" | "value" | "header"): ConverterChoice {
  const key = `${of}.converter` as const;
  const text = properties.text(key) as string;
  const found = Object.hasOwn(classes, text) ? classes[text] : names.find((each) => each === text);
  if (found === undefined) properties.problem(key, `Give one of ${names.join(", ")}, or Kafka Connect's class of it.`);
  const name = found ?? "string";
  const choice = { name, hasSchemas: false, decimals: "NUMERIC", validates: true } as const;
  if (name === "json") {
    // As Kafka Connect has it: its class expects schemas unless told otherwise; the short name means JSON alone.
    return { ...choice, hasSchemas: properties.boolean(`${key}.schemas.enable`, text !== "json") };
  }
  if (!needRegistry.has(name)) return choice;
  if (of === "header") {
    properties.problem(key, "Headers carry no schema ids: give string, json or bytes.");
    return choice;
  }
  return { ...choice, ...registryChoice(properties, `${of}.converter`) };
}

const needRegistry: ReadonlySet<ConverterName> = new Set(["avro", "protobuf", "json-schema"]);

function registryChoice(properties: Properties, key: "key.converter" | "value.converter") {
  const decimals = `${key}.decimal.format` as const;
  const isGiven = properties.given(decimals) !== undefined;
  return {
    decimals: isGiven ? properties.oneOf(decimals, ["NUMERIC", "BASE64"]) : ("NUMERIC" as const),
    validates: properties.boolean(`${key}.json.fail.invalid.schema`, true),
    registry: registryOf(properties, key),
  };
}

function registryOf(properties: Properties, key: "key.converter" | "value.converter"): ConverterChoice["registry"] {
  const urls = properties.list(`${key}.schema.registry.url`);
  if (urls.length === 0) properties.problem(`${key}.schema.registry.url`, "Give the schema registry's URL.");
  for (const url of urls) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      properties.problem(`${key}.schema.registry.url`, `${url} isn't a URL that begins with https: or http:.`);
    }
  }
  const source = properties.given(`${key}.basic.auth.credentials.source`);
  if (source !== undefined && source !== "USER_INFO") {
    properties.problem(
      `${key}.basic.auth.credentials.source`,
      "Give USER_INFO, with the user in basic.auth.user.info.",
    );
  }
  const userInfo =
    properties.given(`${key}.schema.registry.basic.auth.user.info`) ?? properties.given(`${key}.basic.auth.user.info`);
  return { urls, userInfo };
}

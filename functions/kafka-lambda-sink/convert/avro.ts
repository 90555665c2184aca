import avro from "avsc";
import type { DecimalFormat } from "../config/converters";
import { ConversionError } from "../core/errors";
import { base64Text, numberText } from "./converter";
import type { Decoder } from "./framed";
import type { RegisteredSchema } from "./registry";

type Write = (value: never) => string;
type AvroOptions = NonNullable<Parameters<typeof avro.Type.forSchema>[1]>;
type Avro = Record<string, unknown>;

/** Decodes Avro data of one schema. @throws Error where the schema isn't valid */
export function avroDecoder(schema: RegisteredSchema, decimals: DecimalFormat): Decoder {
  const parsed: unknown = JSON.parse(schema.text);
  // Confluent's serializers write a schema of bytes alone as the bytes, without their length.
  if (parsed === "bytes" || (isObject(parsed) && parsed.type === "bytes" && parsed.logicalType === undefined)) {
    return base64Text;
  }
  const options: Partial<AvroOptions> = {
    registry: { long: exactLong },
    wrapUnions: true,
    ...(decimals === "NUMERIC" ? { logicalTypes: { decimal: Decimal } } : {}),
  };
  define(schema, options, new Set());
  const type = avro.Type.forSchema(parsed as avro.Schema, options);
  const write = new Writers().of(type);
  const hasMaps = [schema, ...referredBy(schema)].some(({ text }) => /"map"/.test(text));
  return (body) => {
    if (hasMaps && body.includes(LOST_KEY)) {
      throw new ConversionError(
        `The data holds __proto__, which would be lost as a map's key. Fix: name the key otherwise.`,
      );
    }
    return write(type.fromBuffer(body) as never);
  };
}

/** avsc keeps maps in plain objects, in which this key is lost: nine bytes, after their length as Avro writes it. */
const LOST_KEY = "\u0012__proto__";

function referredBy({ references }: RegisteredSchema): RegisteredSchema[] {
  return references.flatMap(({ schema }) => [schema, ...referredBy(schema)]);
}

/** The schemas that it refers to, each before those that refer to it. */
function define(schema: RegisteredSchema, options: Partial<AvroOptions>, defined: Set<string>): void {
  for (const { name, schema: referred } of schema.references) {
    if (defined.has(name)) continue;
    defined.add(name);
    define(referred, options, defined);
    avro.Type.forSchema(JSON.parse(referred.text) as avro.Schema, options);
  }
}

/** Longs as bigint: a JavaScript number holds 53 bits. */
const exactLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/** A decimal's digits. */
class Digits {
  constructor(readonly text: string) {}
}

/** https://avro.apache.org/docs/1.12.0/specification/#decimal */
class Decimal extends avro.types.LogicalType {
  private readonly scale: number;

  constructor(schema: avro.Schema, options?: object) {
    super(schema, options);
    const { scale = 0, precision } = schema as unknown as Avro;
    // By the specification, an invalid decimal is taken as its bytes.
    if (!isCount(scale) || !isCount(precision) || precision === 0 || scale > precision)
      throw new Error("not a decimal");
    this.scale = scale;
  }

  override _fromValue(bytes: Buffer): Digits {
    return new Digits(decimalText(bytes, this.scale));
  }

  override _toValue(): never {
    throw new Error("Decimals are only read.");
  }
}

/** @param bytes two's complement in network order */
export function decimalText(bytes: Uint8Array, scale: number): string {
  const hex = Buffer.from(bytes).toString("hex");
  const unscaled = hex === "" ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const sign = unscaled < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Writes decoded values as JSON; one function a type, since types may hold themselves. */
class Writers {
  private readonly made = new Map<avro.Type, Write>();

  of(type: avro.Type): Write {
    const made = this.made.get(type);
    if (made !== undefined) return made;
    let write: Write = () => "null";
    this.made.set(type, (value) => write(value));
    write = this.make(type);
    this.made.set(type, write);
    return write;
  }

  private make(type: avro.Type): Write {
    if (avro.Type.isType(type, "record", "error")) return this.record(type as avro.types.RecordType);
    if (avro.Type.isType(type, "array")) {
      const item = this.of((type as avro.types.ArrayType).itemsType);
      return (values: never[]) => `[${values.map(item).join(",")}]`;
    }
    if (avro.Type.isType(type, "map")) {
      const write = this.of((type as avro.types.MapType).valuesType);
      return (map: Record<string, never>) =>
        `{${Object.entries(map)
          .map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`)
          .join(",")}}`;
    }
    if (avro.Type.isType(type, "union")) return this.union(type as avro.types.WrappedUnionType);
    if (avro.Type.isType(type, "bytes", "fixed")) return base64Text;
    if (avro.Type.isType(type, "logical")) return ({ text }: Digits) => text;
    if (avro.Type.isType(type, "float", "double")) return numberText;
    if (type instanceof avro.types.LongType || type === exactLong) return (value: bigint) => String(value);
    return (value) => JSON.stringify(value);
  }

  private record({ fields }: avro.types.RecordType): Write {
    const parts = fields.map(({ name, type }) => ({ name, head: `${JSON.stringify(name)}:`, write: this.of(type) }));
    return (record: Record<string, never>) =>
      `{${parts.map(({ name, head, write }) => head + write(record[name] as never)).join(",")}}`;
  }

  /** The value alone, without the name of its branch. */
  private union({ types }: avro.types.WrappedUnionType): Write {
    const branches = new Map(types.map((type) => [type.branchName, this.of(type)]));
    return (value: Record<string, never> | null) => {
      const [[name, inner] = []] = value === null ? [] : Object.entries(value);
      return name === undefined ? "null" : (branches.get(name) as Write)(inner as never);
    };
  }
}

function isObject(value: unknown): value is Avro {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

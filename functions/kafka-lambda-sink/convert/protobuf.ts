import Long from "long";
import protobuf from "protobufjs";
import { base64Text, numberText, textOf } from "./converter";
import type { Decoder } from "./framed";
import type { RegisteredSchema } from "./registry";

// In a bundle protobufjs doesn't find the package by itself, and would read 64 bits into 53.
protobuf.util.Long = Long;
protobuf.configure();

const MAIN = "the registered schema";

/** Decodes Protobuf data of one schema; the data says which of its messages it is. @throws Error where the schema isn't valid */
export function protobufDecoder(schema: RegisteredSchema): Decoder {
  const root = new protobuf.Root();
  load(root, MAIN, schema, new Set());
  root.resolveAll();
  const types = messagesOf(root, true);
  const known = new Map<string, protobuf.Type>();
  return (bytes) => {
    const { path, body } = readPath(bytes);
    const name = path.join(".");
    const type = known.get(name) ?? typeAt(types, path);
    known.set(name, type);
    return messageText(type, type.decode(new StrictReader(body)));
  };
}

function load(root: protobuf.Root, file: string, schema: RegisteredSchema, loaded: Set<string>): void {
  if (loaded.has(file)) return;
  loaded.add(file);
  for (const { name, schema: referred } of schema.references) load(root, name, referred, loaded);
  // The parser marks what it reads with this name; its types don't know it.
  Object.assign(protobuf.parse, { filename: file });
  const parsed = protobuf.parse(schema.text, root, { keepCase: true });
  for (const name of [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])]) {
    const known = protobuf.common.get(name);
    if (loaded.has(name)) continue;
    if (known === null) throw new Error(`${file} imports ${name}, which isn't among its references.`);
    loaded.add(name);
    root.addJSON(known.nested ?? {});
  }
}

/** Messages in the order in which they are declared. */
function messagesOf(parent: protobuf.NamespaceBase, ofMain: boolean): protobuf.Type[] {
  return parent.nestedArray.flatMap((each) => {
    if (each instanceof protobuf.Type) return !ofMain || each.filename === MAIN ? [each] : [];
    return ofMain && each instanceof protobuf.Namespace ? messagesOf(each, true) : [];
  });
}

function typeAt(types: readonly protobuf.Type[], path: readonly number[]): protobuf.Type {
  let among = types;
  let type: protobuf.Type | undefined;
  for (const index of path) {
    type = among[index];
    if (type === undefined) throw new Error(`it names message ${path.join(".")}, which the schema hasn't.`);
    among = messagesOf(type, false);
  }
  return type as protobuf.Type;
}

/** protobufjs's own shortens a text that is cut off, and replaces what isn't UTF-8. */
class StrictReader extends protobuf.Reader {
  override string(): string {
    const bytes = this.bytes();
    return textOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
}

/** The path of indexes before the message; a single 0 stands for the first message. */
function readPath(bytes: Buffer): { readonly path: readonly number[]; readonly body: Buffer } {
  const reader = new protobuf.Reader(bytes);
  const count = reader.sint32();
  if (count < 0 || count > bytes.length) throw new Error("the list of message indexes is damaged.");
  const path = Array.from({ length: count }, () => reader.sint32());
  return { path: count === 0 ? [0] : path, body: bytes.subarray(reader.pos) };
}

type Members = Readonly<Record<string, unknown>>;

function messageText(type: protobuf.Type, message: unknown): string {
  const members = message as Members;
  if (type.fullName === ".google.protobuf.Timestamp") return timestampText(members);
  return `{${type.fieldsArray.map((field) => `${JSON.stringify(field.name)}:${fieldText(field, members)}`).join(",")}}`;
}

function fieldText(field: protobuf.Field, members: Members): string {
  const isSet = Object.hasOwn(members, field.name);
  const value = members[field.name];
  if (field instanceof protobuf.MapField) {
    const entries = Object.entries((isSet ? value : {}) as Members);
    return `{${entries.map(([key, each]) => `${JSON.stringify(mapKey(field, key))}:${valueText(field, each)}`).join(",")}}`;
  }
  if (field.repeated) return `[${((isSet ? value : []) as unknown[]).map((each) => valueText(field, each)).join(",")}]`;
  if (isSet) return valueText(field, value);
  const hasPresence = field.hasPresence || field.resolvedType instanceof protobuf.Type;
  const isNullable = hasPresence && field.getOption("default") === undefined;
  return isNullable ? "null" : valueText(field, field.defaultValue);
}

function valueText(field: protobuf.Field, value: unknown): string {
  if (field.resolvedType instanceof protobuf.Type) return messageText(field.resolvedType, value);
  if (field.resolvedType instanceof protobuf.Enum) {
    return JSON.stringify(field.resolvedType.valuesById[value as number] ?? value);
  }
  if (Long.isLong(value)) return value.toString();
  if (typeof value === "number") return numberText(value);
  if (value instanceof Uint8Array) return base64Text(value);
  // A default of bytes is an empty list.
  return field.type === "bytes" ? base64Text(Uint8Array.from(value as number[])) : JSON.stringify(value);
}

/** protobufjs keeps 64-bit keys as eight characters. */
function mapKey({ keyType }: protobuf.MapField, key: string): string {
  if (!/64$/.test(keyType)) return key;
  const isUnsigned = keyType === "uint64" || keyType === "fixed64";
  return protobuf.util.LongBits.fromHash(key).toLong(isUnsigned).toString();
}

/** Milliseconds as Kafka Connect has them, with what is finer behind the point. */
function timestampText(members: Members): string {
  const seconds = BigInt(String(members.seconds ?? 0));
  const nanos = seconds * 1_000_000_000n + BigInt(Number(members.nanos ?? 0));
  const sign = nanos < 0n ? "-" : "";
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -6)}${fraction === "" ? "" : `.${fraction}`}`;
}

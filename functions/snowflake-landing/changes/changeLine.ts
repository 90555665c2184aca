import { EnvironmentError } from "../../shared/environment";

/** `LOAD`: the item as a full load found it. */
export type ChangeOperation = "INSERT" | "MODIFY" | "REMOVE" | "LOAD";

/** One change of an item. */
export interface Change {
  readonly op: ChangeOperation;
  readonly keys: Attributes;
  /** The stream's sequence number; `0` for LOAD. */
  readonly sequence: string;
  /** When, ISO 8601, UTC. */
  readonly at: string;
  /** The item after the change; absent for REMOVE. */
  readonly item?: Attributes;
}

/** Longest sequence number of a stream, https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html */
const sequenceDigits = 40;

/** Sequence numbers as text of one length, so that they sort as the numbers do. */
export function paddedSequence(sequence: string): string {
  return sequence.padStart(sequenceDigits, "0");
}

/**
 * A change as a line of NDJSON: `{op, pk, sk, sequence, at, item}`; `sk` is null where the table has no sort key,
 * `item` is null for REMOVE.
 *
 * @param keyAttributes the partition key's name, then the sort key's if there is one
 * @throws Error when a key attribute is missing
 */
export function changeLine(change: Change, keyAttributes: readonly string[]): string {
  const [partition = "", sort] = keyAttributes;
  const pk = JSON.stringify(keyText(change.keys, partition));
  const sk = sort === undefined ? "null" : JSON.stringify(keyText(change.keys, sort));
  const item = change.item === undefined ? "null" : attributesJson(change.item);
  return (
    `{"op":"${change.op}","pk":${pk},"sk":${sk},"sequence":"${paddedSequence(change.sequence)}",` +
    `"at":"${change.at}","item":${item}}\n`
  );
}

/** Keys are text, whatever their type: a number as its digits, binary as base64. */
function keyText(keys: Attributes, name: string): string {
  const value = keys[name];
  const text = value?.S ?? value?.N ?? (value?.B === undefined ? undefined : base64(value.B));
  if (text === undefined) {
    throw new Error(
      `the record has no key attribute ${JSON.stringify(name)}, only ${Object.keys(keys).join(", ")}. Fix: give this DynamoDB table's partitionKey and sortKey as they are`,
    );
  }
  return text;
}

/**
 * The names in the variable KEY_ATTRIBUTES: the partition key's, then the sort key's if there is one.
 *
 * @throws EnvironmentError when it isn't a JSON array of one or two names
 */
export function parseKeyAttributes(text: string): string[] {
  const names: unknown = JSON.parse(text);
  if (Array.isArray(names) && (names.length === 1 || names.length === 2) && names.every((n) => typeof n === "string")) {
    return names;
  }
  throw new EnvironmentError(`KEY_ATTRIBUTES is ${text}, expected a JSON array of one or two attribute names`);
}

/** A DynamoDB value: from a stream's event (binary as base64 text) or from the SDK (binary as bytes). */
export interface AttributeValue {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: string | Uint8Array | undefined;
  readonly BOOL?: boolean | undefined;
  readonly NULL?: boolean | undefined;
  readonly M?: Readonly<Record<string, AttributeValue>> | undefined;
  readonly L?: readonly AttributeValue[] | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly NS?: readonly string[] | undefined;
  readonly BS?: readonly (string | Uint8Array)[] | undefined;
}

export type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * Attributes as JSON text. Numbers keep all their digits, which a JavaScript number would not; sets become arrays,
 * binary becomes base64 text.
 */
export function attributesJson(attributes: Attributes): string {
  const fields = Object.entries(attributes).map(([name, value]) => `${JSON.stringify(name)}:${valueJson(value)}`);
  return `{${fields.join(",")}}`;
}

function valueJson(value: AttributeValue): string {
  if (value.S !== undefined) return JSON.stringify(value.S);
  if (value.N !== undefined) return numberJson(value.N);
  if (value.BOOL !== undefined) return String(value.BOOL);
  if (value.NULL !== undefined) return "null";
  if (value.M !== undefined) return attributesJson(value.M);
  if (value.L !== undefined) return `[${value.L.map(valueJson).join(",")}]`;
  if (value.SS !== undefined) return JSON.stringify(value.SS);
  if (value.NS !== undefined) return `[${value.NS.map(numberJson).join(",")}]`;
  if (value.B !== undefined) return JSON.stringify(base64(value.B));
  if (value.BS !== undefined) return JSON.stringify(value.BS.map(base64));
  throw new Error(`an attribute value of unknown type ${Object.keys(value).join(", ") || "(none)"}`);
}

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** DynamoDB gives numbers in a form that is JSON too; any other spelling stays readable as text. */
function numberJson(text: string): string {
  return jsonNumber.test(text) ? text : JSON.stringify(text);
}

export function base64(bytes: string | Uint8Array): string {
  return typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("base64");
}

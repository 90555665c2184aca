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

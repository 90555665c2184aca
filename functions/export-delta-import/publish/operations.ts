import type { VersionEntry } from "../registry/entries";
import { parseColumnType } from "../shared/columnType";
import { partitionKey, sequenceOf } from "../shared/operation";
import { deltaColumns, type OperationName } from "../shared/sql";

/** An operation ready to be put into the stream. */
export interface StreamRecord {
  readonly data: Buffer;
  readonly partitionKey: string;
}

type DeltaRow = Readonly<Record<string, string | null | undefined>>;

/** Makes operations of the lines of a delta's files. */
export class OperationWriter {
  private readonly head: string;
  private readonly keys: readonly Column[];
  private readonly columns: readonly Column[];

  /** @param version one whose delta and columns are known */
  constructor(private readonly version: VersionEntry) {
    const { delta, staged, tenant, table, version: name } = version;
    if (delta === undefined || staged === undefined) throw new Error(`Version ${name} has no delta to publish.`);
    this.head = JSON.stringify({ deltaId: delta.id, tenant, table, version: name }).slice(0, -1);
    const types = new Map(staged.schema.columns.map(({ name: column, type }) => [column, type]));
    const { keys, columns } = deltaColumns(staged.schema);
    const column = (prefix: string) => (title: string, i: number) =>
      new Column(title, `${prefix}${i + 1}`, types.get(title));
    this.keys = keys.map(column("k"));
    this.columns = columns.map(column("c"));
  }

  /** @param line a JSON object of the delta @throws Error when it isn't one */
  record(line: string, file: number, number: number): StreamRecord {
    const row = JSON.parse(line) as DeltaRow;
    const op = row.op as OperationName;
    if (op !== "INSERT" && op !== "UPDATE" && op !== "DELETE")
      throw new Error(`Line ${number} has the operation ${op}.`);
    const values = this.keys.map(({ member }) => row[member]);
    if (values.some((value) => typeof value !== "string")) throw new Error(`Line ${number} has no complete key.`);
    const key = members(this.keys, row);
    const whole =
      op === "DELETE" ? "null" : `{${[key, members(this.columns, row)].filter((part) => part !== "").join(",")}}`;
    const sequence = sequenceOf(file, number);
    const text = `${this.head},"op":"${op}","key":{${key}},"row":${whole},"sequence":${sequence}}`;
    return {
      data: Buffer.from(text),
      partitionKey: partitionKey(this.version.tenant, this.version.table, values as string[]),
    };
  }
}

/** A column as its values stand in JSON: numbers and booleans as they are, everything else as text. */
class Column {
  readonly prefix: string;
  private readonly isText: boolean;

  constructor(
    name: string,
    readonly member: string,
    type: string | undefined,
  ) {
    this.prefix = `${JSON.stringify(name)}:`;
    const kind = parseColumnType(type ?? "string")?.kind ?? "string";
    this.isText = kind === "string" || kind === "date" || kind === "timestamp";
  }

  value(text: string | null | undefined): string {
    if (text === null || text === undefined) return "null";
    return this.isText ? JSON.stringify(text) : text;
  }
}

function members(columns: readonly Column[], row: DeltaRow): string {
  return columns.map((column) => column.prefix + column.value(row[column.member])).join(",");
}

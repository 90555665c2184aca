import { RowError } from "./errors";
import { keyText } from "./rowKey";
import { rowBytes, rowsText } from "./rowsText";
import type { Segment } from "./segments";
import type { Row, Schema, TableSchema } from "./types";

type Kind = Segment["kind"];

/** Rows for one answer, never more bytes than allowed. Holds objects, or texts where the answer is a file. */
export class Batch {
  private readonly tables = { insert: new Map<string, Stored>(), delete: new Map<string, Stored>() };
  private readonly keys = { insert: new Map<string, Set<string>>(), delete: new Map<string, Set<string>>() };
  private readonly softDeleted = new Set<string>();
  readonly counts = { insert: 0, delete: 0 };
  private used: number;

  /** @param limit bytes of the rows and all around them, as JSON in UTF-8 */
  constructor(
    readonly schema: Schema,
    readonly limit: number,
    readonly asText: boolean,
  ) {
    this.used = envelopeBytes(schema);
  }

  /** Bytes of the answer but for its state; never too few. */
  get bytes(): number {
    return this.used;
  }

  get isEmpty(): boolean {
    return this.counts.insert + this.counts.delete === 0;
  }

  /** Whether the page fits, and says nothing else of a row that is in here already. */
  takes(segments: readonly Segment[], stateBytes: number): boolean {
    let bytes = this.used + stateBytes;
    for (const segment of segments) bytes += segment.bytes;
    return bytes <= this.limit && (this.isEmpty || !segments.some((segment) => this.contradicts(segment)));
  }

  add(segments: readonly Segment[], softDelete: readonly string[] = []): void {
    for (const segment of segments) this.append(segment, 0, segment.rows.length, segment.bytes);
    for (const table of softDelete) this.softDeleted.add(table);
  }

  /**
   * Adds as many of the rows from a number on as fit.
   * @returns the number of the first row that is left
   * @throws RowError when not even one fits, naming table and key
   */
  fill(segments: readonly Segment[], from: number, stateBytes: number): number {
    let first = 0;
    let next = from;
    for (const segment of segments) {
      const begin = Math.max(next - first, 0);
      let end = begin;
      let bytes = 0;
      for (; end < segment.rows.length; end += 1) {
        const size = rowBytes(segment.rows[end] as Row);
        if (this.used + stateBytes + bytes + size > this.limit) break;
        bytes += size;
      }
      if (end > begin) this.append(segment, begin, end, bytes);
      next = Math.max(next, first + end);
      if (end < segment.rows.length && begin < segment.rows.length) {
        if (this.isEmpty) throw this.tooBig(segment, end, stateBytes);
        return next;
      }
      first += segment.rows.length;
    }
    return next;
  }

  /** The rows by table, as an answer has them. Only of a batch of objects. */
  rows(kind: Kind): Record<string, readonly Row[]> {
    return Object.fromEntries([...this.tables[kind]].map(([table, { rows }]) => [table, rows]));
  }

  softDelete(): string[] {
    return [...this.softDeleted];
  }

  /** The file of a sync through a bucket. Only of a batch of texts. */
  fileText(): string {
    const members = (["insert", "delete"] as const).map((kind) => {
      const tables = [...this.tables[kind]].map(
        ([table, { texts }]) => `${JSON.stringify(table)}:[${texts.join(",")}]`,
      );
      return `"${kind}":{${tables.join(",")}}`;
    });
    return `{${members.join(",")}}`;
  }

  private append(segment: Segment, begin: number, end: number, bytes: number): void {
    const { kind, table } = segment;
    let stored = this.tables[kind].get(table);
    if (stored === undefined) {
      stored = { rows: [], texts: [] };
      this.tables[kind].set(table, stored);
    }
    const isWhole = begin === 0 && end === segment.rows.length;
    const rows = isWhole ? segment.rows : segment.rows.slice(begin, end);
    if (this.asText) stored.texts.push(isWhole ? (segment.text ?? "") : rowsText(rows));
    else for (const row of rows) stored.rows.push(row);
    const keys = this.keys[kind].get(table);
    if (keys !== undefined) for (const row of rows) keys.add(keyText(row, this.table(table)));
    this.used += bytes;
    this.counts[kind] += end - begin;
  }

  /**
   * A row upserted and deleted in one answer: which came last can't be told from it. The keys are gathered when they
   * are first asked for, because a table without deletes never needs them.
   */
  private contradicts({ kind, table, rows }: Segment): boolean {
    const other = kind === "insert" ? "delete" : "insert";
    const stored = this.tables[other].get(table);
    if (stored === undefined) return false;
    const to = this.table(table);
    let keys = this.keys[other].get(table);
    if (keys === undefined) {
      const earlier = this.asText ? stored.texts.flatMap((text) => JSON.parse(`[${text}]`) as Row[]) : stored.rows;
      keys = new Set(earlier.map((row) => keyText(row, to)));
      this.keys[other].set(table, keys);
    }
    return rows.some((row) => keys.has(keyText(row, to)));
  }

  private table(table: string): TableSchema {
    return this.schema[table] as TableSchema;
  }

  private tooBig(segment: Segment, index: number, stateBytes: number): RowError {
    const key = keyText(segment.rows[index] as Row, this.table(segment.table));
    const room = this.limit - this.used - stateBytes;
    return new RowError(
      `The row ${key} of table ${segment.table} has ${rowBytes(segment.rows[index] as Row)} bytes as JSON, an answer has room for ${room}. Shorten its columns in pull(), or choose the sync method "through an S3 bucket".`,
    );
  }
}

interface Stored {
  readonly rows: Row[];
  readonly texts: string[];
}

/** Everything of an answer but state and rows, as if every table had upserts, deletes and soft deletes. */
function envelopeBytes(schema: Schema): number {
  const tables = Object.fromEntries(Object.keys(schema).map((table) => [table, []]));
  const answer = {
    insert: tables,
    delete: tables,
    schema: answerSchema(schema),
    softDelete: Object.keys(schema),
    hasMore: false,
  };
  return Buffer.byteLength(JSON.stringify(answer)) + '"state":,'.length;
}

/** The schema as Fivetran reads it. */
export function answerSchema(schema: Schema): Record<string, { readonly primary_key: readonly string[] }> {
  return Object.fromEntries(
    Object.entries(schema).map(([table, { primaryKey }]) => [table, { primary_key: primaryKey }]),
  );
}

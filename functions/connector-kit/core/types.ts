import type { Redactor } from "./redaction";

/** What a cursor may be: it lives in Fivetran's state, as JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One row of a table, or the key of a row to delete: column name to JSON value. */
export type Row = Readonly<Record<string, unknown>>;

/** The tables of a connector, by name. */
export type Schema = Readonly<Record<string, TableSchema>>;

export interface TableSchema {
  /** Columns that name a row. Needed: without them a row that is sent again would be doubled. */
  readonly primaryKey: readonly string[];
}

/** What `pull` yields: rows, and the cursor that stands behind them. */
export interface Page<Cursor extends Json = Json> {
  /** New and changed rows, by table: objects of column and JSON value. */
  readonly upserts?: Readonly<Record<string, readonly object[]>>;
  /** Keys of rows that are gone, by table; columns beside the primary key are left out. */
  readonly deletes?: Readonly<Record<string, readonly object[]>>;
  /** Tables that this sync sends whole: Fivetran marks their other rows as deleted. */
  readonly softDelete?: readonly string[];
  /** Where the next page begins. Becomes the state once all rows of this page are handed over. */
  readonly cursor: Cursor;
}

/** Writes structured lines, from which secrets are removed. */
export interface ConnectorLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What a connector gets with each request. */
export interface ConnectorContext {
  /** As entered in Fivetran's form. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Custom payload of Fivetran's form. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Where a historical load begins: `startFrom` of the custom payload, else the component's argument. */
  readonly startFrom?: string;
  readonly log: ConnectorLog;
  /** Aborted when pulling has to end; hand it to `fetch` and to every wait. */
  readonly signal: AbortSignal;
  /** Milliseconds until `signal` is aborted. */
  readonly remainingMs: () => number;
  /** Keeps one more text out of logs and errors, for example an access token. */
  readonly hide: Redactor["hide"];
}

/** A connector: everything about the source, nothing about Fivetran. */
export interface Connector<Cursor extends Json = Json> {
  readonly schema: Schema;
  /** Version of the cursor's form; raise it when the form changes. @default 1 */
  readonly version?: number;
  /** Turns a cursor of an older version into today's. Version 0: a whole state that this kit didn't write. */
  migrate?(old: Json, version: number): Cursor;
  /** Throws when the source can't be reached with these secrets. Reads no data. */
  test(context: ConnectorContext): Promise<void>;
  /**
   * Yields what changed after the cursor, page by page, and ends when there is no more. Pulling the same cursor again
   * begins with the same page. @param cursor undefined on the first sync
   */
  pull(cursor: Cursor | undefined, context: ConnectorContext): AsyncIterable<Page<Cursor>>;
}

/** The time an invocation has. */
export interface Clock {
  remainingMs(): number;
  /** Calls back after so many milliseconds. @returns cancels it */
  after(ms: number, callback: () => void): () => void;
}

/** Where the rows go with the sync method "through an S3 bucket". */
export type PutFile = (bucket: string, file: string, text: string) => Promise<void>;

/** What one request came to. */
export interface ConnectorCounts {
  readonly Pages: number;
  /** 1 when time was up before anything could be handed over, else 0. */
  readonly Stalls: number;
  readonly RowsUpserted: number;
  readonly RowsDeleted: number;
  readonly AnswerBytes: number;
}

import { AnswerError, type CheckedAnswer, checkAnswer, type Row } from "./checkAnswer";
import { LocalStore, type TableSummary } from "./store";

/** Lambda refuses a longer answer. */
const MOST_BYTES = 6_291_556;
/** Fivetran ends a sync after more empty answers than these in a row. */
const MOST_EMPTY = 10;

/** Calls the connector once: in this process, or in Lambda. */
export type Invoke = (request: Row) => Promise<unknown>;

/** Where the rows go, with the sync method "through an S3 bucket". */
export interface SyncBucket {
  readonly bucket: string;
  /** Key of the file of a request, by its number from 1. */
  readonly fileOf: (request: number) => string;
  readonly read: (file: string) => Promise<string>;
  /** Clears a file away once its rows are applied. */
  readonly remove: (file: string) => Promise<void>;
}

export interface PlayOptions {
  readonly invoke: Invoke;
  readonly secrets: Row;
  readonly payload?: Row;
  /** State to go on from. @default {}, a first sync */
  readonly state?: Row;
  /** @default local/local/local */
  readonly agent?: string;
  /** Given for the sync method "through an S3 bucket". */
  readonly bucket?: SyncBucket;
  /** Rows of earlier syncs. @default an empty one */
  readonly store?: LocalStore;
  /** Takes each answer's rows too, for example into tables; the sync goes on when it is done. */
  readonly destination?: (answer: CheckedAnswer) => Promise<void>;
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a sync is. */
export interface Progress {
  readonly requests: number;
  readonly rows: number;
  readonly bytes: number;
  readonly hasMore: boolean;
}

export interface PlayResult {
  readonly state: Row;
  readonly requests: number;
  /** Bytes of all answers and files. */
  readonly bytes: number;
  readonly store: LocalStore;
  readonly tables: readonly TableSummary[];
}

/**
 * Plays one sync of Fivetran: calls the connector until it has no more, and applies its rows by primary key.
 * @throws AnswerError, or what `invoke` throws
 */
export async function play(options: PlayOptions): Promise<PlayResult> {
  const { store = new LocalStore(), bucket } = options;
  const softDelete = new Set<string>();
  let state = options.state ?? {};
  let bytes = 0;
  let rows = 0;
  let empty = 0;
  store.beginSync();
  for (let requests = 1; ; requests += 1) {
    const file = bucket?.fileOf(requests);
    const given = await options.invoke(requestOf(options, state, file));
    const size = Buffer.byteLength(JSON.stringify(given) ?? "");
    if (size > MOST_BYTES) throw new AnswerError(`The answer has ${size} bytes, Lambda allows ${MOST_BYTES}.`);
    const text = bucket && file !== undefined ? await bucket.read(file) : undefined;
    const answer = checkAnswer(given, text);
    store.apply(answer);
    await options.destination?.(answer);
    if (bucket && file !== undefined) await bucket.remove(file);
    for (const table of answer.softDelete) softDelete.add(table);
    const count = countRows(answer.insert) + countRows(answer.delete);
    state = answer.state;
    rows += count;
    bytes += size + (text === undefined ? 0 : Buffer.byteLength(text));
    options.onProgress?.({ requests, rows, bytes, hasMore: answer.hasMore });
    if (!answer.hasMore) {
      store.softDelete(softDelete);
      return { state, requests, bytes, store, tables: store.summary() };
    }
    empty = count === 0 ? empty + 1 : 0;
    if (empty > MOST_EMPTY) {
      throw new AnswerError(`${empty} answers in a row had no rows and hasMore true; Fivetran ends such a sync.`);
    }
  }
}

/** Plays the connection test of Fivetran's form. @throws AnswerError, or what `invoke` throws */
export async function playTest(options: PlayOptions): Promise<void> {
  const { bucket } = options;
  const file = bucket?.fileOf(0);
  const request = { ...requestOf(options, options.state ?? {}, file), setup_test: true };
  const given = await options.invoke(request);
  const text = bucket && file !== undefined ? await bucket.read(file) : undefined;
  const answer = checkAnswer(given, text);
  if (bucket && file !== undefined) await bucket.remove(file);
  if (countRows(answer.insert) + countRows(answer.delete) > 0) {
    throw new AnswerError("The connection test was answered with rows; answer setup_test without reading data.");
  }
}

function requestOf({ agent = "local/local/local", ...options }: PlayOptions, state: Row, file?: string): Row {
  const { secrets, payload, bucket } = options;
  return {
    agent,
    state,
    secrets,
    ...(payload === undefined ? {} : { customPayload: payload }),
    ...(bucket === undefined ? {} : { bucket: bucket.bucket, file }),
  };
}

function countRows(tables: Readonly<Record<string, readonly Row[]>>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows.length, 0);
}

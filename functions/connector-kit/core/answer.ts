import { answerSchema, Batch } from "./batch";
import { ConnectorError, SourceError, StateError } from "./errors";
import { defaultLimits, type Limits } from "./limits";
import { Redactor, redactedLog } from "./redaction";
import { type FivetranRequest, parseRequest } from "./request";
import { readState, type State, writeState } from "./state";
import { sync } from "./sync";
import type { Clock, Connector, ConnectorContext, ConnectorCounts, ConnectorLog, Json, PutFile, Row } from "./types";

/** What Fivetran reads. `insert` and `delete` stand in the file instead where the request named one. */
export interface FivetranResponse {
  readonly state: Readonly<Record<string, Json>>;
  readonly insert?: Readonly<Record<string, readonly Row[]>>;
  readonly delete?: Readonly<Record<string, readonly Row[]>>;
  readonly schema: Readonly<Record<string, { readonly primary_key: readonly string[] }>>;
  readonly softDelete?: readonly string[];
  readonly hasMore: boolean;
}

/** What the kit needs of its surroundings. */
export interface AnswerPorts {
  readonly log: ConnectorLog;
  readonly clock: Clock;
  readonly putFile: PutFile;
  /** Start of a historical load where the custom payload names none. */
  readonly startFrom?: string;
  readonly count?: (counts: ConnectorCounts) => void;
  readonly limits?: Partial<Limits>;
}

/**
 * Answers one request of Fivetran.
 * @throws ConnectorError, without secrets in its message and stack and without a cause
 */
export async function answer(connector: Connector, event: unknown, ports: AnswerPorts): Promise<FivetranResponse> {
  const redactor = new Redactor((event as { readonly secrets?: unknown } | null | undefined)?.secrets);
  const log = redactedLog(ports.log, redactor);
  try {
    const request = parseRequest(event);
    const response = await answerChecked(connector, request, { ...ports, log }, redactor);
    if (redactor.isIn(JSON.stringify(response.state))) {
      throw new StateError(
        "The cursor has a secret in it, and Fivetran stores it in plain text. Leave it out, or move a value that isn't secret to the custom payload.",
      );
    }
    return response;
  } catch (error) {
    const clean = cleanError(error, redactor);
    log.error("The request failed", { error: clean });
    throw clean;
  }
}

async function answerChecked(
  connector: Connector,
  request: FivetranRequest,
  ports: AnswerPorts,
  redactor: Redactor,
): Promise<FivetranResponse> {
  const { log, clock, putFile } = ports;
  const { target } = request;
  const limits = { ...defaultLimits, ...ports.limits };
  const batch = new Batch(connector.schema, target ? limits.fileBytes : limits.answerBytes, target !== undefined);
  const context = { ...contextOf(request, ports.startFrom), log, hide: redactor.hide };
  if (request.setupTest) {
    await testConnection(connector, context, clock);
    // Shows that the bucket can be written to, too.
    if (target) await putFile(target.bucket, target.file, batch.fileText());
    log.info("Connection test passed", { agent: request.agent });
    const state = request.state as Readonly<Record<string, Json>>;
    return response(batch, connector, state, false);
  }
  const before = readState(request.state, connector);
  const outcome = await sync(connector, before, { batch, clock, context });
  // The file comes before the answer: state that has moved without it would be rows lost.
  if (target) await putFile(target.bucket, target.file, batch.fileText());
  const { insert: RowsUpserted, delete: RowsDeleted } = batch.counts;
  const Stalls = outcome.state.stalled === undefined ? 0 : 1;
  const counts = { Pages: outcome.pages, Stalls, RowsUpserted, RowsDeleted, AnswerBytes: batch.bytes };
  ports.count?.(counts);
  log.info("Answered", { agent: request.agent, syncId: request.syncId, hasMore: outcome.hasMore, ...counts });
  return response(batch, connector, stateOf(outcome.state, connector), outcome.hasMore);
}

function stateOf(state: State, connector: Connector): Record<string, Json> {
  return writeState(state, connector);
}

function response(
  batch: Batch,
  connector: Connector,
  state: Readonly<Record<string, Json>>,
  hasMore: boolean,
): FivetranResponse {
  const softDelete = batch.softDelete();
  return {
    state,
    ...(batch.asText ? {} : { insert: batch.rows("insert") }),
    ...(batch.asText || batch.counts.delete === 0 ? {} : { delete: batch.rows("delete") }),
    schema: answerSchema(connector.schema),
    ...(softDelete.length > 0 ? { softDelete } : {}),
    hasMore,
  };
}

function contextOf({ secrets, payload }: FivetranRequest, start: string | undefined) {
  const { startFrom = start } = payload;
  if (startFrom !== undefined && typeof startFrom !== "string") {
    throw new ConnectorError(`startFrom of the custom payload is of type ${typeof startFrom}, expected a text.`);
  }
  return { secrets, payload, ...(startFrom ? { startFrom } : {}) };
}

async function testConnection(
  connector: Connector,
  context: Omit<ConnectorContext, "signal" | "remainingMs">,
  clock: Clock,
): Promise<void> {
  const abort = new AbortController();
  const left = () => clock.remainingMs() - 2_000;
  let cancel = (): void => undefined;
  const timeUp = new Promise<never>((_, reject) => {
    cancel = clock.after(Math.max(0, left()), () => {
      const error = new SourceError(
        "The source didn't answer the connection test in time. See whether it is reachable.",
      );
      abort.abort(error);
      reject(error);
    });
  });
  try {
    await Promise.race([connector.test({ ...context, signal: abort.signal, remainingMs: left }), timeUp]);
  } finally {
    cancel();
  }
}

/** The error as it may leave: Lambda writes message, name and stack to the log and hands them to Fivetran. */
function cleanError(error: unknown, redactor: Redactor): Error {
  const known = error instanceof ConnectorError;
  const given = error instanceof Error ? error : new Error(String(error));
  const causes = known ? "" : causesOf(given);
  const message = redactor.text(known ? given.message : `${given.name}: ${given.message}${causes}`);
  const clean = new (known ? ConnectorError : SourceError)(message);
  Object.defineProperty(clean, "name", { value: known ? given.name : "SourceError", enumerable: false });
  clean.stack = redactor.text(`${clean.name}: ${message}\n${stackLines(given)}`);
  return clean;
}

/** `fetch failed` alone says nothing. */
function causesOf({ cause }: Error, depth = 0): string {
  if (!(cause instanceof Error) || depth > 3) return "";
  return ` (${cause.name}: ${cause.message}${causesOf(cause, depth + 1)})`;
}

function stackLines({ stack = "" }: Error): string {
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");
}

import { isObject } from "./defineConnector";
import { RequestError } from "./errors";

/** Fivetran's request, checked. */
export interface FivetranRequest {
  /** `<connector>/<external id>/<schema>`: for people and logs only. */
  readonly agent?: string;
  /** Empty on the first sync. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Keys of the custom payload. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly syncId?: string;
  /** The connection test. */
  readonly setupTest: boolean;
  /** Given with the sync method "through an S3 bucket": where the rows are to be written. */
  readonly target?: { readonly bucket: string; readonly file: string };
}

const KNOWN = new Set(["agent", "state", "secrets", "bucket", "file", "sync_id", "setup_test", "customPayload"]);

/**
 * Reads a request. The custom payload is taken from `customPayload` and from keys that Fivetran doesn't use itself.
 * Values are never part of a message: they may be secrets.
 * @throws RequestError naming the member and what it should be
 */
export function parseRequest(event: unknown): FivetranRequest {
  if (!isObject(event)) throw malformed(`it is ${kind(event)}, expected an object with agent, state and secrets`);
  const { agent, state, secrets, bucket, file, customPayload, sync_id, setup_test } = event;
  if (!isObject(state)) throw malformed(`state is ${kind(state)}, expected an object ({} on the first sync)`);
  const optional = (name: string, value: unknown): string | undefined => {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string" || value === "") throw malformed(`${name} is ${kind(value)}, expected a text`);
    return value;
  };
  if (setup_test !== undefined && setup_test !== null && typeof setup_test !== "boolean") {
    throw malformed(`setup_test is ${kind(setup_test)}, expected true or false`);
  }
  const target = { bucket: optional("bucket", bucket), file: optional("file", file) };
  if ((target.bucket === undefined) !== (target.file === undefined)) {
    const missing = target.bucket === undefined ? "bucket" : "file";
    throw malformed(`${missing} is missing; a sync through an S3 bucket sends bucket and file`);
  }
  const others = Object.entries(event).filter(([key]) => !KNOWN.has(key));
  return {
    agent: optional("agent", agent),
    state,
    secrets: object("secrets", secrets),
    payload: { ...Object.fromEntries(others), ...object("customPayload", customPayload) },
    syncId: optional("sync_id", sync_id),
    setupTest: setup_test === true,
    ...(target.bucket && target.file ? { target: { bucket: target.bucket, file: target.file } } : {}),
  };
}

/** An absent one counts as empty. */
function object(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw malformed(`${name} is ${kind(value)}, expected an object`);
  return value;
}

function malformed(problem: string): RequestError {
  return new RequestError(
    `The request isn't one of Fivetran's AWS Lambda connector: ${problem}. Send it as docs/fivetran-connector.md shows.`,
  );
}

function kind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (value === "") return "an empty text";
  return Array.isArray(value) ? "an array" : `of type ${typeof value}`;
}

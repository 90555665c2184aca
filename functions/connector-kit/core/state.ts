import { isObject } from "./defineConnector";
import { StateError } from "./errors";
import type { Connector, Json } from "./types";

/** Version of the form below. */
const FORM = 1;

/** Where the next request goes on; stored by Fivetran between requests. */
export interface State {
  /** Undefined before the first page. */
  readonly cursor?: Json;
  /** Set while a page that is bigger than an answer is handed over in parts. */
  readonly part?: Part;
  /** Requests in a row that handed nothing over. */
  readonly stalled?: number;
}

export interface Part {
  /** Rows of the page after the cursor that are handed over. */
  readonly done: number;
  /** Of these rows: when the page is read again it has to begin with them. */
  readonly hash: string;
  /** How often it began with others. */
  readonly changed: number;
}

/**
 * Reads the state of a request; an empty one is a first sync.
 * @throws StateError when it is of a later version, or of an earlier one or a foreign form and the connector has no `migrate`
 */
export function readState(stored: Readonly<Record<string, unknown>>, connector: Connector): State {
  if (Object.keys(stored).length === 0) return {};
  const today = connector.version ?? 1;
  const { kit, version, cursor, part, stalled } = stored;
  if (kit === undefined) return { cursor: migrated(connector, stored as Json, 0) };
  if (!isCount(kit, 1) || !isCount(version, 1)) throw broken("kit and version are to be whole numbers from 1");
  if (kit > FORM || version > today) {
    throw new StateError(
      `The state is of version ${kit}.${version}, this connector knows none after ${FORM}.${today}: a newer release wrote it. Deploy that release again, or reset the connection's state in Fivetran to load everything anew.`,
    );
  }
  if (stalled !== undefined && !isCount(stalled, 0)) throw broken("stalled is to be a whole number");
  // A part is of a page in today's form, so a migrated cursor begins its page anew.
  if (version < today) return cursor === undefined ? {} : { cursor: migrated(connector, cursor as Json, version) };
  return { cursor: cursor as Json | undefined, ...(part === undefined ? {} : { part: readPart(part) }), stalled };
}

/** The state as it goes to Fivetran. */
export function writeState({ cursor, part, stalled }: State, connector: Connector): Record<string, Json> {
  return {
    kit: FORM,
    version: connector.version ?? 1,
    ...(cursor === undefined ? {} : { cursor }),
    ...(part === undefined ? {} : { part: { ...part } }),
    ...(stalled ? { stalled } : {}),
  };
}

function migrated(connector: Connector, old: Json, version: number): Json {
  if (connector.migrate === undefined) {
    const what = version === 0 ? "wasn't written by this kit" : `is of version ${version}`;
    throw new StateError(
      `The state ${what}, and the connector has no migrate(). Add one that makes today's cursor of it, or reset the connection's state in Fivetran to load everything anew.`,
    );
  }
  return connector.migrate(old, version);
}

function readPart(part: unknown): Part {
  if (!isObject(part)) throw broken("part is to be an object");
  const { done, hash, changed } = part;
  if (!isCount(done, 1) || typeof hash !== "string" || !isCount(changed, 0)) throw broken("part is incomplete");
  return { done, hash, changed };
}

function isCount(value: unknown, min: number): value is number {
  return Number.isInteger(value) && (value as number) >= min;
}

function broken(problem: string): StateError {
  return new StateError(
    `The state was changed by hand: ${problem}. Put back the last one, or reset it in Fivetran to load everything anew.`,
  );
}

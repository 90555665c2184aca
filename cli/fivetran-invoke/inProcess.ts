import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { answer, type Connector, type ConnectorLog, clockOf } from "../../functions/connector-kit/core";
import { UsageError } from "../shared/commandLine";
import type { Invoke, SyncBucket } from "./play";

/** A connector's file, ready to be called. */
export interface LoadedConnector {
  readonly invoke: Invoke;
  /** Keeps the files of a sync through a bucket in memory; only for connectors that are written with the kit. */
  readonly bucket?: SyncBucket;
}

type Handler = ((event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>) & {
  readonly connector?: Connector;
};

/**
 * Loads a connector's file, which exports `handler`.
 * @param timeoutMs time of one request, as of the function
 * @throws UsageError when the file can't be loaded or has no handler
 */
export async function loadConnector(
  path: string,
  timeoutMs: number,
  log: ConnectorLog,
  startFrom?: string,
): Promise<LoadedConnector> {
  const { handler } = await load(path);
  if (handler === undefined) throw new UsageError(`--connector ${path} exports no handler: export one as handler`);
  const deadline = () => {
    const end = Date.now() + timeoutMs;
    return () => end - Date.now();
  };
  const { connector } = handler;
  if (connector === undefined) {
    return { invoke: (request) => handler(request, { getRemainingTimeInMillis: deadline() }) };
  }
  const files = new Map<string, string>();
  const putFile = async (_bucket: string, file: string, text: string) => {
    files.set(file, text);
  };
  return {
    // As text and back, because that is how it reaches Fivetran.
    invoke: async (request) => {
      const ports = { log, putFile, clock: clockOf(deadline()), startFrom };
      return JSON.parse(JSON.stringify(await answer(connector, JSON.parse(JSON.stringify(request)), ports)));
    },
    bucket: {
      bucket: "in-memory",
      fileOf: (request) => `sync/${request}.json`,
      read: async (file) => {
        const text = files.get(file);
        if (text === undefined) throw new Error(`The connector answered without writing ${file}.`);
        return text;
      },
      remove: async (file) => {
        files.delete(file);
      },
    },
  };
}

async function load(path: string): Promise<{ handler?: Handler }> {
  try {
    const loaded = (await import(pathToFileURL(resolve(path)).href)) as {
      handler?: unknown;
      default?: { handler?: unknown };
    };
    const handler = loaded.handler ?? loaded.default?.handler;
    return typeof handler === "function" ? { handler: handler as Handler } : {};
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    const fix =
      code === "ERR_UNKNOWN_FILE_EXTENSION"
        ? ` Fix: this Node.js reads JavaScript alone; install tsx and set NODE_OPTIONS="--import tsx"`
        : "";
    throw new UsageError(`--connector ${path} can't be loaded: ${message}${fix}`, { cause });
  }
}

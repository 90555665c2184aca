import { collectMessage } from "../../functions/s3-to-dynamodb/collect/collectMessage";
import type { CollectLedger, CollectPorts } from "../../functions/s3-to-dynamodb/collect/ports";
import { newFileEntry } from "../../functions/s3-to-dynamodb/ledger/items";
import type { FileEntry } from "../../functions/s3-to-dynamodb/ledger/types";
import type { LoadMessage, PipelineConfig } from "../../functions/s3-to-dynamodb/shared/contract";
import { noDeadline } from "./loadPorts";

/** A file of the source bucket. */
export interface BenchFile {
  readonly key: string;
  readonly etag: string;
  readonly time: string;
  readonly size: number;
  readonly read: () => AsyncIterable<Buffer>;
}

/** The landing bucket. */
export interface BenchStore {
  put(key: string, body: Buffer): void;
  move(from: string, to: string): void;
}

/**
 * Collects a file in one invocation, as the function does on S3's event; the ledger keeps nothing.
 * @returns what the load queue would be told, and the number of records.
 * @throws Error when the file doesn't land whole.
 */
export async function collectBenchFile(
  config: PipelineConfig,
  file: BenchFile,
  store: BenchStore,
): Promise<{ readonly records: number; readonly messages: readonly LoadMessage[] }> {
  const messages: LoadMessage[] = [];
  const { key, etag, time, size, read } = file;
  const ports: CollectPorts = {
    config,
    log: { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error },
    source: { open: async () => ({ etag, time, size, read, close: () => undefined }) },
    sink: {
      put: async (to, body) => store.put(to, body),
      copy: async (from, to) => store.move(from, to),
      // Moved already.
      discard: async () => undefined,
    },
    sender: {
      sendLoad: async (sent) => void messages.push(...sent),
      sendContinuation: async () => fail("didn't finish"),
    },
    ledger: ledger(),
    newRun: () => "run",
  };
  const object = { key: encodeURIComponent(key), size, eTag: etag, sequencer: "01" };
  const bucket = { name: config.sources[0]?.bucket };
  const event = {
    Records: [{ eventSource: "aws:s3", eventName: "ObjectCreated:Put", eventTime: time, s3: { bucket, object } }],
  };
  const [outcome] = await collectMessage(JSON.stringify(event), ports, noDeadline);
  if (outcome?.state !== "landed" || outcome.quarantined > 0) fail(`came to ${JSON.stringify(outcome)}`);
  return { records: outcome?.read ?? 0, messages };
}

function ledger(): CollectLedger {
  let entry: FileEntry | undefined;
  const update = async (change: object): Promise<FileEntry> => {
    entry = { ...(entry as FileEntry), ...change };
    return entry;
  };
  return {
    getFile: async () => entry,
    getParts: async () => [],
    startFile: async (upload) => update(newFileEntry(upload, upload.time)),
    saveCheckpoint: async (_hold, checkpoint, progress) => update({ ...progress, checkpoint }),
    landed: async (_hold, progress, objects) => update({ ...progress, ...objects, status: "landed" }),
    published: async (_entry, published) => update({ published }),
    completeFile: async () => undefined,
    quarantineFile: async (_hold, reason) => fail(`was quarantined: ${reason}`),
    noteEvent: async (_source, _event, time) => time,
  };
}

function fail(what: string): never {
  throw new Error(`The benchmark's file ${what}.`);
}

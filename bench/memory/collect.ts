import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectMessage } from "../../functions/s3-to-dynamodb/collect/collectMessage";
import type { CollectLedger, CollectPorts } from "../../functions/s3-to-dynamodb/collect/ports";
import { newFileEntry } from "../../functions/s3-to-dynamodb/ledger/items";
import type { FileEntry } from "../../functions/s3-to-dynamodb/ledger/types";
import type { LoadMessage, UploadRecord } from "../../functions/s3-to-dynamodb/shared/contract";
import { report, requests } from "./child";
import { config, csv, source } from "./rows";

/** Collects the generated table in one invocation; the parts go into files, the load messages to the parent. */
async function collect(bytes: number, folder: string): Promise<void> {
  const messages: LoadMessage[] = [];
  const facts = { etag: "generated", time: "2026-01-01T00:00:00.000Z", size: bytes };
  const ports: CollectPorts = {
    config,
    log: { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error },
    source: {
      open: async () => ({
        ...facts,
        async *read() {
          yield* csv(bytes);
        },
        close: () => undefined,
      }),
    },
    sink: {
      put: async (key, body) => writeFileSync(join(folder, encodeURIComponent(key)), body),
      remove: async () => fail("removed a part"),
    },
    sender: {
      sendLoad: async (sent) => void messages.push(...sent),
      sendContinuation: async () => fail("didn't finish"),
    },
    ledger: ledger(),
  };
  const event = {
    Records: [
      {
        eventSource: "aws:s3",
        eventName: "ObjectCreated:Put",
        eventTime: facts.time,
        s3: {
          bucket: { name: source.bucket },
          object: { key: "generated.csv", size: bytes, eTag: facts.etag, sequencer: "01" },
        },
      },
    ],
  };
  const [outcome] = await collectMessage(JSON.stringify(event), ports, { near: () => false, over: () => false });
  if (outcome?.state !== "landed" || outcome.quarantined > 0) fail(`came to ${JSON.stringify(outcome)}`);
  report({ records: outcome?.read ?? 0, messages });
}

function ledger(): CollectLedger {
  let entry: FileEntry | undefined;
  const update = async (_source: string, _id: string, change: object) => {
    entry = { ...(entry as FileEntry), ...change };
  };
  return {
    getFile: async () => entry,
    getParts: async () => [],
    startFile: async (upload: UploadRecord) => {
      entry ??= newFileEntry(upload, {}, upload.time);
      return { entry, created: true };
    },
    saveCheckpoint: async (name, id, checkpoint, progress) => update(name, id, { ...progress, checkpoint }),
    landed: async (name, id, progress) => update(name, id, { ...progress, status: "landed" }),
    quarantineFile: async (_name, _id, reason) => fail(`was quarantined: ${reason}`),
  };
}

function fail(what: string): never {
  throw new Error(`The generated table ${what}.`);
}

requests(({ bytes, folder }) => collect(bytes, folder));

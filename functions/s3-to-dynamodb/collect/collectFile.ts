import { FileRefused } from "../../shared/text/cut";
import { createReader } from "../../shared/text/text";
import { type CollectProgress, type DetectedFormat, type FileEntry, uploadOf } from "../ledger/ledger";
import type { SourceConfig } from "../shared/contract";
import type { Deadline } from "../shared/deadline";
import { META, quarantinedRecord, quarantineKey } from "../shared/upload";
import { type Checkpoint, parseCheckpoint } from "./checkpoint";
import { Lander } from "./lander";
import { openObject } from "./members";
import { type CollectPorts, ObjectGone, type SourceObject } from "./ports";

/** What an invocation did with a file. Counts are of this invocation. */
export interface Collected {
  readonly state: "landed" | "continued" | "quarantined";
  readonly reason?: string;
  readonly read: number;
  readonly quarantined: number;
  /** The ledger's, as it is then. */
  readonly entry: FileEntry;
}

/**
 * Reads an object from its start or its checkpoint and stages its records. A file that can't be taken is quarantined
 * whole, and what was staged of it never shows.
 * @throws Overtaken when another invocation has gone on with it
 */
export async function collectFile(
  opened: FileEntry,
  source: SourceConfig,
  object: SourceObject,
  ports: CollectPorts,
  deadline: Deadline,
): Promise<Collected> {
  const { ledger, sender } = ports;
  const run = ports.newRun();
  const from = parseCheckpoint(opened.checkpoint);
  let [entry, saved] = [opened, from];
  const save = async (checkpoint: Checkpoint): Promise<boolean> => {
    entry = await ledger.saveCheckpoint({ ...entry, run }, JSON.stringify(checkpoint), facts(checkpoint));
    saved = checkpoint;
    return !deadline.near();
  };
  const since = (end: Checkpoint) => ({
    read: end.record - from.record,
    quarantined: end.quarantined - from.quarantined,
  });
  try {
    const done = await read(entry, run, source, object, from, ports, deadline, save);
    if (done !== undefined) {
      const objects = { partRecords: done.parts.join(","), staged: JSON.stringify(done.staged) };
      entry = await ledger.landed({ ...entry, run }, facts(done), objects);
      return { state: "landed", ...since(done), entry };
    }
    if (saved === from) {
      throw new Error(
        `Not one part of s3://${entry.bucket}/${entry.objectKey} could be read within an invocation. ` +
          "Raise the collect function's timeout or memory, or lower limits.partBytes.",
      );
    }
    await sender.sendContinuation({ upload: uploadOf(entry), attempt: entry.attempt });
    return { state: "continued", ...since(saved), entry };
  } catch (error) {
    if (!(error instanceof FileRefused || error instanceof ObjectGone)) throw error;
    entry = await quarantineFile(entry, run, error.message, ports);
    return { state: "quarantined", reason: error.message, read: 0, quarantined: 0, entry };
  } finally {
    object.close();
  }
}

/** Enters into the ledger that the file isn't taken. Nothing of it has been seen, so nothing is to be removed. */
export function quarantineFile(
  entry: FileEntry,
  run: string,
  reason: string,
  { ledger }: Pick<CollectPorts, "ledger">,
): Promise<FileEntry> {
  const saved = parseCheckpoint(entry.checkpoint);
  const nothing = { parts: 0, read: 0, landed: 0, collectQuarantined: 0 };
  const before = entry.attempt === 1 ? "" : "; what an earlier attempt has loaded stays in the table";
  return ledger.quarantineFile({ ...entry, run }, reason + before, { ...facts(saved), ...nothing });
}

/** Stores why the ledger has the file as quarantined. */
export async function tellWhy(entry: FileEntry, { sink }: Pick<CollectPorts, "sink">): Promise<void> {
  const upload = uploadOf(entry);
  const line = `${JSON.stringify(quarantinedRecord(upload, { record: 0, reason: entry.reason ?? "" }))}\n`;
  const key = quarantineKey({ upload, attempt: entry.attempt }, "file");
  await sink.put(key, Buffer.from(line), "application/x-ndjson");
}

/** @returns the end of the file, or nothing when the time is up before. */
async function read(
  entry: FileEntry,
  run: string,
  source: SourceConfig,
  object: SourceObject,
  from: Checkpoint,
  ports: CollectPorts,
  deadline: Deadline,
  save: (checkpoint: Checkpoint) => Promise<boolean>,
): Promise<Checkpoint | undefined> {
  const { limits } = ports.config;
  const opened = await openObject(object, entry.objectKey, source, limits, from);
  const of = { upload: uploadOf(entry), attempt: entry.attempt, run };
  const lander = new Lander(of, limits, ports.sink, { ...from, compression: opened.compression }, save);
  const rules = { maxRecordBytes: limits.maxRecordBytes, reserved: META, required: source.keyFields };
  try {
    for await (const { text, resumed, ...place } of opened.members()) {
      lander.openMember(place, resumed);
      const start = resumed ? from : { offset: 0, line: 1 };
      const reader = createReader(place.dialect, start, rules);
      for await (const chunk of text) {
        if (!(await lander.take(reader.push(chunk), reader.header)) || deadline.over()) return undefined;
      }
      if (!(await lander.take(reader.end(), reader.header))) return undefined;
    }
    return await lander.finish();
  } finally {
    lander.discard();
  }
}

/** What goes to the ledger. */
function facts(checkpoint: Checkpoint): CollectProgress & DetectedFormat {
  return {
    parts: checkpoint.parts.length,
    read: checkpoint.record,
    landed: checkpoint.landed,
    collectQuarantined: checkpoint.quarantined,
    members: checkpoint.members,
    compression: checkpoint.compression,
    format: checkpoint.formats.join(",") || undefined,
    delimiter: checkpoint.delimiters.join(",") || undefined,
    encoding: checkpoint.encodings.join(",") || undefined,
  };
}

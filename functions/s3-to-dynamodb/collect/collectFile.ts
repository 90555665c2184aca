import { FileRefused } from "../../shared/text/cut";
import { createReader } from "../../shared/text/text";
import type { CollectProgress, DetectedFormat, FileEntry } from "../ledger/ledger";
import type { SourceConfig, UploadRecord } from "../shared/contract";
import { META } from "../shared/landingMeta";
import { type Checkpoint, parseCheckpoint } from "./checkpoint";
import type { CollectDeadline } from "./deadline";
import { Lander, quarantineLine } from "./lander";
import { landingKey, quarantineKey } from "./landingKey";
import { openObject } from "./members";
import { type CollectPorts, ObjectGone, type SourceObject } from "./ports";

/** What an invocation did with a file. Counts are of this invocation. */
export interface Collected {
  readonly state: "landed" | "continued" | "quarantined";
  readonly reason?: string;
  readonly read: number;
  readonly quarantined: number;
  /** Lines of each part, when landed. */
  readonly parts: readonly number[];
}

/**
 * Reads an object from its start or its checkpoint and lands its records. A file that can't be taken is quarantined
 * whole, and what had landed of it is removed.
 */
export async function collectFile(
  upload: UploadRecord,
  source: SourceConfig,
  object: SourceObject,
  entry: FileEntry,
  ports: CollectPorts,
  deadline: CollectDeadline,
): Promise<Collected> {
  const from = parseCheckpoint(entry.checkpoint);
  let saved = from;
  const save = async (checkpoint: Checkpoint): Promise<boolean> => {
    await ports.ledger.saveCheckpoint(upload.source, upload.uploadId, JSON.stringify(checkpoint), facts(checkpoint));
    saved = checkpoint;
    return !deadline.near();
  };
  const since = (end: Checkpoint) => ({
    read: end.record - from.record,
    quarantined: end.quarantined - from.quarantined,
    parts: end.parts,
  });
  try {
    const done = await read(upload, source, object, from, ports, deadline, save);
    if (done !== undefined) {
      await ports.ledger.landed(upload.source, upload.uploadId, facts(done));
      return { state: "landed", ...since(done) };
    }
    if (saved === from) {
      throw new Error(
        `Not one part of s3://${upload.bucket}/${upload.key} could be read within an invocation. ` +
          "Raise the collect function's timeout or memory, or lower limits.partBytes.",
      );
    }
    await ports.sender.sendContinuation(upload);
    return { state: "continued", ...since(saved) };
  } catch (error) {
    if (!(error instanceof FileRefused || error instanceof ObjectGone)) throw error;
    await quarantineFile(upload, saved, error.message, ports);
    return { state: "quarantined", reason: error.message, read: 0, quarantined: 0, parts: [] };
  } finally {
    object.close();
  }
}

/** Tells why the file isn't taken, removes what had landed of it, and enters it into the ledger. */
export async function quarantineFile(
  upload: UploadRecord,
  saved: Checkpoint,
  reason: string,
  { sink, ledger }: Pick<CollectPorts, "sink" | "ledger">,
): Promise<void> {
  const line = quarantineLine(upload, { record: 0, reason });
  await sink.put(quarantineKey(upload, "file"), Buffer.from(line), "application/x-ndjson");
  for (const index of saved.parts.keys()) await sink.remove(landingKey(upload, index + 1));
  for (let number = 1; number <= saved.quarantineFiles; number++) await sink.remove(quarantineKey(upload, number));
  const nothing: CollectProgress = {
    parts: 0,
    read: 0,
    landed: 0,
    collectQuarantined: 0,
    members: saved.members,
    partRecords: "",
  };
  await ledger.quarantineFile(upload.source, upload.uploadId, reason, { ...facts(saved), ...nothing });
}

/** @returns the end of the file, or nothing when the time is up before. */
async function read(
  upload: UploadRecord,
  source: SourceConfig,
  object: SourceObject,
  from: Checkpoint,
  ports: CollectPorts,
  deadline: CollectDeadline,
  save: (checkpoint: Checkpoint) => Promise<boolean>,
): Promise<Checkpoint | undefined> {
  const { limits } = ports.config;
  const opened = await openObject(object, upload.key, source, limits, from);
  const lander = new Lander(upload, limits, ports.sink, { ...from, compression: opened.compression }, save);
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

/** What the ledger is told. */
function facts(checkpoint: Checkpoint): CollectProgress & DetectedFormat {
  return {
    parts: checkpoint.parts.length,
    partRecords: checkpoint.parts.join(","),
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

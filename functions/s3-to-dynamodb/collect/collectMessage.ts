import type { FileEntry } from "../ledger/ledger";
import { findSource, sourceByName } from "../shared/config";
import type { LoadMessage, SourceConfig, UploadRecord } from "../shared/contract";
import { BEGINNING, parseCheckpoint } from "./checkpoint";
import { type Collected, collectFile, quarantineFile } from "./collectFile";
import type { CollectDeadline } from "./deadline";
import { type ObjectEvent, parseCollectMessage } from "./events";
import { landingKey } from "./landingKey";
import { type CollectPorts, ObjectGone, type SourceObject } from "./ports";
import { uploadRecord } from "./upload";

/** What became of one object of a message. Counts are of this invocation. */
export interface Outcome {
  readonly state: Collected["state"] | "unmatched" | "known";
  readonly bucket: string;
  readonly key: string;
  readonly uploadId?: string;
  readonly reason?: string;
  readonly read: number;
  readonly quarantined: number;
  /** Load messages sent. */
  readonly sent: number;
}

/** Deals with one message of the collect queue. Nothing is lost when it comes again. @throws what may pass. */
export async function collectMessage(body: string, ports: CollectPorts, deadline: CollectDeadline): Promise<Outcome[]> {
  const { objects, continued, ignored } = parseCollectMessage(body);
  if (ignored > 0) ports.log.info("Events that aren't about new objects", { ignored });
  if (continued !== undefined) return [await continueUpload(continued, ports, deadline)];
  const outcomes: Outcome[] = [];
  for (const event of objects) outcomes.push(await collectObject(event, ports, deadline));
  return outcomes;
}

async function collectObject(event: ObjectEvent, ports: CollectPorts, deadline: CollectDeadline): Promise<Outcome> {
  const { bucket, key } = event;
  const source = findSource(ports.config, bucket, key);
  if (source === undefined) return { state: "unmatched", bucket, key, read: 0, quarantined: 0, sent: 0 };
  const named = { source: source.name, bucket, key, sequencer: event.sequencer };
  let object: SourceObject;
  try {
    object = await ports.source.open(event);
  } catch (error) {
    if (!(error instanceof ObjectGone)) throw error;
    // Only the event knows what it was.
    const { versionId, time, size } = event;
    return refuse(
      uploadRecord({ ...named, versionId, etag: event.etag || "unknown", time, size }),
      error.message,
      ports,
    );
  }
  const { versionId, etag, time, size } = object;
  const upload = uploadRecord({ ...named, versionId, etag, time, size });
  const { entry } = await ports.ledger.startFile(upload);
  return proceed(upload, source, object, entry, ports, deadline);
}

async function continueUpload(upload: UploadRecord, ports: CollectPorts, deadline: CollectDeadline): Promise<Outcome> {
  const source = sourceByName(ports.config, upload.source);
  const { entry } = await ports.ledger.startFile(upload);
  if (entry.status !== "collecting") return announceAgain(upload, source, entry, ports);
  try {
    const object = await ports.source.open(upload);
    if (object.etag === upload.etag) return await proceed(upload, source, object, entry, ports, deadline);
    object.close();
  } catch (error) {
    if (!(error instanceof ObjectGone)) throw error;
    return refuse(upload, error.message, ports);
  }
  return refuse(upload, "overwritten while it was being collected; the newer object comes with its own event", ports);
}

async function proceed(
  upload: UploadRecord,
  source: SourceConfig,
  object: SourceObject,
  entry: FileEntry,
  ports: CollectPorts,
  deadline: CollectDeadline,
): Promise<Outcome> {
  if (entry.status !== "collecting") {
    object.close();
    return announceAgain(upload, source, entry, ports);
  }
  let result: Collected;
  try {
    result = await collectFile(upload, source, object, entry, ports, deadline);
  } catch (error) {
    const overtaken = await overtakenBy(error, upload, ports);
    if (overtaken === undefined) throw error;
    return announceAgain(upload, source, overtaken, ports);
  }
  const { parts, ...collected } = result;
  const messages = collected.state === "landed" ? loadMessages(upload, parts) : [];
  await ports.sender.sendLoad(messages);
  return { ...about(upload), ...collected, sent: messages.length };
}

/**
 * The entry of an upload that another invocation has finished meanwhile: the same event came twice and at once. Both
 * have written the same objects, and the ledger takes the first one's word.
 */
async function overtakenBy(
  error: unknown,
  upload: UploadRecord,
  { ledger }: CollectPorts,
): Promise<FileEntry | undefined> {
  if (!(error instanceof Error && error.name === "ConditionalCheckFailedException")) return undefined;
  const entry = await ledger.getFile(upload.source, upload.uploadId);
  return entry?.status === "collecting" ? undefined : entry;
}

/** Collected before. What isn't in the table yet is announced once more, in case a message was lost. */
async function announceAgain(
  upload: UploadRecord,
  source: SourceConfig,
  entry: FileEntry,
  { ledger, sender, log }: CollectPorts,
): Promise<Outcome> {
  let messages: readonly LoadMessage[] = [];
  if (entry.status === "landed") {
    const loaded = new Set((await ledger.getParts(source.name, upload.uploadId)).map(({ part }) => part));
    const lines = (entry.partRecords ?? "")
      .split(",")
      .filter((each) => each !== "")
      .map(Number);
    messages = loadMessages(upload, lines).filter(({ part }) => !loaded.has(part));
    await sender.sendLoad(messages);
  }
  log.info("Collected before", { ...about(upload), status: entry.status, announcedAgain: messages.length });
  return { state: "known", ...about(upload), read: 0, quarantined: 0, sent: messages.length };
}

/** An object that is gone is told in the ledger and the quarantine; trying again wouldn't bring it back. */
async function refuse(upload: UploadRecord, reason: string, ports: CollectPorts): Promise<Outcome> {
  const { entry } = await ports.ledger.startFile(upload);
  const nothing = { ...about(upload), read: 0, quarantined: 0, sent: 0 };
  if (entry.status !== "collecting") return { state: "known", ...nothing };
  const saved = entry.checkpoint === undefined ? BEGINNING : parseCheckpoint(entry.checkpoint);
  await quarantineFile(upload, saved, reason, ports);
  return { state: "quarantined", reason, ...nothing };
}

function loadMessages(upload: UploadRecord, parts: readonly number[]): LoadMessage[] {
  return parts.map((records, index) => ({
    upload,
    part: index + 1,
    landingKey: landingKey(upload, index + 1),
    records,
  }));
}

function about({ bucket, key, uploadId }: UploadRecord): Pick<Outcome, "bucket" | "key" | "uploadId"> {
  return { bucket, key, uploadId };
}

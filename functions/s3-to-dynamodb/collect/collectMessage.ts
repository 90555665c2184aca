import { allOf } from "../../shared/retry";
import { type FileEntry, Overtaken, uploadOf } from "../ledger/ledger";
import { findSource, sourceByName } from "../shared/config";
import type { SourceConfig } from "../shared/contract";
import type { Deadline } from "../shared/deadline";
import { type Attempt, shortHash, uploadRecord } from "../shared/upload";
import { type Collected, collectFile, quarantineFile, tellWhy } from "./collectFile";
import { type ObjectEvent, parseCollectMessage } from "./events";
import { type CollectPorts, ObjectGone, type SourceObject } from "./ports";
import { loadMessages, publish } from "./publish";

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

/**
 * Deals with one message of the collect queue. Nothing is lost when it comes again.
 * @param told each object's outcome as soon as there is one, also where another object fails
 * @throws what may pass; an AggregateError where several objects fail
 */
export async function collectMessage(
  body: string,
  ports: CollectPorts,
  deadline: Deadline,
  told: (outcome: Outcome) => void = () => undefined,
): Promise<Outcome[]> {
  const { objects, continued, ignored } = parseCollectMessage(body);
  if (ignored > 0) ports.log.info("Events that aren't about new objects", { ignored });
  const work = [
    ...(continued === undefined ? [] : [() => continueUpload(continued, ports, deadline)]),
    ...objects.map((event) => () => collectObject(event, ports, deadline)),
  ];
  const outcomes: Outcome[] = [];
  const errors: unknown[] = [];
  for (const one of work) {
    try {
      const outcome = await one();
      told(outcome);
      outcomes.push(outcome);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw allOf(errors);
  return outcomes;
}

const OVERWRITTEN = "overwritten before it could be read; keep versions in the bucket if every upload counts";

async function collectObject(event: ObjectEvent, ports: CollectPorts, deadline: Deadline): Promise<Outcome> {
  const { bucket, key } = event;
  const source = findSource(ports.config, bucket, key);
  if (source === undefined) return { state: "unmatched", bucket, key, read: 0, quarantined: 0, sent: 0 };
  let object: SourceObject;
  try {
    object = await ports.source.open(event);
  } catch (error) {
    if (!(error instanceof ObjectGone)) throw error;
    return gone(event, source.name, error.message, ports, deadline);
  }
  if (event.versionId === undefined && event.etag !== "" && event.etag !== object.etag) {
    object.close();
    return gone(event, source.name, OVERWRITTEN, ports, deadline);
  }
  const { versionId, etag, time, size } = object;
  const upload = uploadRecord({
    source: source.name,
    bucket,
    key,
    sequencer: event.sequencer,
    versionId,
    etag,
    time,
    size,
  });
  if (versionId === undefined && (await ports.ledger.noteEvent(source.name, eventId(event), time)) !== time) {
    // The event came before; the same bytes have been written again since, with an event of their own.
    object.close();
    return gone(event, source.name, OVERWRITTEN, ports, deadline);
  }
  return proceed(await ports.ledger.startFile(upload), source, object, ports, deadline);
}

/**
 * There is nothing to read any more. Where the event came before, its upload may have been collected all the same;
 * without a version only the ledger can tell which one it was.
 */
async function gone(
  event: ObjectEvent,
  source: string,
  reason: string,
  ports: CollectPorts,
  deadline: Deadline,
): Promise<Outcome> {
  const { bucket, key, versionId, sequencer, size } = event;
  const time = versionId === undefined ? await ports.ledger.noteEvent(source, eventId(event), event.time) : event.time;
  const etag = event.etag || "unknown";
  const upload = uploadRecord({ source, bucket, key, versionId, sequencer, size, etag, time });
  return refuse(await ports.ledger.startFile(upload), reason, ports, deadline);
}

/** The same event delivered again has the same id; another one of the same bytes hasn't. */
function eventId({ bucket, key, etag, sequencer }: ObjectEvent): string {
  return shortHash([bucket, key, etag, sequencer]);
}

async function continueUpload({ upload, attempt }: Attempt, ports: CollectPorts, deadline: Deadline): Promise<Outcome> {
  const source = sourceByName(ports.config, upload.source);
  const entry = await ports.ledger.startFile(upload);
  if (entry.attempt !== attempt) return known(entry, "replayed by force meanwhile", ports);
  if (entry.status !== "collecting") return settle(entry, ports, deadline);
  let object: SourceObject;
  try {
    object = await ports.source.open(upload);
  } catch (error) {
    if (!(error instanceof ObjectGone)) throw error;
    return refuse(entry, error.message, ports, deadline);
  }
  if (object.etag === upload.etag) return proceed(entry, source, object, ports, deadline);
  object.close();
  const reason = "overwritten while it was being collected; the newer object comes with its own event";
  return refuse(entry, reason, ports, deadline);
}

async function proceed(
  entry: FileEntry,
  source: SourceConfig,
  object: SourceObject,
  ports: CollectPorts,
  deadline: Deadline,
): Promise<Outcome> {
  if (entry.status !== "collecting") {
    object.close();
    return settle(entry, ports, deadline);
  }
  return unlessOvertaken(entry, ports, deadline, async () => {
    const { entry: now, ...collected } = await collectFile(entry, source, object, ports, deadline);
    const { sent } = now.status === "collecting" ? { sent: 0 } : await settle(now, ports, deadline);
    return { ...about(now), ...collected, sent };
  });
}

async function refuse(entry: FileEntry, reason: string, ports: CollectPorts, deadline: Deadline): Promise<Outcome> {
  if (entry.status !== "collecting") return settle(entry, ports, deadline);
  return unlessOvertaken(entry, ports, deadline, async () => {
    await settle(await quarantineFile(entry, ports.newRun(), reason, ports), ports, deadline);
    return { ...about(entry), state: "quarantined", reason, read: 0, quarantined: 0, sent: 0 };
  });
}

/** The same event came twice and at once: what the ledger has is the one's word, and the other follows it. */
async function unlessOvertaken(
  { attempt }: FileEntry,
  ports: CollectPorts,
  deadline: Deadline,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Overtaken) || error.entry === undefined) throw error;
    const { entry } = error;
    if (entry.status !== "collecting") return settle(entry, ports, deadline);
    // Whoever goes on with it has a message of its own, which comes again if that invocation fails. Not so a replay.
    if (entry.attempt !== attempt) {
      await ports.sender.sendContinuation({ upload: uploadOf(entry), attempt: entry.attempt });
    }
    return known(entry, "another invocation goes on with it", ports);
  }
}

/**
 * Brings to its end what the ledger has decided, from wherever an invocation before may have stopped: what landed is
 * published and announced, as far as it isn't in the table yet; why a file is refused is reported.
 */
async function settle(entry: FileEntry, ports: CollectPorts, deadline: Deadline): Promise<Outcome> {
  if (entry.status === "quarantined") await tellWhy(entry, ports);
  if (entry.status !== "landed") return known(entry, entry.status, ports);
  if (!(await publish(entry, ports, deadline))) {
    await ports.sender.sendContinuation({ upload: uploadOf(entry), attempt: entry.attempt });
    return known(entry, "not all of it is published yet", ports);
  }
  const loaded = new Set(entry.loadedParts === 0 ? [] : (await ports.ledger.getParts(entry)).map(({ part }) => part));
  const messages = loadMessages(entry).filter(({ part }) => !loaded.has(part));
  await ports.sender.sendLoad(messages);
  if (messages.length === 0) await ports.ledger.completeFile(entry);
  return known(entry, entry.status, ports, messages.length);
}

function known(entry: FileEntry, reason: string, { log }: CollectPorts, sent = 0): Outcome {
  log.debug("Known to the ledger", { ...about(entry), reason, sent });
  return { ...about(entry), state: "known", reason, read: 0, quarantined: 0, sent };
}

function about({ bucket, objectKey, uploadId }: FileEntry): Pick<Outcome, "bucket" | "key" | "uploadId"> {
  return { bucket, key: objectKey, uploadId };
}

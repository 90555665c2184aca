import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Log } from "../../shared/log";
import { LineCutter } from "../../shared/text/lines";
import type { Ledger } from "../ledger/ledger";
import { sourceByName } from "../shared/config";
import type { LoadMessage, PartCounts, PipelineConfig } from "../shared/contract";
import type { Deadline } from "../shared/deadline";
import { uploadOrder } from "../shared/upload";
import { ItemMaker, type ItemText } from "./marshal/item";
import { RecordError } from "./marshal/json";
import { Quarantine } from "./quarantine";
import { BatchWriter, type BatchWriterOptions } from "./write/batchWriter";
import type { TableWriter } from "./write/tableWriter";

/** What loading a part needs of the world. */
export interface LoadPorts {
  readonly config: PipelineConfig;
  readonly ledger: Pick<Ledger, "getFile" | "getPart" | "finishPart" | "completeFile" | "raiseWatermark">;
  readonly table: Pick<TableWriter, "putBatch" | "putUnlessNewer">;
  readonly openPart: (key: string) => Promise<Readable>;
  readonly saveQuarantine: (key: string, body: string) => Promise<void>;
  readonly sendContinuation: (message: LoadMessage) => Promise<void>;
  readonly log: Pick<Log, "info" | "warn">;
  readonly backoff?: BatchWriterOptions["backoff"];
}

/** What an invocation has done with a part; counts of this invocation alone. */
export interface LoadOutcome extends PartCounts {
  readonly state: "finished" | "continued" | "alreadyLoaded" | "superseded";
  readonly throttles: number;
}

const NOTHING = { loaded: 0, quarantined: 0, throttles: 0 };

/** Requests with a single item each, of an upload that comes late: as many as keep a connection each. */
const SINGLES_IN_FLIGHT = 64;

/**
 * Writes one landing part to the table.
 * @throws Error when nothing could be written until the deadline, or when the part isn't what the message says.
 */
export async function loadPart(message: LoadMessage, ports: LoadPorts, deadline: Deadline): Promise<LoadOutcome> {
  const { upload, attempt, part } = message;
  const source = sourceByName(ports.config, upload.source);
  const file = await ports.ledger.getFile(upload.source, upload.uploadId);
  if (file === undefined) {
    throw new Error(
      `The ledger has no entry of upload ${upload.uploadId} of source ${upload.source}, so part ${part} can't be counted. ` +
        "Replay the object to collect it anew.",
    );
  }
  if (file.attempt !== attempt) return { state: "superseded", ...NOTHING };
  if ((await ports.ledger.getPart(file, part)) !== undefined) {
    await ports.ledger.completeFile(file);
    return { state: "alreadyLoaded", ...NOTHING };
  }
  const order = uploadOrder(upload, part);
  const newest = source.keyFields.length === 0 || (await ports.ledger.raiseWatermark(source.name, order));
  const quarantine = new Quarantine(message, ports.saveQuarantine);
  const maker = new ItemMaker(source, upload, order);
  let throttles = 0;
  const writer = new BatchWriter({
    send: newest ? (entries) => ports.table.putBatch(entries) : (entries) => ports.table.putUnlessNewer(entries, order),
    ...(newest ? {} : { batchItems: 1, inFlight: SINGLES_IN_FLIGHT }),
    deadline,
    onThrottle: () => {
      throttles += 1;
    },
    onRefused: ({ entry, reason }) => quarantine.add(entry.line, maker.recordOf(entry.raw), reason, entry.raw),
    backoff: ports.backoff,
  });
  const skip = message.skip ?? 0;
  const read = await readPart(message, ports, deadline, maker, writer, quarantine);
  const end = Math.min(read.next, writer.unfinished ?? read.next);
  if (read.next > message.records || (read.whole && read.next < message.records)) {
    throw new Error(
      `${message.landingKey} has ${read.next} lines, the message says ${message.records}. Replay the object with --force.`,
    );
  }
  if (end === skip && end < message.records) {
    throw new Error(
      `Nothing of part ${part} of upload ${upload.uploadId} after line ${skip} could be written in time (${throttles} throttles). ` +
        "It is tried again; raise the table's capacity or the function's timeout if it stays so.",
    );
  }
  const quarantined = await quarantine.store(end);
  const counts = { loaded: end - skip - quarantined, quarantined };
  const soFar = add(message.soFar ?? { loaded: 0, quarantined: 0 }, counts);
  if (end < message.records) {
    await ports.sendContinuation({ ...message, skip: end, soFar });
    return { state: "continued", ...counts, throttles };
  }
  const counted = await ports.ledger.finishPart(message, soFar);
  return counted ? { state: "finished", ...counts, throttles } : { state: "superseded", ...NOTHING, throttles };
}

/** Reads lines until the part's end or the deadline. `next` is the first line that wasn't taken. */
async function readPart(
  message: LoadMessage,
  ports: LoadPorts,
  deadline: Deadline,
  maker: ItemMaker,
  writer: BatchWriter,
  quarantine: Quarantine,
): Promise<{ readonly next: number; readonly whole: boolean }> {
  const skip = message.skip ?? 0;
  let line = 0;
  try {
    for await (const lines of gunzipLines(await ports.openPart(message.landingKey))) {
      for (const raw of lines) {
        const number = line;
        line += 1;
        if (number < skip) continue;
        const item = tryMake(maker, raw);
        if (item instanceof RecordError) {
          quarantine.add(number, maker.recordOf(raw), item.message, raw);
        } else {
          const written = writer.add({ line: number, sk: item.sk, text: item.text, raw });
          if (written !== undefined) await written;
        }
      }
      if (quarantine.full) {
        await writer.drain();
        if (writer.unfinished === undefined) await quarantine.store();
      }
      if (line > skip && (deadline.near() || writer.unfinished !== undefined)) {
        await writer.drain();
        return { next: line, whole: false };
      }
    }
    await writer.drain();
    return { next: line, whole: true };
  } finally {
    await writer.settle();
  }
}

function tryMake(maker: ItemMaker, line: string): ItemText | RecordError {
  try {
    return maker.make(line);
  } catch (error) {
    if (error instanceof RecordError) return error;
    throw error;
  }
}

function add(a: PartCounts, b: PartCounts): PartCounts {
  return { loaded: a.loaded + b.loaded, quarantined: a.quarantined + b.quarantined };
}

/** Longer than any landing line: a record is bounded, and so are the header's names that it repeats. */
const MAX_LINE_BYTES = 512 * 1024 * 1024;

/**
 * The lines of a gzipped text, as they come in: one array per unpacked chunk, so that a part costs some hundred awaits
 * instead of one for each line.
 * @throws the stream's error, or zlib's when the part is cut off.
 */
export async function* gunzipLines(packed: Readable): AsyncGenerator<string[]> {
  const unpacked = createGunzip({ chunkSize: 128 * 1024 });
  packed.on("error", (error) => unpacked.destroy(error));
  packed.pipe(unpacked);
  const cutter = new LineCutter(MAX_LINE_BYTES);
  try {
    for await (const chunk of unpacked) {
      for (const { text } of cutter.pushMany(chunk as Buffer)) yield text.split("\n");
    }
    for (const { text } of cutter.endMany()) yield [text];
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

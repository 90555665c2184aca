import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { LoadMessage, PartCounts, UploadRecord } from "../shared/contract";
import {
  eventKey,
  fileItem,
  fileKey,
  newFileEntry,
  type Plain,
  partKey,
  partPrefix,
  readFileItem,
  readPartItem,
  toItem,
  uploadOf,
  watermarkKey,
} from "./items";
import { LedgerTable, MAX_BATCH_GET } from "./table";
import {
  type CollectProgress,
  type DetectedFormat,
  type FileEntry,
  type Hold,
  Overtaken,
  type PartEntry,
} from "./types";

export { uploadOf } from "./items";
export {
  type CollectProgress,
  type DetectedFormat,
  type FileEntry,
  type FileStatus,
  type Hold,
  Overtaken,
  type PartEntry,
  type StagedRun,
} from "./types";

const DAY_MS = 86_400_000;

/** What `getFiles` reads of an entry: all but what may be long. */
const SUMMARY = Object.keys(
  newFileEntry({ source: "", bucket: "", key: "", etag: "", time: "", size: 0, sequencer: "", uploadId: "" }, ""),
).concat("reason");

export interface LedgerOptions {
  /** ISO 8601. @default the clock */
  readonly now?: () => string;
  /** Days after which an entry that nothing was heard of any more expires. @default what is written doesn't change when */
  readonly days?: number;
  /** Waits before a write that met another is tried again. @default a random, growing while */
  readonly pause?: (attempt: number) => Promise<void>;
}

/**
 * One entry per upload with counts, one per part that is in the table, one per event of a bucket without versions, and
 * a watermark per keyed source.
 */
export class Ledger {
  private readonly items: LedgerTable;
  private readonly now: () => string;

  constructor(
    client: DynamoDBClient,
    table: string,
    private readonly options: LedgerOptions = {},
  ) {
    this.items = new LedgerTable(client, table, options.pause);
    this.now = options.now ?? (() => new Date().toISOString());
  }

  async getFile(source: string, uploadId: string): Promise<FileEntry | undefined> {
    const item = await this.items.get(fileKey({ source, uploadId }));
    return item && readFileItem(item);
  }

  /** Entries by upload id, without their checkpoints and lists of parts. */
  async getFiles(source: string, uploadIds: readonly string[]): Promise<Map<string, FileEntry>> {
    const entries = new Map<string, FileEntry>();
    for (let start = 0; start < uploadIds.length; start += MAX_BATCH_GET) {
      const keys = uploadIds.slice(start, start + MAX_BATCH_GET).map((uploadId) => fileKey({ source, uploadId }));
      for (const entry of (await this.items.getMany(keys, SUMMARY)).map(readFileItem))
        entries.set(entry.uploadId, entry);
    }
    return entries;
  }

  /** Opens the upload's entry; where there is one already it is left as it is and returned. */
  async startFile(upload: UploadRecord): Promise<FileEntry> {
    const entry = newFileEntry(upload, this.now());
    if (await this.items.put({ ...fileItem(entry), ...toItem(this.expiry()) }, "attribute_not_exists(pk)"))
      return entry;
    const existing = await this.getFile(upload.source, upload.uploadId);
    if (existing === undefined) throw new Error(`The ledger's entry of upload ${upload.uploadId} comes and goes.`);
    return existing;
  }

  /**
   * Forgets what has become of an upload, so that it is collected anew, as the next attempt.
   * @returns false when somebody else has done so meanwhile
   */
  async restart(entry: FileEntry): Promise<boolean> {
    const next = newFileEntry(uploadOf(entry), this.now(), entry.attempt + 1);
    const item = { ...fileItem(next), ...toItem(this.expiry()) };
    return this.items.put(item, "#attempt = :attempt", { attempt: entry.attempt });
  }

  /** Where collecting goes on after a continuation or a retry. @throws Overtaken */
  async saveCheckpoint(hold: Hold, checkpoint: string, progress: CollectProgress & DetectedFormat): Promise<FileEntry> {
    return this.advance(hold, { ...progress, checkpoint });
  }

  /** The file is read whole: its staged objects can be published, its parts announced. @throws Overtaken */
  async landed(
    hold: Hold,
    progress: CollectProgress & DetectedFormat,
    objects: Pick<FileEntry, "partRecords" | "staged">,
  ): Promise<FileEntry> {
    return this.advance(hold, { ...progress, ...objects, status: "landed" }, ["checkpoint"]);
  }

  /** The whole file is quarantined: nothing of it is loaded. @throws Overtaken */
  async quarantineFile(
    hold: Hold,
    reason: string,
    progress: Partial<CollectProgress> & DetectedFormat = {},
  ): Promise<FileEntry> {
    const outcome = { status: "quarantined", reason, finishedAt: this.now() };
    return this.advance(hold, { ...progress, ...outcome }, ["checkpoint"]);
  }

  /** So many staged objects are published. @returns the entry as it is then, which may be further or restarted */
  async published(entry: FileEntry, published: number): Promise<FileEntry> {
    const item = await this.items.update(fileKey(entry), {
      set: { published, ...this.heard() },
      condition: "#attempt = :attempt AND #published < :published",
      values: { attempt: entry.attempt },
    });
    if (item !== undefined) return readFileItem(item);
    const now = await this.getFile(entry.source, entry.uploadId);
    if (now === undefined) throw new Overtaken(now);
    return now;
  }

  /**
   * Remembers which upload an event of an object without a version is about: the one written at this time.
   * @returns the time that was noted first
   */
  async noteEvent(source: string, event: string, time: string): Promise<string> {
    const key = eventKey(source, event);
    const item = { ...key, ...toItem({ kind: "event", time, ...this.expiry() }) };
    if (await this.items.put(item, "attribute_not_exists(pk)")) return time;
    return (await this.items.get(key))?.time?.S ?? time;
  }

  async getPart(of: Pick<FileEntry, "source" | "uploadId" | "attempt">, part: number): Promise<PartEntry | undefined> {
    const item = await this.items.get(partKey(of, part));
    return item && readPartItem(item);
  }

  /** The parts of this attempt that are in the table, in order. */
  async getParts(of: Pick<FileEntry, "source" | "uploadId" | "attempt">): Promise<PartEntry[]> {
    const parts: PartEntry[] = [];
    for await (const item of this.items.query(of.source, partPrefix(of))) parts.push(readPartItem(item));
    return parts;
  }

  /**
   * Enters a part's counts exactly once, however often it is called, and marks the file loaded with its last part.
   * @returns false when the upload has been replayed by force meanwhile, and the part counts for nothing
   */
  async finishPart(
    { upload, attempt, part }: Pick<LoadMessage, "upload" | "attempt" | "part">,
    counts: PartCounts,
  ): Promise<boolean> {
    const of = { source: upload.source, uploadId: upload.uploadId, attempt };
    const entry = toItem({ kind: "part", part, ...counts, finishedAt: this.now(), ...this.expiry() });
    const { progressAt, expiresAt } = this.heard();
    const [, isCurrent] = await this.items.transact([
      { Put: { Item: { ...partKey(of, part), ...entry }, ConditionExpression: "attribute_not_exists(pk)" } },
      {
        Update: {
          Key: fileKey(of),
          ConditionExpression: "attempt = :attempt",
          UpdateExpression:
            `SET progressAt = :progressAt${expiresAt === undefined ? "" : ", expiresAt = :expiresAt"} ` +
            "ADD loadedParts :one, loaded :loaded, loadQuarantined :quarantined",
          ExpressionAttributeValues: toItem({
            ":attempt": attempt,
            ":progressAt": progressAt,
            ":expiresAt": expiresAt,
            ":one": 1,
            ":loaded": counts.loaded,
            ":quarantined": counts.quarantined,
          }),
        },
      },
    ]);
    if (!isCurrent) return false;
    await this.completeFile(of);
    return true;
  }

  /** Marks the file loaded if all its parts are; called again for a part that was entered before. */
  async completeFile(of: Pick<FileEntry, "source" | "uploadId" | "attempt">): Promise<void> {
    await this.items.update(fileKey(of), {
      set: { status: "loaded", finishedAt: this.now(), ...this.heard() },
      condition: "#status = :landed AND #attempt = :attempt AND #loadedParts = #parts",
      values: { landed: "landed", attempt: of.attempt },
    });
  }

  /** Raises the source's watermark to `order`. False: something newer was written before, and the watermark stays. */
  async raiseWatermark(source: string, order: string): Promise<boolean> {
    const raised = await this.items.update(watermarkKey(source), {
      set: { order, kind: "watermark" },
      condition: "attribute_not_exists(#order) OR #order <= :order",
      values: {},
    });
    return raised !== undefined;
  }

  /** Writes what an invocation has come to, if it still holds the entry. */
  private async advance(hold: Hold, set: Plain, remove: readonly string[] = []): Promise<FileEntry> {
    const { attempt, step, run } = hold;
    const item = await this.items.update(fileKey(hold), {
      set: { ...set, step: step + 1, run, ...this.heard() },
      remove,
      condition: "#status = :collecting AND #attempt = :attempt AND #step = :before",
      values: { collecting: "collecting", attempt, before: step },
    });
    if (item !== undefined) return readFileItem(item);
    const entry = await this.getFile(hold.source, hold.uploadId);
    // The answer to a write was lost, and the SDK has written it twice.
    if (entry?.run === run && entry.attempt === attempt && entry.step === step + 1) return entry;
    throw new Overtaken(entry);
  }

  private heard() {
    return { progressAt: this.now(), ...this.expiry() };
  }

  /** When DynamoDB may remove the item: Unix time in seconds. */
  private expiry(): { readonly expiresAt?: number } {
    const { days } = this.options;
    return days === undefined ? {} : { expiresAt: Math.floor((Date.parse(this.now()) + days * DAY_MS) / 1000) };
  }
}

import type { FileEntry } from "../../functions/s3-to-dynamodb/ledger/ledger";
import { paddedSequencer, SEQUENCER_DIGITS, uploadRecord } from "../../functions/s3-to-dynamodb/shared/upload";

/** An object, or one version of it, as the bucket lists it. */
export interface ListedObject {
  readonly key: string;
  /** Undefined where the bucket keeps no versions. */
  readonly versionId?: string;
  /** Without quotes. */
  readonly etag: string;
  readonly size: number;
  readonly time: Date;
}

/** What to do with an object, and why. */
export interface Planned {
  readonly object: ListedObject;
  readonly action: "send" | "restartAndSend" | "skip";
  readonly reason: string;
  readonly entry?: FileEntry;
  readonly sequencer: string;
}

/** An entry that something was heard of since then is at work, and left alone unless forced. */
const AT_WORK_MS = 15 * 60 * 1000;

/** What is replayed. */
export interface ReplayOf {
  readonly source: string;
  readonly bucket: string;
  readonly force: boolean;
}

/** The id that collect gives an object as an upload. */
export function uploadIdOf({ source, bucket }: ReplayOf, { time, ...object }: ListedObject): string {
  return uploadRecord({ source, bucket, ...object, time: time.toISOString(), sequencer: "" }).uploadId;
}

/** Compares objects with the ledger's entries, page by page: it remembers nothing but the object before. */
export class ReplayPlan {
  private before?: { readonly key: string; readonly second: number; readonly sequencer: string };

  constructor(private readonly of: ReplayOf) {}

  /**
   * @param objects the versions of a key oldest first, and none of another key between them
   * @param entries by upload id
   */
  page(objects: readonly ListedObject[], entries: ReadonlyMap<string, FileEntry>, now: Date): Planned[] {
    return objects.map((object) => {
      const entry = entries.get(uploadIdOf(this.of, object));
      return { object, entry, sequencer: this.sequencerOf(object, entry), ...decide(entry, this.of.force, now) };
    });
  }

  /** An event would bring it. Without one: the ledger's, or within the same second one more than the version before. */
  private sequencerOf({ key, time }: ListedObject, entry: FileEntry | undefined): string {
    const second = Math.floor(time.getTime() / 1000);
    const { before } = this;
    const next = before?.key === key && before.second === second ? increment(before.sequencer) : "";
    const sequencer = entry?.sequencer ?? next;
    this.before = { key, second, sequencer };
    return sequencer;
  }
}

function decide(entry: FileEntry | undefined, force: boolean, now: Date): Pick<Planned, "action" | "reason"> {
  if (entry === undefined) return { action: "send", reason: "not in the ledger" };
  if (force) return { action: "restartAndSend", reason: `${entry.status}, forced` };
  if (entry.status === "loaded" || entry.status === "quarantined") return { action: "skip", reason: entry.status };
  if (now.getTime() - Date.parse(entry.progressAt) < AT_WORK_MS) {
    return { action: "skip", reason: `${entry.status}, at work: last heard of at ${entry.progressAt}` };
  }
  return { action: "send", reason: `${entry.status}, last heard of at ${entry.progressAt}, not finished` };
}

function increment(sequencer: string): string {
  const next = BigInt(`0x${paddedSequencer(sequencer)}`) + 1n;
  return next.toString(16).toUpperCase().padStart(SEQUENCER_DIGITS, "0");
}

/** The message for the collect queue: what S3 would have sent. */
export function eventMessage(bucket: string, { object, sequencer }: Pick<Planned, "object" | "sequencer">): string {
  return JSON.stringify({
    Records: [
      {
        eventSource: "aws:s3",
        eventName: "ObjectCreated:Put",
        eventTime: object.time.toISOString(),
        s3: {
          bucket: { name: bucket },
          object: {
            key: encodeURIComponent(object.key).replaceAll("%20", "+").replaceAll("%2F", "/"),
            size: object.size,
            eTag: object.etag,
            versionId: object.versionId,
            sequencer,
          },
        },
      },
    ],
  });
}

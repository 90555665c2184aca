import { createHash } from "node:crypto";
import type { FileEntry } from "../../functions/s3-to-dynamodb/ledger/ledger";

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
  readonly action: "send" | "resetAndSend" | "skip";
  readonly reason: string;
  readonly uploadId: string;
  readonly sequencer: string;
}

/** Younger entries are at work, and left alone unless forced. */
const AT_WORK_MS = 15 * 60 * 1000;

/** The id that collect gives an upload: see UploadRecord.uploadId. */
export function uploadIdOf(source: string, bucket: string, object: ListedObject): string {
  const identity = [source, bucket, object.key, object.versionId ?? object.etag].join("\n");
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}

/**
 * Compares objects with the ledger's entries (by upload id).
 * @param objects oldest first; two of one key and second keep that order by their sequencers.
 */
export function planReplay(
  about: { readonly source: string; readonly bucket: string; readonly force: boolean; readonly now: Date },
  objects: readonly ListedObject[],
  entries: ReadonlyMap<string, FileEntry>,
): Planned[] {
  const last = new Map<string, { readonly second: number; readonly sequencer: string }>();
  return objects.map((object) => {
    const uploadId = uploadIdOf(about.source, about.bucket, object);
    const entry = entries.get(uploadId);
    const second = Math.floor(object.time.getTime() / 1000);
    const before = last.get(object.key);
    // An event would bring the sequencer. Without it: the ledger's, or one more than that of the version before.
    const next = before?.second === second ? increment(before.sequencer) : "";
    const sequencer = entry?.sequencer ?? next;
    last.set(object.key, { second, sequencer });
    return { object, uploadId, sequencer, ...decide(entry, about.force, about.now) };
  });
}

function decide(entry: FileEntry | undefined, force: boolean, now: Date): Pick<Planned, "action" | "reason"> {
  if (entry === undefined) return { action: "send", reason: "not in the ledger" };
  if (force) return { action: "resetAndSend", reason: `${entry.status}, forced` };
  if (entry.status === "loaded" || entry.status === "quarantined") return { action: "skip", reason: entry.status };
  if (now.getTime() - Date.parse(entry.startedAt) < AT_WORK_MS) {
    return { action: "skip", reason: `${entry.status}, at work since ${entry.startedAt}` };
  }
  return { action: "send", reason: `${entry.status} since ${entry.startedAt}, not finished` };
}

function increment(sequencer: string): string {
  return (BigInt(`0x${sequencer || "0"}`) + 1n).toString(16).toUpperCase();
}

/** The message for the collect queue: what S3 would have sent. */
export function eventMessage(bucket: string, { object, sequencer }: Planned): string {
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
            ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
            sequencer,
          },
        },
      },
    ],
  });
}

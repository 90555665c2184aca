import type { UploadRecord } from "../shared/contract";
import { UnreadableMessage } from "../shared/lease";
import type { Attempt } from "../shared/upload";

/** An object that was created, as an event tells it. */
export interface ObjectEvent {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** Without quotes; empty when the event has none. */
  readonly etag: string;
  readonly size: number;
  readonly sequencer: string;
  /** When the event happened, ISO 8601. */
  readonly time: string;
}

/** What one message of the collect queue asks for. */
export interface CollectMessage {
  readonly objects: readonly ObjectEvent[];
  /** A file of which an earlier invocation collected the beginning. */
  readonly continued?: Attempt;
  /** Events that aren't about new objects. */
  readonly ignored: number;
}

interface S3EventRecord {
  readonly eventSource?: string;
  readonly eventName?: string;
  readonly eventTime?: string;
  readonly s3?: {
    readonly bucket?: { readonly name?: string };
    readonly object?: {
      readonly key?: string;
      readonly size?: number;
      readonly eTag?: string;
      readonly versionId?: string;
      readonly sequencer?: string;
    };
  };
}

interface Body {
  readonly Records?: readonly S3EventRecord[];
  readonly Event?: string;
  readonly source?: string;
  readonly "detail-type"?: string;
  readonly time?: string;
  readonly detail?: {
    readonly bucket?: { readonly name?: string };
    readonly object?: {
      readonly key?: string;
      readonly size?: number;
      readonly etag?: string;
      readonly "version-id"?: string;
      readonly sequencer?: string;
    };
  };
  readonly continue?: { readonly upload?: UploadRecord; readonly attempt?: number };
}

const WHO_SENDS = "Only S3, EventBridge and the function itself send to this queue.";

/**
 * Reads a message of the collect queue: an S3 notification, S3's test event, an EventBridge event, or our continuation.
 * @throws UnreadableMessage when it is none of them.
 */
export function parseCollectMessage(body: string): CollectMessage {
  let message: Body | null;
  try {
    message = JSON.parse(body) as Body | null;
  } catch (cause) {
    throw new UnreadableMessage(`The message isn't JSON: ${body.slice(0, 200)}. ${WHO_SENDS}`, { cause });
  }
  const { upload, attempt } = message?.continue ?? {};
  if (typeof upload?.uploadId === "string" && Number.isInteger(attempt)) {
    return { objects: [], continued: { upload, attempt: Number(attempt) }, ignored: 0 };
  }
  if (message?.Event === "s3:TestEvent") return { objects: [], ignored: 1 };
  if (Array.isArray(message?.Records)) {
    const created = message.Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName ?? ""));
    return { objects: created.map(fromNotification), ignored: message.Records.length - created.length };
  }
  if (message?.source === "aws.s3") {
    if (message["detail-type"] !== "Object Created") return { objects: [], ignored: 1 };
    return { objects: [fromEventBridge(message)], ignored: 0 };
  }
  throw new UnreadableMessage(`The message isn't an S3 event: ${body.slice(0, 200)}. ${WHO_SENDS}`);
}

function fromNotification({ s3, eventTime }: S3EventRecord): ObjectEvent {
  const object = s3?.object;
  return objectEvent(
    s3?.bucket?.name,
    // Form encoding: a space is a plus sign.
    object?.key === undefined ? undefined : decodeURIComponent(object.key.replaceAll("+", " ")),
    { ...object, etag: object?.eTag },
    eventTime,
  );
}

function fromEventBridge({ detail, time }: Body): ObjectEvent {
  const object = detail?.object;
  return objectEvent(detail?.bucket?.name, object?.key, { ...object, versionId: object?.["version-id"] }, time);
}

function objectEvent(
  bucket: string | undefined,
  key: string | undefined,
  object: {
    readonly etag?: string | undefined;
    readonly versionId?: string | undefined;
    readonly size?: number;
    readonly sequencer?: string;
  },
  time: string | undefined,
): ObjectEvent {
  if (!bucket || !key) throw new UnreadableMessage(`The S3 event names no bucket or no key. ${WHO_SENDS}`);
  return {
    bucket,
    key,
    // "null" is what S3 calls an object of a bucket without versions; it can be overwritten, so it identifies nothing.
    ...(object.versionId && object.versionId !== "null" ? { versionId: object.versionId } : {}),
    etag: unquote(object.etag ?? ""),
    size: object.size ?? 0,
    sequencer: object.sequencer ?? "",
    time: isoTime(time),
  };
}

export function unquote(etag: string): string {
  return etag.replaceAll('"', "");
}

function isoTime(time: string | undefined): string {
  const parsed = new Date(time ?? Number.NaN);
  return Number.isNaN(parsed.getTime()) ? new Date(0).toISOString() : parsed.toISOString();
}

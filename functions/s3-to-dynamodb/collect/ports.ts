import type { Log } from "../../shared/log";
import type { Ledger } from "../ledger/ledger";
import type { LoadMessage, PipelineConfig } from "../shared/contract";
import type { Attempt } from "../shared/upload";

/** Which object to read. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** An object as it was when it was opened; every read gives these bytes or fails. */
export interface SourceObject {
  readonly etag: string;
  readonly versionId?: string;
  /** ISO 8601. */
  readonly time: string;
  readonly size: number;
  /** The bytes from `start` up to but without `end`. */
  read(start?: number, end?: number): AsyncIterable<Buffer>;
  /** Lets go of a connection that isn't needed. */
  close(): void;
}

export interface ObjectSource {
  /** @throws ObjectGone when there is nothing to read and trying again won't help. */
  open(name: ObjectName): Promise<SourceObject>;
}

/** The object can't be read, now or later. */
export class ObjectGone extends Error {
  override readonly name = "ObjectGone";
}

/** The landing bucket. */
export interface ObjectSink {
  put(key: string, body: Buffer, contentType: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** Removes what isn't needed any more; what can't be removed expires. */
  discard(keys: readonly string[]): Promise<void>;
}

export interface MessageSender {
  sendLoad(messages: readonly LoadMessage[]): Promise<void>;
  sendContinuation(attempt: Attempt): Promise<void>;
}

export type CollectLedger = Pick<
  Ledger,
  | "getFile"
  | "startFile"
  | "saveCheckpoint"
  | "landed"
  | "quarantineFile"
  | "published"
  | "completeFile"
  | "getParts"
  | "noteEvent"
>;

/** What collecting needs of the world. */
export interface CollectPorts {
  readonly config: PipelineConfig;
  readonly source: ObjectSource;
  readonly sink: ObjectSink;
  readonly sender: MessageSender;
  readonly ledger: CollectLedger;
  readonly log: Log;
  /** A name for what one invocation does, such as no other has. */
  readonly newRun: () => string;
}

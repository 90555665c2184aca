import type { Log } from "../../shared/log";
import type { ImportCounts } from "../../shared/metrics";
import { filesOfGroup, importRequest } from "../control/request";
import type { Progress } from "../progress/progress";
import type { Lease, TableLock } from "../registry/lock";
import type { Registry } from "../registry/registry";
import { latest } from "../shared/sequenceNumber";
import type { WorkBucket } from "../work/workBucket";
import { OperationWriter, type StreamRecord } from "./operations";
import { KINESIS_LIMITS, putAll, type StreamLimits, type StreamPorts, sizeOf } from "./stream";

export interface PublishPorts extends StreamPorts {
  readonly registry: Pick<Registry, "version">;
  readonly lock: Pick<TableLock, "renew">;
  readonly progress: Pick<Progress, "published" | "savePublished">;
  readonly work: Pick<WorkBucket, "text" | "lines">;
  readonly limits?: StreamLimits;
  readonly log: Pick<Log, "info" | "warn">;
  readonly count: (counts: ImportCounts) => void;
}

/** How far a group of files is. */
export interface Published {
  /** False: to be called again, the time was up. */
  readonly done: boolean;
}

/** Requests after which it is noted how far a file is. */
const SAVE_EVERY = 20;

/**
 * Publishes a group of a delta's files from where it left off. Operations since then may go out twice; targets don't
 * mind.
 * @throws LeaseLost when the import isn't this one's any more
 */
export async function publish(event: unknown, ports: PublishPorts, deadline: { near(): boolean }): Promise<Published> {
  const request = importRequest(event);
  const { lease, order } = request;
  await ports.lock.renew(lease);
  const version = await ports.registry.version(lease.pk, order);
  const delta = version?.delta;
  if (version === undefined || delta === undefined) throw new Error(`Version ${order} of ${lease.pk} has no delta.`);
  const keys = JSON.parse(await ports.work.text(delta.list)) as readonly string[];
  if (keys.length !== delta.files)
    throw new Error(`Delta ${delta.id} has ${delta.files} files, its list ${keys.length}.`);
  const writer = new OperationWriter(version);
  for (const file of filesOfGroup(request, keys.length)) {
    const published = new PublishedFileWriter(ports, lease, writer, delta.id, file);
    if (!(await published.run(keys[file] as string, deadline))) return { done: false };
  }
  return { done: true };
}

/** One file on its way into the stream. */
class PublishedFileWriter {
  constructor(
    private readonly ports: PublishPorts,
    private readonly lease: Lease,
    private readonly writer: OperationWriter,
    private readonly deltaId: string,
    private readonly file: number,
  ) {}

  /** @returns false when the time is up */
  async run(key: string, deadline: { near(): boolean }): Promise<boolean> {
    const { ports, deltaId, file } = this;
    const before = await ports.progress.published(deltaId, file);
    if (before.done) return true;
    const sender = new Sender(ports, before.shards);
    const save = (lines: number, done: boolean): Promise<void> =>
      ports.progress.savePublished(deltaId, file, { lines, done, shards: sender.shards });
    let lines = 0;
    try {
      for await (const line of ports.work.lines(key)) {
        lines++;
        if (lines <= before.lines || !(await sender.add(this.writer.record(line, file, lines - 1)))) continue;
        const isNear = deadline.near();
        if (!isNear && sender.requests % SAVE_EVERY > 0) continue;
        // The record that was just added isn't sent yet.
        await save(lines - 1, false);
        if (isNear) return false;
        await ports.lock.renew(this.lease);
      }
      await sender.flush();
    } finally {
      const { published: OperationsPublished, retried: OperationsRetried, unpublished: OperationsUnpublished } = sender;
      ports.count({ OperationsPublished, OperationsRetried, OperationsUnpublished });
    }
    await save(lines, true);
    ports.log.info("Published", { key, lines, retried: sender.retried });
    return !deadline.near();
  }
}

/** Collects records into requests. */
class Sender {
  requests = 0;
  published = 0;
  retried = 0;
  /** Operations of a request that the stream hasn't taken whole. */
  unpublished = 0;
  shards: Readonly<Record<string, string>>;
  private batch: StreamRecord[] = [];
  private bytes = 0;
  private readonly limits: StreamLimits;

  constructor(
    private readonly ports: PublishPorts,
    shards: Readonly<Record<string, string>>,
  ) {
    this.shards = shards;
    this.limits = ports.limits ?? KINESIS_LIMITS;
  }

  /** @returns true when what came before the record was sent */
  async add(record: StreamRecord): Promise<boolean> {
    const size = sizeOf(record);
    if (size > this.limits.recordBytes) {
      throw new Error(`An operation has ${size} bytes, the stream takes ${this.limits.recordBytes}.`);
    }
    const isFull = this.batch.length >= this.limits.records || this.bytes + size > this.limits.bytes;
    if (isFull) await this.flush();
    this.batch.push(record);
    this.bytes += size;
    return isFull;
  }

  async flush(): Promise<void> {
    if (this.batch.length === 0) return;
    const { batch } = this;
    this.batch = [];
    this.bytes = 0;
    this.requests++;
    this.unpublished = batch.length;
    const { shards, retried } = await putAll(batch, this.ports);
    this.unpublished = 0;
    this.shards = latest(this.shards, shards);
    this.published += batch.length;
    this.retried += retried;
  }
}

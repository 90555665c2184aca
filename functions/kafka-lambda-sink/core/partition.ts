import { Collector } from "./collector";
import { Abandoned, ConfigurationError, FunctionError, RecordError, TransientError } from "./errors";
import { Feed } from "./feed";
import { type Ending, Lifetime } from "./lifetime";
import type { Batch } from "./payload";
import type { DeliverySettings, PartitionSource, SinkPorts } from "./ports";
import { nameOf, type TopicPartition } from "./record";
import { errorReports, type Report, type ReportedError, resultReports, type UndeliveredRecords } from "./reports";
import { matchResponse } from "./response";
import type { Slots } from "./slots";

/** How a partition's delivery came to its end. */
export type Ended =
  /** It was told to. */
  | { readonly kind: "released" }
  /** At a record or batch that can't be delivered; nothing from `offset` on is committed. */
  | { readonly kind: "stopped"; readonly offset: bigint; readonly error: Error }
  /** The task can't go on. */
  | { readonly kind: "fatal"; readonly error: ConfigurationError };

/**
 * Delivers one partition: fetch, convert, invoke, report, commit, one batch after the other. An offset is committed when
 * everything before it was delivered and reported, or left out by `behavior`.
 */
export class PartitionWorker {
  readonly done: Promise<Ended>;
  private readonly lifetime: Lifetime;
  private feed: Feed | undefined;
  private committed = 0n;

  constructor(
    readonly partition: TopicPartition,
    private readonly source: PartitionSource,
    private readonly settings: DeliverySettings,
    private readonly ports: SinkPorts,
    private readonly slots: Slots,
  ) {
    this.lifetime = new Lifetime(nameOf(partition), ports);
    this.done = this.run();
  }

  /** Offsets between what is delivered and the log's end. */
  get lag(): bigint {
    return this.feed?.lag ?? 0n;
  }

  end(how: Ending): void {
    this.lifetime.end(how);
    this.source.close();
  }

  private async run(): Promise<Ended> {
    try {
      this.committed = await this.lifetime.retrying("before", () => this.source.position());
      const feed = new Feed((from) => this.source.fetch(from), this.committed);
      this.feed = feed;
      const collector = new Collector(this.partition, feed, this.settings, this.ports, this.lifetime);
      while (!this.lifetime.isEnding) await this.step(collector, feed);
      return { kind: "released" };
    } catch (error) {
      if (error instanceof ConfigurationError) return { kind: "fatal", error };
      if (error instanceof Abandoned || this.lifetime.isEnding) return { kind: "released" };
      return { kind: "stopped", offset: this.committed, error: error as Error };
    } finally {
      this.source.close();
    }
  }

  private async step(collector: Collector, feed: Feed): Promise<void> {
    const collected = await collector.next();
    const { position } = feed;
    if (this.lifetime.isEnding) return;
    if (collected !== undefined && "payload" in collected) await this.deliver(collected);
    else if (collected !== undefined) {
      const { record, key, error } = collected;
      await this.failed({ records: [record], keys: [key] }, error);
    }
    await this.commit(position);
  }

  private async deliver(batch: Batch): Promise<void> {
    let response: string | undefined;
    try {
      response = await this.lifetime.retrying("before", () => this.invoke(batch), this.settings.maxRetryMs);
    } catch (error) {
      return this.failed(batch, error);
    }
    this.ports.count({ RecordsDelivered: batch.records.length });
    const { resultTopic } = this.settings;
    if (response === undefined || resultTopic === undefined) return;
    const { results } = matchResponse(response, this.partition, batch.records);
    try {
      await this.report(() => resultReports(resultTopic, this.partition, batch, results));
      this.ports.count({ ResultsReported: results.length });
    } catch (error) {
      return this.failed(batch, error);
    }
  }

  private async invoke(batch: Batch): Promise<string | undefined> {
    const ticket = this.slots.ask();
    try {
      await this.lifetime.waitFor(ticket.granted, ticket.release);
      this.lifetime.throwIfOver("before");
      this.ports.count({ Invocations: 1, BatchBytes: batch.bytes });
      return await this.ports.invoke(batch, this.partition);
    } finally {
      ticket.release();
    }
  }

  /** The error behaviour. Throws where delivery stops; returns where the records are left out. */
  private async failed(undelivered: UndeliveredRecords, error: unknown): Promise<void> {
    if (error instanceof FunctionError) this.ports.count({ FunctionErrors: 1 });
    const isTheirs = error instanceof FunctionError || error instanceof RecordError || error instanceof TransientError;
    const { errorTopic, behavior } = this.settings;
    if (!isTheirs || behavior === "fail") throw error;
    const { records } = undelivered;
    if (behavior === "log") {
      const place = { partition: nameOf(this.partition), offset: String(records[0]?.offset), records: records.length };
      this.ports.log.error("Records left out", { ...place, error: error.name, reason: error.message });
      if (errorTopic !== undefined) {
        await this.report(() => errorReports(errorTopic, this.partition, undelivered, reportedError(error)));
        this.ports.count({ ErrorsReported: records.length });
      }
    }
    this.ports.count({ RecordsSkipped: records.length });
  }

  private async report(reports: () => Iterable<Report>): Promise<void> {
    this.lifetime.throwIfOver("after");
    await this.lifetime.retrying("after", () => this.ports.report(reports()));
  }

  private async commit(offset: bigint): Promise<void> {
    if (offset === this.committed) return;
    const isCommitted = await this.lifetime.retrying("after", async () => {
      this.lifetime.throwIfOver("after");
      return this.source.commit(offset);
    });
    if (!isCommitted) throw new Abandoned(`${nameOf(this.partition)} has another owner.`);
    this.committed = offset;
  }
}

function reportedError(error: FunctionError | RecordError | TransientError): ReportedError {
  const { name, message } = error;
  if (!(error instanceof FunctionError)) {
    return { message, exception: name, value: JSON.stringify({ errorType: name, errorMessage: message }) };
  }
  const { body, kind } = error.failure;
  return { message, exception: `FunctionError.${kind}`, value: isJson(body) ? body : JSON.stringify(body) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

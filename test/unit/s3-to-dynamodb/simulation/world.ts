import { gunzipSync } from "node:zlib";
import type { Scheduler } from "fast-check";
import { eventMessage } from "../../../../cli/replay/plan";
import { replay } from "../../../../cli/replay/replay";
import { collectMessage } from "../../../../functions/s3-to-dynamodb/collect/collectMessage";
import { fileKey, readFileItem } from "../../../../functions/s3-to-dynamodb/ledger/items";
import { Ledger } from "../../../../functions/s3-to-dynamodb/ledger/ledger";
import { loadPart } from "../../../../functions/s3-to-dynamodb/load/loadPart";
import { TableWriter } from "../../../../functions/s3-to-dynamodb/load/write/tableWriter";
import type { LoadMessage, PipelineConfig, UploadRecord } from "../../../../functions/s3-to-dynamodb/shared/contract";
import { messageGroup } from "../../../../functions/s3-to-dynamodb/shared/loadQueue";
import { uploadRecord } from "../../../../functions/s3-to-dynamodb/shared/upload";
import { config, source } from "../collect/fakes";
import { FakeDynamo } from "../fakeDynamo";
import { TableChanges } from "./changes";
import { FakeQueue } from "./queues";
import { Actor, type Fault, Simulation } from "./scheduling";
import { LandingBucket, SourceBucket, type Written } from "./stores";

/** What happens in one simulated world, drawn by fast-check. */
export interface Scenario {
  readonly keyed: boolean;
  readonly versioned: boolean;
  /** Each a writing of one of two keys with one of some contents, so that the same bytes come again. */
  readonly uploads: readonly { readonly key: number; readonly content: number; readonly twice: boolean }[];
  /** Writings that are deleted again some time. */
  readonly deletions: readonly number[];
  readonly replays: readonly { readonly force: boolean }[];
  /** Calls after which an invocation's time is nearly up, one after the other. */
  readonly patience: readonly number[];
  readonly faults: readonly Fault[];
}

const BUCKET = "in";
export const LIMITS = { partBytes: 500, maxUnpackedBytes: 200 };
/** Bytes beyond LIMITS.maxUnpackedBytes: refused after its first parts. */
const REFUSED = 3;

/** Three or more parts of two lines, with a record that collect refuses and one that load refuses. */
export function contentOf(content: number): string {
  const row = (id: string, n: number): string => `${id},${content}-${n}`;
  const rows = [
    row("a", 1),
    "ragged",
    row("b", 2),
    row(content === 1 ? "a" : "c", 3),
    row("", 4),
    row("d", 5),
    "ragged",
  ];
  if (content === REFUSED) rows.push(...Array.from({ length: 20 }, (_, n) => row(`x${n}`, n)));
  return `id,v\n${rows.slice(0, content === 2 ? 3 : undefined).join("\n")}\n`;
}

/** The attempt that a key in the landing bucket belongs to. */
export function attemptOf(key: string): number {
  return Number(/\/attempt-(\d+)\//.exec(key)?.[1] ?? 1);
}

export class World {
  readonly simulation: Simulation;
  readonly bucket: SourceBucket;
  readonly table = new FakeDynamo();
  readonly ledgerTable = new FakeDynamo();
  /** What Snowflake has of the table. */
  readonly changes: TableChanges;
  readonly landing: LandingBucket;
  private readonly config: PipelineConfig;
  private readonly announced = new Set<string>();
  private readonly collectQueue: FakeQueue;
  private readonly loadQueue: FakeQueue;
  private started = 0;
  private runs = 0;

  constructor(
    readonly scenario: Scenario,
    scheduler: Pick<Scheduler, "schedule" | "count" | "waitNext">,
  ) {
    this.simulation = new Simulation(scheduler, scenario.faults);
    this.bucket = new SourceBucket(scenario.versioned);
    this.changes = new TableChanges(this.table, this.simulation);
    const given = source({
      bucket: BUCKET,
      keyFields: scenario.keyed ? ["id"] : [],
      format: "csv",
      compression: "none",
    });
    this.config = config([given], LIMITS);
    this.landing = new LandingBucket((key, what) => {
      const say = (problem: string): void => void this.simulation.violations.push(`${key} ${problem}`);
      if (what === "removed" && this.announced.has(key)) say("was removed after it had been announced");
      if (key.startsWith("landing/") && !this.landed(key)) say("is to be seen before its file has landed");
    });
    this.collectQueue = new FakeQueue("collect", this.simulation, 2, ({ body }, actor) => this.collect(body, actor));
    this.loadQueue = new FakeQueue("load", this.simulation, 2, ({ body }, actor) => this.load(body, actor));
  }

  /** Everything at once, then what is left without faults, then a replay of what may be missing. */
  async run(): Promise<void> {
    void this.upload();
    for (const { force } of this.scenario.replays) void this.replay(force);
    await this.simulation.run();
    this.simulation.calm = true;
    this.collectQueue.redrive();
    this.loadQueue.redrive();
    await this.simulation.run();
    this.simulation.now += 86_400_000;
    void this.replay(false);
    await this.simulation.run();
    if (this.collectQueue.deadLetters.length + this.loadQueue.deadLetters.length > 0) {
      this.simulation.violations.push("A message that nothing went wrong with is in a dead-letter queue");
    }
  }

  recordOf(written: Written): UploadRecord {
    const { key, versionId, etag, time, bytes, sequencer } = written;
    return uploadRecord({
      source: "orders",
      bucket: BUCKET,
      key,
      versionId,
      etag,
      time: time.toISOString(),
      size: bytes.length,
      sequencer,
    });
  }

  /** Has the ledger ever had the file that a part is of as landed, in the attempt that the part is of? */
  private landed(key: string): boolean {
    const [line] = this.lines(key);
    const uploadId = String(line?._upload);
    return this.ledgerTable
      .history(fileKey({ source: "orders", uploadId }))
      .map(readFileItem)
      .some(({ status, attempt }) => (status === "landed" || status === "loaded") && attempt === attemptOf(key));
  }

  /** The lines of all objects under a prefix, of one attempt or of all. */
  lines(prefix: string, attempt?: number): Record<string, unknown>[] {
    return [...this.landing.objects].flatMap(([key, body]) => {
      if (!key.startsWith(prefix) || (attempt !== undefined && attempt !== attemptOf(key))) return [];
      const text = (key.endsWith(".gz") ? gunzipSync(body) : body).toString();
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    });
  }

  private async upload(): Promise<void> {
    for (const [index, { key, content, twice }] of this.scenario.uploads.entries()) {
      await this.simulation.turn(`upload ${index}`);
      // S3 tells whole seconds.
      const written = this.bucket.put(`${key}.csv`, contentOf(content), new Date(Date.UTC(2026, 0, 1, 0, 0, index)));
      for (let copy = 0; copy < (twice ? 2 : 1); copy++) this.collectQueue.send(this.event(written));
      if (this.scenario.deletions.includes(index)) {
        void this.simulation.turn(`delete ${index}`).then(() => {
          written.gone = true;
        });
      }
    }
  }

  private event({ key, versionId, etag, time, bytes, sequencer }: Written): string {
    const object = { key, versionId, etag, size: bytes.length, time: new Date(time.getTime() + 300) };
    return eventMessage(BUCKET, { object, sequencer });
  }

  private ledger(actor: Actor): Ledger {
    const options = { now: () => this.simulation.iso(), pause: () => Promise.resolve() };
    return new Ledger(this.ledgerTable.client(actor), "ledger", options);
  }

  private collect(body: string, actor: Actor): Promise<unknown> {
    const limit = this.patience();
    const { landing, loadQueue, collectQueue } = this;
    const log = (): void => undefined;
    return collectMessage(
      body,
      {
        config: this.config,
        log: { debug: log, info: log, warn: log, error: log },
        source: { open: (name) => this.bucket.open(name, actor) },
        sink: {
          put: (key, bytes) => actor.call(`put ${key}`, () => landing.put(key, bytes)),
          copy: (from, to) => actor.call(`copy ${from} to ${to}`, () => landing.copy(from, to)),
          discard: (keys) =>
            actor.call(`discard ${keys.join(", ")}`, () => {
              for (const key of keys) landing.remove(key);
            }),
        },
        sender: {
          sendLoad: async (messages) => {
            for (const message of messages) {
              await actor.call(`announce ${message.landingKey}`, () => {
                this.announced.add(message.landingKey);
                loadQueue.send(JSON.stringify(message), messageGroup(this.config, message));
              });
            }
          },
          sendContinuation: (of) =>
            actor.call("send the continuation", () => collectQueue.send(JSON.stringify({ continue: of }))),
        },
        ledger: this.ledger(actor),
        newRun: () => `run-${++this.runs}`,
      },
      { near: () => actor.calls >= limit, over: () => actor.calls >= limit + 5 },
    );
  }

  private load(body: string, actor: Actor): Promise<unknown> {
    const limit = this.patience();
    const message = JSON.parse(body) as LoadMessage;
    const log = (): void => undefined;
    return loadPart(
      message,
      {
        config: this.config,
        log: { info: log, warn: log },
        ledger: this.ledger(actor),
        table: new TableWriter(this.table.requests(actor), "table"),
        openPart: (key) => actor.call(`get ${key}`, () => this.landing.get(key)),
        saveQuarantine: (key, text) => actor.call(`put ${key}`, () => this.landing.put(key, Buffer.from(text))),
        sendContinuation: (next) =>
          actor.call("send the continuation", () =>
            this.loadQueue.send(JSON.stringify(next), messageGroup(this.config, next)),
          ),
        backoff: () => Promise.resolve(),
      },
      { near: () => actor.calls >= limit, over: () => actor.calls >= limit + 8 },
    );
  }

  private async replay(force: boolean): Promise<void> {
    await this.simulation.turn("somebody replays");
    const actor = new Actor("replay", this.simulation);
    const { bucket, collectQueue, simulation } = this;
    await actor.live(() =>
      replay(
        { source: "orders", bucket: BUCKET, force, dryRun: false },
        {
          objects: async function* () {
            for (const { key, versionId, etag, bytes, time } of await actor.call("list", () => bucket.list())) {
              yield { key, versionId, etag, size: bytes.length, time };
            }
          },
          ledger: this.ledger(actor),
          send: (body) => actor.call("send", () => collectQueue.send(body)),
          print: () => undefined,
          now: () => new Date(simulation.now),
        },
      ),
    );
  }

  private patience(): number {
    const { patience } = this.scenario;
    if (this.simulation.calm || patience.length === 0) return Number.POSITIVE_INFINITY;
    return patience[this.started++ % patience.length] as number;
  }
}

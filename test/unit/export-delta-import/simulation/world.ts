import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { importFlow, placeholders } from "../../../../components/export-delta-import/definition";
import type { Json, JsonObject } from "../../../../components/parts/asl/types";
import { applyBatch, type Target } from "../../../../functions/export-delta-import/apply/apply";
import { keyText } from "../../../../functions/export-delta-import/apply/operation";
import { control } from "../../../../functions/export-delta-import/control/control";
import type { ControlPorts, TableRef } from "../../../../functions/export-delta-import/control/ports";
import { normalise } from "../../../../functions/export-delta-import/normalise/normalise";
import { Progress } from "../../../../functions/export-delta-import/progress/progress";
import { publish } from "../../../../functions/export-delta-import/publish/publish";
import { register } from "../../../../functions/export-delta-import/register/register";
import type { HeadEntry, LockEntry, VersionEntry } from "../../../../functions/export-delta-import/registry/entries";
import { TableLock } from "../../../../functions/export-delta-import/registry/lock";
import { Registry } from "../../../../functions/export-delta-import/registry/registry";
import type { DeltaConfig } from "../../../../functions/export-delta-import/shared/config";
import type { GlueTable } from "../../../../functions/export-delta-import/shared/glueTable";
import type { ObjectEvent } from "../../../../functions/s3-to-dynamodb/collect/events";
import { type Call, Clock, simulate, TaskError } from "../../fivetran-dbt-orchestration/simulate";
import { MemoryStore } from "../memoryStore";
import { table } from "../tables";
import { MemoryAthena } from "./queries";
import { MemoryStream } from "./stream";

export const settings = {
  pipeline: "imports",
  readConcurrency: 5,
  publishConcurrency: 5,
  functionTimeout: 900,
  queryTimeout: 1_800,
  approvalTimeout: 86_400,
  catchUpTimeout: 10_000_000,
  catchUpInterval: 60,
  importTimeout: 20_000_000,
};
const { definition } = importFlow(settings, placeholders);

export const config: DeltaConfig = {
  prefix: "",
  versionOrder: "number",
  manifestName: "",
  tables: {},
  otherTables: table({
    header: false,
    cleanFiles: true,
    maxDeletedShare: 0.7,
    columns: ["id", "value"].map((name) => ({ name, type: "string" })),
  }),
};

/** Rows by key. */
export type Rows = Readonly<Record<string, string>>;

/** What may go wrong, asked whenever something could. */
export interface Fate {
  /** Passed before each effect; who is to die here is told so by an error. */
  gate(what: string): Promise<void>;
  /** Whether something happens this time, given how likely it is (1 in so many). */
  happens(what: string, oneIn: number): boolean;
}

/** A process that was killed: nothing that it does from then on happens. */
class Killed extends Error {}
class Aborted extends Error {}

interface Execution {
  readonly arn: string;
  readonly table: TableRef;
  status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** All that an import touches, in memory, with the functions' own code and the state machine's own definition between. */
export class World {
  now = Date.parse("2026-05-01T05:00:00.000Z");
  readonly registry = new MemoryStore();
  readonly locks = new MemoryStore();
  readonly objects = new Map<string, Buffer>();
  readonly exports = new Map<string, Buffer>();
  readonly athena = new MemoryAthena(this.objects);
  readonly stream = new MemoryStream();
  /** Rows that the target has, by table and key, with the order of their version. */
  readonly target = new Map<string, { readonly order: string; readonly value: string }>();
  readonly executions = new Map<string, Execution>();
  readonly givenUp: string[] = [];
  /** Everything that is under way. */
  private readonly running = new Set<Promise<void>>();
  private readonly pumping = new Set<number>();

  constructor(readonly fate: Fate) {}

  /** Resolves when nothing is under way any more. @throws what a process ended with that nobody foresaw */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private background(work: () => Promise<void>): void {
    const promise = work().finally(() => this.running.delete(promise));
    this.running.add(promise);
  }

  /** An export arrives, and its event once or twice. */
  upload({ tenant, table: name }: TableRef, version: number, rows: Rows, events = 1): void {
    const key = `${tenant}/${name}/${version}/export.csv.gz`;
    const body = gzipSync(
      Object.entries(rows)
        .map(([id, value]) => `${id},${value}\n`)
        .join(""),
    );
    this.exports.set(key, body);
    const etag = createHash("md5").update(JSON.stringify(rows)).digest("hex");
    const event: ObjectEvent = {
      bucket: "exports",
      key,
      etag,
      size: body.length,
      sequencer: "01",
      time: "2026-05-01T05:00:00.000Z",
    };
    for (let i = 0; i < events; i++) this.background(() => this.registerEvent(event));
  }

  private async registerEvent(event: ObjectEvent): Promise<void> {
    await this.untilDone("register", (process) =>
      register(event, { ...process.tables, ...process.common, config, read: async () => "", start: process.start }),
    );
  }

  /** SQS and EventBridge deliver until somebody has dealt with it. */
  private async untilDone(
    what: string,
    work: (process: ReturnType<World["process"]>) => Promise<unknown>,
  ): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      try {
        await work(this.process(what));
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
    throw new Error(`${what} is killed all the time`);
  }

  /** One invocation: what it writes goes through the gate, at which it may be killed. */
  private process(name: string) {
    let isDead = false;
    const gate = async (what: string): Promise<void> => {
      await this.fate.gate(`${name}: ${what}`);
      this.now += 1;
      if (isDead || this.fate.happens(`${name} is killed before ${what}`, 40)) {
        isDead = true;
        throw new Killed();
      }
    };
    const time = { now: () => this.now, pause: async () => void (await gate("pause")) };
    const stored = { ...time, store: this.registry.through(gate) };
    const tables = {
      registry: new Registry(stored),
      progress: new Progress(stored),
      lock: new TableLock({
        ...time,
        store: this.locks.through(gate),
        isRunning: async (arn: string) => this.executions.get(arn)?.status === "RUNNING",
        leaseMs: 3_600_000,
      }),
    };
    const start = async (of: TableRef, name: string): Promise<void> => {
      await gate("start");
      this.execute(of, name);
    };
    return { gate, tables, start, time, common: { log: silent, count: () => undefined } };
  }

  private controlPorts({ tables, start, time, gate, common }: ReturnType<World["process"]>): ControlPorts {
    return {
      ...tables,
      ...common,
      config,
      start,
      now: time.now,
      work: {
        text: async (key) => this.objects.get(key)?.toString() ?? "",
        lines: (key) => this.lines(key),
        put: async (key, body) => {
          await gate(`put ${key}`);
          this.objects.set(key, Buffer.from(body));
        },
        removeAll: async (prefix) => {
          await gate(`remove ${prefix}`);
          for (const key of [...this.objects.keys()]) if (key.startsWith(prefix)) this.objects.delete(key);
        },
      },
      settings: {
        database: "imports",
        workBucket: "work",
        targets: ["memory"],
        dollarsPerTerabyte: 5,
        approvalSeconds: settings.approvalTimeout,
      },
    };
  }

  private async *lines(key: string): AsyncGenerator<string> {
    const body = this.objects.get(key);
    if (body === undefined) throw new Error(`there is no ${key}`);
    yield* gunzipSync(body)
      .toString()
      .split("\n")
      .filter((line) => line !== "");
  }

  private execute(of: TableRef, name: string): void {
    const arn = `execution:${name}`;
    if (this.executions.has(arn)) return;
    const execution: Execution = { arn, table: of, status: "RUNNING" };
    this.executions.set(arn, execution);
    this.background(() => this.run(execution));
  }

  private async run(execution: Execution): Promise<void> {
    const clock = new (class extends Clock {
      // A Map sets the time back for each of its items, which run side by side; here they don't.
    })();
    Object.defineProperty(clock, "now", {
      get: () => this.now,
      set: (time: number) => {
        this.now = Math.max(this.now, time);
      },
    });
    try {
      const ended = await simulate(definition, {
        input: { ...execution.table },
        clock,
        execution: execution.arn,
        task: (call) => this.task(call),
        enter: async (state) => {
          if (execution.status === "RUNNING" && this.fate.happens(`${execution.arn} is stopped at ${state}`, 120)) {
            execution.status = "ABORTED";
          }
          if (execution.status !== "RUNNING") throw new Aborted();
        },
      });
      execution.status = ended.status;
    } catch (error) {
      if (!(error instanceof Aborted)) throw error;
    }
    if (execution.status === "SUCCEEDED") return;
    const { tenant, table: name } = execution.table;
    const detail = {
      executionArn: execution.arn,
      status: execution.status,
      input: JSON.stringify({ tenant, table: name }),
    };
    const times = this.fate.happens("an event comes twice", 4) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      this.background(() => this.untilDone("ended", (process) => control({ detail }, this.controlPorts(process))));
    }
  }

  private async task({ state, arguments: given }: Call): Promise<Json> {
    const { FunctionName, Payload } = given as { FunctionName?: string; Payload?: JsonObject };
    if (FunctionName !== undefined) return this.call(state, FunctionName, Payload ?? {});
    await this.fate.gate(state);
    if (state === "Make table") {
      const { TableInput } = given as unknown as { TableInput: GlueTable };
      this.athena.tables.set(TableInput.Name, TableInput);
      return {};
    }
    if (state === "Drop tables") {
      for (const name of given.TablesToDelete as string[]) this.athena.tables.delete(name);
      return {};
    }
    if (given.TopicArn !== undefined) return {};
    if (given.QueryExecutionId !== undefined) return this.athena.result(String(given.QueryExecutionId));
    if (this.fate.happens(`Athena fails in ${state}`, 60)) throw this.athenaFailure();
    try {
      return this.athena.run(String(given.QueryString));
    } catch (error) {
      throw new TaskError("States.TaskFailed", (error as Error).message);
    }
  }

  private athenaFailure(): TaskError {
    const Retryable = this.fate.happens("Athena's failure passes", 2);
    const Status = { State: "FAILED", StateChangeReason: "INTERNAL", AthenaError: { Retryable } };
    return new TaskError("States.TaskFailed", JSON.stringify({ QueryExecution: { Status } }));
  }

  /** As `retryFunction` has it: what a function says of the import stands, everything else is tried again. */
  private async call(state: string, functionArn: string, payload: JsonObject): Promise<Json> {
    for (let attempt = 0; ; attempt++) {
      await this.fate.gate(state);
      try {
        const answer = await this.invoke(functionArn, payload);
        if (state !== "Await approval") return { Payload: answer as Json };
        await this.fate.gate("somebody answers");
        if (this.fate.happens("nobody answers", 4)) throw new TaskError("States.HeartbeatTimeout");
        return { approved: !this.fate.happens("somebody refuses", 3), by: "me" };
      } catch (error) {
        if (error instanceof TaskError) throw error;
        const { name, message } = error as Error;
        const isFinal = ["ExportRefused", "FileRefused", "LeaseLost", "OperationsFailed", "InputError"].includes(name);
        const failure = new TaskError(name, JSON.stringify({ errorType: name, errorMessage: message }));
        if (isFinal || attempt >= 3) throw failure;
      }
    }
  }

  private async invoke(functionArn: string, payload: JsonObject): Promise<unknown> {
    const process = this.process(functionArn.slice(functionArn.lastIndexOf(":") + 1));
    // What is cut short here comes again in another invocation.
    const deadline = { near: () => this.fate.happens("the time is up", 20) };
    const work = async (): Promise<unknown> => {
      if (functionArn === placeholders.controlArn) return (await control(payload, this.controlPorts(process))) ?? {};
      const { work: bucket } = this.controlPorts(process);
      const ports = { ...process.tables, ...process.common, work: bucket };
      if (functionArn === placeholders.publishArn) {
        return publish(
          payload,
          {
            ...ports,
            ...process.time,
            put: (records) => this.put(process.gate, records),
            limits: { records: 2, bytes: 1e6, recordBytes: 1e6 },
          },
          deadline,
        );
      }
      return normalise(
        payload,
        {
          ...ports,
          config,
          limits: { partBytes: 1e6, maxUnpackedBytes: 1e9, maxUnpackRatio: 1e3 },
          exports: { open: () => Promise.reject(new Error("clean files are copied")) },
          copy: async ({ key }, to) => {
            await process.gate(`copy ${key}`);
            this.objects.set(to, this.exports.get(key) ?? Buffer.alloc(0));
          },
        },
        deadline,
      );
    };
    if (!this.fate.happens(`${functionArn} seems to hang`, 80)) return work();
    // It goes on while Step Functions has given it up.
    this.background(() =>
      work().then(
        () => undefined,
        () => undefined,
      ),
    );
    throw Object.assign(new Error("timed out"), { name: "States.Timeout" });
  }

  private async put(gate: (what: string) => Promise<void>, records: Parameters<MemoryStream["put"]>[0]) {
    await gate("PutRecords");
    const refused = records.flatMap((_, i) => (this.fate.happens("the stream throttles a record", 8) ? [i] : []));
    const answer = this.stream.put(records, new Set(refused));
    for (const shard of this.stream.shards.keys()) this.pump(shard);
    // Taken, but its answer is lost.
    if (this.fate.happens("PutRecords' answer is lost", 40)) throw new Error("socket hang up");
    return answer;
  }

  /** Lambda gives the apply function the batches of a shard one after the other, again until it is dealt with. */
  private pump(shard: number): void {
    if (this.pumping.has(shard)) return;
    this.pumping.add(shard);
    this.background(async () => {
      for (let event = this.stream.batch(shard, 3); event !== undefined; event = this.stream.batch(shard, 3)) {
        const batch = event;
        await this.fate.gate(`deliver to shard ${shard}`);
        await this.untilDone("apply", async (process) => {
          const { batchItemFailures } = await applyBatch(batch, {
            ...process.tables,
            ...process.common,
            versionOrder: config.versionOrder,
            concurrency: 2,
            target: this.targetOf(process.gate),
            giveUp: async (_, reason) => void this.givenUp.push(reason),
          });
          this.stream.advance(shard, batch, batchItemFailures[0]?.itemIdentifier);
        });
      }
      this.pumping.delete(shard);
    });
  }

  private targetOf(gate: (what: string) => Promise<void>): Target {
    return {
      name: "memory",
      write: async ({ tenant, table: name, op, key, row }, order) => {
        await gate(op);
        if (this.fate.happens("the target throttles", 20)) throw new Error("throttled");
        const id = `${tenant}/${name}/${Object.values(key).map(keyText).join()}`;
        const before = this.target.get(id);
        if (before !== undefined && before.order > order) return "stale";
        if (op === "DELETE") this.target.delete(id);
        else this.target.set(id, { order, value: String(row?.value) });
        return "applied";
      },
    };
  }

  /** What the target has of a table. */
  rowsOf({ tenant, table: name }: TableRef): Rows {
    const prefix = `${tenant}/${name}/`;
    const own = [...this.target].filter(([id]) => id.startsWith(prefix));
    return Object.fromEntries(own.map(([id, { value }]) => [id.slice(prefix.length), value]));
  }

  async head({ tenant, table: name }: TableRef): Promise<HeadEntry | undefined> {
    return (await this.registry.get<HeadEntry>({ pk: `${tenant}#${name}`, sk: "head" }))?.item;
  }

  async versions({ tenant, table: name }: TableRef): Promise<VersionEntry[]> {
    return (await this.registry.query<VersionEntry>(`${tenant}#${name}`, "version#")).map(({ item }) => item);
  }

  async lockOwner({ tenant, table: name }: TableRef): Promise<string | undefined> {
    return (await this.locks.get<LockEntry>({ pk: `${tenant}#${name}`, sk: "lock" }))?.item.owner;
  }
}

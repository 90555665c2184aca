import assert from "node:assert/strict";
import type { Scheduler } from "fast-check";
import { ConversionError, FunctionError, TransientError } from "../../../../functions/kafka-lambda-sink/core/errors";
import type { Fetched } from "../../../../functions/kafka-lambda-sink/core/feed";
import type { Batch } from "../../../../functions/kafka-lambda-sink/core/payload";
import type { DeliverySettings, ErrorBehavior } from "../../../../functions/kafka-lambda-sink/core/ports";
import {
  type ConvertedRecord,
  nameOf,
  type SourceRecord,
  type TopicPartition,
} from "../../../../functions/kafka-lambda-sink/core/record";
import type { Report } from "../../../../functions/kafka-lambda-sink/core/reports";
import { recordAt, topic } from "../core/fakes";
import { SimulatedGroup } from "./group";
import { SimulatedMember } from "./member";

/** What goes on around the sinks. */
export type Event = "start" | "close" | "kill" | "expel" | "resume";

export interface Scenario {
  /** Each partition's offsets as the gaps between them. */
  readonly gaps: readonly (readonly number[])[];
  readonly behavior: ErrorBehavior;
  readonly batchSize: number;
  readonly maxInFlight: number;
  /** Which invocations, counted over all, end with a transient error. */
  readonly throttled: ReadonlySet<number>;
  /** Which attempts at reporting do. */
  readonly unreported: ReadonlySet<number>;
  /** Offsets at which the function ends with an error, and at which no converter knows what to do. */
  readonly poison: ReadonlySet<number>;
  readonly unreadable: ReadonlySet<number>;
  readonly events: readonly { readonly event: Event; readonly member: number }[];
}

/** Everything outside of the service, and what must hold of it at every moment. */
export class SimulatedWorld {
  readonly members: SimulatedMember[] = [];
  readonly records = new Map<string, SourceRecord[]>();
  private readonly group: SimulatedGroup;
  private readonly settings: DeliverySettings;
  /** How often each record was delivered. */
  private readonly delivered = new Map<string, number>();
  private readonly reported = new Set<string>();
  /** Invocations under way of each partition: whose, and as whom it belonged to the group when they began. */
  private readonly running = new Map<
    string,
    Set<{ readonly member: SimulatedMember; readonly id: string | undefined }>
  >();
  /** The last offset that each opened partition's worker has sent. */
  private readonly sent = new Map<string, bigint>();
  private invocations = 0;
  private reports = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly scheduler: Scheduler,
  ) {
    const partitions = scenario.gaps.map((gaps, partition) => {
      let next = 0;
      const offsets = gaps.map((gap) => {
        next += gap + 1;
        return next - 1;
      });
      this.records.set(
        nameOf({ topic, partition }),
        offsets.map((offset) => recordAt(offset)),
      );
      return { topic, partition };
    });
    this.group = new SimulatedGroup(topic, partitions);
    const reportTopic = { name: "out", keyFormat: "string", valueFormat: "json", key: "record" } as const;
    this.settings = {
      limits: { records: scenario.batchSize, bytes: 10_000 },
      behavior: scenario.behavior,
      failScope: "partition",
      maxInFlight: scenario.maxInFlight,
      maxRetryMs: Number.POSITIVE_INFINITY,
      resultTopic: reportTopic,
      errorTopic: reportTopic,
    };
  }

  async run(): Promise<void> {
    this.start();
    for (const { event, member } of this.scenario.events) {
      void this.scheduler.schedule(Promise.resolve(), event).then(() => this.happen(event, member));
    }
    for (let steps = 0; this.scheduler.count() > 0; steps++) {
      // About 200 in practice: more is a group that goes on rebalancing.
      assert.ok(steps < 2_000, "it doesn't come to an end");
      await this.scheduler.waitOne();
      await new Promise((resolve) => setImmediate(resolve));
      if (this.scheduler.count() === 0 && this.live.length === 0) this.start();
      this.throwProblem();
    }
    this.checkEnd();
  }

  convert(record: SourceRecord): ConvertedRecord {
    if (this.scenario.unreadable.has(Number(record.offset))) throw new ConversionError("unreadable");
    return { key: "null", value: "1", headers: "[]" };
  }

  fetch(partition: TopicPartition, from: bigint): Fetched {
    const all = this.records.get(nameOf(partition)) as SourceRecord[];
    const end = endOf(all);
    const records = all.filter(({ offset }) => offset >= from).slice(0, 3);
    return { records, end, next: records.length === 0 ? end : endOf(records) };
  }

  /**
   * @param id as whom the member belonged to the group when it decided to invoke
   * @returns what the function answers, to be called when its time has come
   */
  beginInvocation(
    member: SimulatedMember,
    id: string | undefined,
    source: TopicPartition,
    { records }: Batch,
  ): () => string {
    const name = nameOf(source);
    const invocation = { member, id };
    const running = this.running.get(name) ?? new Set();
    this.running.set(name, running);
    for (const other of running) {
      const bothHaveIt = this.group.has(invocation.id) && this.group.has(other.id) && other.member.state !== "dead";
      this.hold(other.member !== member && !bothHaveIt, `${name}: two invocations at once`);
    }
    running.add(invocation);
    const offsets = records.map(({ offset }) => offset);
    this.hold(
      offsets.every((offset, i) => i === 0 || offset > (offsets[i - 1] as bigint)),
      `${name}: ${offsets} isn't increasing`,
    );
    const count = this.invocations++;
    return () => {
      running.delete(invocation);
      if (this.scenario.throttled.has(count)) throw new TransientError("throttled");
      if (offsets.some((offset) => this.scenario.poison.has(Number(offset)))) {
        throw new FunctionError({ errorType: "Poison", errorMessage: "", kind: "Unhandled", body: "{}" });
      }
      const last = this.sent.get(name);
      if (!this.hasLostMembers) {
        this.hold(last === undefined || (offsets[0] as bigint) > last, `${name}: ${offsets[0]} was delivered again`);
      }
      this.sent.set(name, offsets.at(-1) as bigint);
      for (const offset of offsets) {
        const key = `${name} ${offset}`;
        this.delivered.set(key, (this.delivered.get(key) ?? 0) + 1);
      }
      return "null";
    };
  }

  /** What another member may have is never reported knowingly. */
  checkReport({ name, sink }: SimulatedMember, reports: readonly Report[]): void {
    const owned = sink.owned.map(nameOf);
    for (const report of reports) {
      const { partition } = placeOf(report);
      this.hold(owned.includes(partition), `${name} reports for ${partition}, from which it was thrown out`);
    }
  }

  report(reports: readonly Report[]): void {
    if (this.scenario.unreported.has(this.reports++)) throw new TransientError("no leader");
    for (const report of reports) this.reported.add(placeOf(report).record);
  }

  /** Nothing is committed past a record that wasn't reported, or left out. */
  checkCommit(partition: TopicPartition, offset: bigint): void {
    const name = nameOf(partition);
    for (const record of this.records.get(name) as SourceRecord[]) {
      if (record.offset >= offset) break;
      const isDone = this.reported.has(`${name} ${record.offset}`) || this.mayBeLeftOut(name, record);
      this.hold(isDone, `${name}: ${offset} is committed before ${record.offset} is done`);
    }
  }

  fatal(error: Error): void {
    this.problems.push(error.message);
  }

  private readonly problems: string[] = [];

  /** An assertion inside of a step would be taken for the sink's own error. */
  private hold(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }

  private throwProblem(): void {
    assert.deepEqual(this.problems, []);
  }

  private get live(): SimulatedMember[] {
    return this.members.filter(({ state }) => state === "live");
  }

  /** Only then may a record be delivered twice. */
  private get hasLostMembers(): boolean {
    return this.scenario.events.some(({ event }) => event === "kill" || event === "expel");
  }

  private mayBeLeftOut(name: string, { offset }: SourceRecord): boolean {
    return this.scenario.behavior === "ignore" && !this.delivered.has(`${name} ${offset}`);
  }

  private start(): void {
    const member = new SimulatedMember(`task ${this.members.length}`, this, this.group, this.scheduler, this.settings);
    this.members.push(member);
    void member.membership.join();
  }

  private happen(event: Event, index: number): void {
    const member = this.live[index % Math.max(1, this.live.length)];
    if (event === "start") this.start();
    else if (event === "kill") member?.kill();
    else if (event === "expel") member?.expel();
    else if (event === "close") void member?.close();
    else for (const { partition } of member?.sink.stops ?? []) member?.sink.resume(partition);
  }

  /** Everything is delivered, or stopped where it can't be; partitions don't stop one another. */
  private checkEnd(): void {
    const { behavior, poison, unreadable } = this.scenario;
    const stops = new Map(
      this.live.flatMap(({ sink }) => sink.stops).map(({ partition, offset }) => [nameOf(partition), offset]),
    );
    for (const [name, all] of this.records) {
      const isBad = ({ offset }: SourceRecord) => poison.has(Number(offset)) || unreadable.has(Number(offset));
      const firstBad = behavior === "fail" ? all.find(isBad) : undefined;
      const committed = this.group.committed.get(name) ?? 0n;
      if (firstBad === undefined) {
        assert.equal(committed, endOf(all), `${name}: not everything is committed`);
        assert.equal(stops.get(name), undefined, `${name} is stopped`);
      } else {
        assert.ok(committed <= firstBad.offset, `${name}: ${committed} is committed past the record that fails`);
        assert.equal(stops.get(name), committed, `${name} isn't stopped at what is committed`);
      }
      for (const record of all) {
        const count = this.delivered.get(`${name} ${record.offset}`) ?? 0;
        if (!isBad(record) && record.offset < committed) {
          const wasInBadBatch = behavior !== "fail" && poison.size > 0;
          assert.ok(count > 0 || wasInBadBatch, `${name}: ${record.offset} is lost`);
        }
        if (!this.hasLostMembers) assert.ok(count <= 1, `${name}: ${record.offset} was delivered ${count} times`);
      }
    }
  }
}

function endOf(records: readonly SourceRecord[]): bigint {
  return (records.at(-1)?.offset ?? -1n) + 1n;
}

function placeOf({ headers }: Report): { readonly partition: string; readonly record: string } {
  const { input_record_topic, input_record_partition, input_record_offset } = Object.fromEntries(headers);
  const partition = `${input_record_topic}-${input_record_partition}`;
  return { partition, record: `${partition} ${input_record_offset}` };
}

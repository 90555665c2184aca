import type { Scheduler } from "fast-check";
import { type GroupPort, Membership } from "../../../../functions/kafka-lambda-sink/core/membership";
import type { DeliverySettings, PartitionSource, SinkPorts } from "../../../../functions/kafka-lambda-sink/core/ports";
import { nameOf, type TopicPartition } from "../../../../functions/kafka-lambda-sink/core/record";
import { Sink } from "../../../../functions/kafka-lambda-sink/core/sink";
import type { SimulatedGroup } from "./group";
import type { SimulatedWorld } from "./world";

/** One task of the service: the real sink and membership over a group, a log and a function that are simulated. */
export class SimulatedMember implements GroupPort {
  memberId: string | undefined;
  /** What the group calls it, also before it knows itself. */
  private groupsId: string | undefined;
  generation = -1;
  /** `dead`: nothing that it began goes on; `closed`: it has left. */
  state: "live" | "dead" | "closed" = "live";
  readonly sink: Sink;
  readonly membership: Membership;
  private isJoining = false;

  constructor(
    readonly name: string,
    private readonly world: SimulatedWorld,
    private readonly group: SimulatedGroup,
    private readonly scheduler: Scheduler,
    settings: DeliverySettings,
  ) {
    const sleep = () => this.step("wait", () => undefined);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const ports: SinkPorts = {
      log,
      sleep,
      random: () => 0,
      count: () => {},
      now: () => 0,
      open: (partition) => this.open(partition),
      convert: (_, record) => world.convert(record),
      invoke: async (batch, source) => {
        const id = this.memberId;
        const begin = () => world.beginInvocation(this, id, source, batch);
        const answer = await this.step(`invoke ${nameOf(source)}`, begin);
        return this.step(`response ${nameOf(source)}`, answer);
      },
      report: (reports) => {
        const all = [...reports];
        world.checkReport(this, all);
        return this.step("report", () => world.report(all));
      },
    };
    this.sink = new Sink(settings, ports, { stopped: () => {}, fatal: (error) => world.fatal(error) });
    this.membership = new Membership(this.sink, this, { sleep, random: () => 0, log });
  }

  async join(): Promise<void> {
    const notify = () => void this.step("heartbeat", () => this.heartbeat());
    this.isJoining = true;
    const answer = await this.step("join", () => {
      if (!this.group.has(this.memberId)) this.memberId = undefined;
      const answer = this.group.join(this.memberId, this.membership.claims, notify);
      this.groupsId = answer.id;
      return answer;
    });
    // One who is dead hears of nothing.
    const { memberId, generation, partitions } = await this.whileAlive(answer.joined);
    await this.step("joined", () => {
      this.isJoining = false;
      this.memberId = memberId;
      this.generation = generation;
      void this.membership.joined({ memberId, partitions });
      this.heartbeat();
    });
  }

  /** One that is answered while a join is under way isn't heeded. */
  private heartbeat(): void {
    if (!this.isJoining && this.group.isWaitingFor(this.memberId)) void this.membership.join();
  }

  /** As after a pause beyond the session time-out. */
  expel(): void {
    this.group.remove(this.groupsId);
    void this.step("heartbeat after the pause", () => void this.membership.join());
  }

  /** As by SIGKILL. */
  kill(): void {
    this.state = "dead";
    void this.scheduler
      .schedule(Promise.resolve(), `${this.name} times out`)
      .then(() => this.group.remove(this.groupsId));
  }

  /** As by SIGTERM. */
  async close(): Promise<void> {
    const left = this.membership.leave();
    await this.sink.close();
    await left;
    await this.step("leave", () => {
      this.state = "closed";
      this.group.remove(this.groupsId);
    });
  }

  private open(partition: TopicPartition): PartitionSource {
    const name = nameOf(partition);
    let close: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    return {
      close,
      position: () => this.step(`position ${name}`, () => this.group.committed.get(name) ?? 0n),
      fetch: async (from) => {
        const fetched = await this.step(`fetch ${name}`, () => this.world.fetch(partition, from));
        if (fetched.records.length === 0) await closed;
        return fetched;
      },
      commit: (offset) =>
        this.step(`commit ${name}`, () => {
          const isTaken = this.group.commit(this.memberId, this.generation, name, offset);
          if (isTaken) this.world.checkCommit(partition, offset);
          return isTaken;
        }),
    };
  }

  private async whileAlive<T>(pending: Promise<T>): Promise<T> {
    try {
      return await pending;
    } finally {
      if (this.state === "dead") await new Promise(() => {});
    }
  }

  /** What the world does when the scheduler comes to it; nothing any more for one who is dead. */
  private async step<T>(what: string, act: () => T): Promise<T> {
    await this.scheduler.schedule(Promise.resolve(), `${this.name}: ${what}`);
    if (this.state === "dead") return new Promise(() => {});
    return act();
  }
}

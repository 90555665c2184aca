import type { ConfigurationError } from "./errors";
import { type Ended, PartitionWorker } from "./partition";
import type { DeliverySettings, SinkPorts } from "./ports";
import { nameOf, type TopicPartition } from "./record";
import { Slots } from "./slots";

/** A partition that this member has. */
interface Held {
  readonly partition: TopicPartition;
  worker: PartitionWorker;
  /**
   * `leaving`: it is given back when what is in flight is done; `abandoned`: others may have it already;
   * `stopped`: it is held, so that nobody else runs into the same error, but nothing is fetched.
   */
  state: "running" | "leaving" | "abandoned" | "stopped";
  stop?: Stop;
  gone: Promise<void>;
}

/** Where and why a partition stopped. */
export interface Stop {
  readonly partition: TopicPartition;
  /** The first offset that isn't committed. */
  readonly offset: bigint;
  readonly reason: string;
}

export interface PartitionStatus {
  readonly partition: TopicPartition;
  readonly state: Held["state"];
  readonly lag: bigint;
}

/** What the sink tells its owner. */
export interface SinkEvents {
  readonly stopped: (stop: Stop) => void;
  /** The task has to end: other partitions are still at work. */
  readonly fatal: (error: ConfigurationError) => void;
}

/** Delivers the partitions that the group gave this member, each by itself. */
export class Sink {
  private readonly held = new Map<string, Held>();
  private wanted = new Map<string, TopicPartition>();
  private readonly slots: Slots;
  private isClosed = false;

  constructor(
    private readonly settings: DeliverySettings,
    private readonly ports: SinkPorts,
    private readonly events: SinkEvents,
  ) {
    this.slots = new Slots(settings.maxInFlight);
  }

  /** The partitions that nobody else may have now, also those that are about to be given back. */
  get owned(): TopicPartition[] {
    const owned = new Map(this.wanted);
    for (const [name, { partition, state }] of this.held) if (state !== "abandoned") owned.set(name, partition);
    return [...owned.values()];
  }

  get inFlight(): number {
    return this.slots.taken;
  }

  get stops(): Stop[] {
    return [...this.held.values()].flatMap(({ stop }) => (stop === undefined ? [] : [stop]));
  }

  get status(): PartitionStatus[] {
    return [...this.held.values()].map(({ partition, state, worker }) => ({ partition, state, lag: worker.lag }));
  }

  /**
   * The group's new assignment.
   * @param wasLost the group has removed this member meanwhile: others may have had its partitions
   * @returns once the partitions that aren't assigned any more are given back; their names
   */
  async assign(partitions: readonly TopicPartition[], wasLost: boolean): Promise<string[]> {
    if (this.isClosed) return [];
    this.wanted = new Map(partitions.map((each) => [nameOf(each), each]));
    const leaving = [...this.held.values()].filter(({ partition }) => wasLost || !this.wanted.has(nameOf(partition)));
    for (const held of leaving) this.leave(held, wasLost ? "abandon" : "finish");
    for (const partition of partitions) if (!this.held.has(nameOf(partition))) this.start(partition);
    await Promise.all(leaving.map(({ gone }) => gone));
    return leaving.map(({ partition }) => nameOf(partition));
  }

  /** Takes a stopped partition up again, at the committed offset. False: it isn't stopped. */
  resume(partition: TopicPartition): boolean {
    const held = this.held.get(nameOf(partition));
    if (held?.state !== "stopped" || this.isClosed) return false;
    this.restart(held);
    // Under `failScope: task` the others stopped with it.
    if (this.stops.length === 0) {
      for (const other of [...this.held.values()]) if (other.state === "stopped") this.restart(other);
    }
    return true;
  }

  /** Finishes what is in flight; resolves when all partitions are given back. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.wanted.clear();
    const all = [...this.held.values()];
    for (const held of all) this.leave(held, "finish");
    await Promise.all(all.map(({ gone }) => gone));
  }

  /** From now on nothing is reported or committed. */
  abandon(): void {
    this.isClosed = true;
    this.wanted.clear();
    for (const held of this.held.values()) this.leave(held, "abandon");
  }

  private start(partition: TopicPartition): void {
    const name = nameOf(partition);
    const worker = new PartitionWorker(partition, this.ports.open(partition), this.settings, this.ports, this.slots);
    const held: Held = { partition, worker, state: "running", gone: Promise.resolve() };
    held.gone = worker.done.then((ended) => this.ended(held, ended));
    this.held.set(name, held);
    if (this.settings.failScope === "task" && this.stops.length > 0) worker.end("finish");
  }

  private restart({ partition }: Held): void {
    this.held.delete(nameOf(partition));
    this.start(partition);
  }

  private leave(held: Held, how: "finish" | "abandon"): void {
    if (held.state === "stopped") {
      this.held.delete(nameOf(held.partition));
      this.startAgain(held.partition);
      return;
    }
    if (held.state !== "abandoned") held.state = how === "finish" ? "leaving" : "abandoned";
    held.worker.end(how);
  }

  private ended(held: Held, ended: Ended): void {
    const { partition } = held;
    if (ended.kind === "fatal") this.events.fatal(ended.error);
    if (held.state !== "running") {
      this.held.delete(nameOf(partition));
      this.startAgain(partition);
      return;
    }
    held.state = "stopped";
    if (ended.kind !== "stopped") return;
    held.stop = { partition, offset: ended.offset, reason: ended.error.message };
    this.ports.log.error("Partition stopped", {
      partition: nameOf(partition),
      offset: String(ended.offset),
      error: ended.error.name,
      reason: ended.error.message,
    });
    this.events.stopped(held.stop);
    if (this.settings.failScope === "partition") return;
    for (const other of this.held.values()) if (other.state === "running") other.worker.end("finish");
  }

  /** It was assigned again while it was being given back. */
  private startAgain(partition: TopicPartition): void {
    if (!this.isClosed && this.wanted.has(nameOf(partition))) this.start(partition);
  }
}

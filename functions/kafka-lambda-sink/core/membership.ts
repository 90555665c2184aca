import type { Log } from "../../shared/log";
import { fullJitter } from "../../shared/retry";
import { nameOf, type TopicPartition } from "./record";
import type { Sink } from "./sink";

/** The group's answer to a join. */
export interface Joined {
  readonly memberId: string;
  readonly partitions: readonly TopicPartition[];
}

/** The client's side of the group. */
export interface GroupPort {
  /** Joins, or joins anew; {@link Membership.joined} says what comes of it. Rejects where it can't be done now. */
  join(): Promise<void>;
  /** Who this member is at present; undefined before the first join and after the group removed it. */
  readonly memberId: string | undefined;
  readonly generation: number;
}

/** What a member publishes when it joins. */
export interface Claims {
  readonly generation: number;
  readonly owned: readonly string[];
}

/** Keeps a sink's partitions and its membership in the group in step. */
export class Membership {
  /** As whom the sink got its partitions. */
  private memberId: string | undefined;
  private joining: Promise<void> | undefined;
  private mustJoinAgain = false;
  private isLeaving = false;

  constructor(
    private readonly sink: Pick<Sink, "assign" | "owned">,
    private readonly group: GroupPort,
    private readonly ports: {
      readonly sleep: (ms: number) => Promise<void>;
      readonly random: () => number;
      readonly log: Pick<Log, "info" | "warn">;
    },
  ) {}

  /** To be asked at each join. A member that was removed claims nothing: others may have its partitions. */
  get claims(): Claims {
    if (this.memberId === undefined || this.group.memberId !== this.memberId) return { generation: -1, owned: [] };
    return { generation: this.group.generation, owned: this.sink.owned.map(nameOf) };
  }

  /** Takes over what the group assigned. Partitions that are to move are given back, then the group hears of it. */
  async joined({ memberId, partitions }: Joined): Promise<void> {
    if (this.isLeaving) return;
    const wasLost = this.memberId !== undefined && this.memberId !== memberId;
    this.memberId = memberId;
    this.ports.log.info("Partitions assigned", { memberId, partitions: partitions.map(nameOf), wasLost });
    const released = await this.sink.assign(partitions, wasLost);
    if (released.length > 0 && !wasLost) await this.join();
  }

  /** Joins until it has worked; one that is asked for meanwhile comes after the one under way. */
  async join(): Promise<void> {
    this.mustJoinAgain = true;
    this.joining ??= this.joinUntilDone();
    await this.joining;
  }

  /** Nothing is joined or taken over any more; resolves when no join is under way, so that the group can be left. */
  async leave(): Promise<void> {
    this.isLeaving = true;
    await this.joining;
  }

  private async joinUntilDone(): Promise<void> {
    for (let attempt = 0; this.mustJoinAgain && !this.isLeaving; ) {
      this.mustJoinAgain = false;
      try {
        await this.group.join();
        attempt = 0;
      } catch (error) {
        this.mustJoinAgain = true;
        this.ports.log.warn("The group can't be joined now", { attempt, reason: (error as Error).message });
        await this.ports.sleep(fullJitter(attempt++, BACKOFF_MS, LONGEST_BACKOFF_MS, this.ports.random));
      }
    }
    // In the same turn in which the loop saw that nobody asks: who asks now isn't overlooked.
    this.joining = undefined;
  }
}

const BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 10_000;

import assert from "node:assert/strict";
import { assignCooperatively } from "../../../../functions/kafka-lambda-sink/core/assignor";
import { TransientError } from "../../../../functions/kafka-lambda-sink/core/errors";
import type { Claims, Joined } from "../../../../functions/kafka-lambda-sink/core/membership";
import { nameOf, type TopicPartition } from "../../../../functions/kafka-lambda-sink/core/record";

/** What the coordinator answers to a join when the round is over. */
interface Answer extends Joined {
  readonly generation: number;
}

interface Waiting {
  readonly claims: Claims;
  readonly answer: (answer: Answer) => void;
  readonly refuse: (error: Error) => void;
}

/** A group's coordinator, as Kafka's classic protocol has it: rounds of joins, generations, fenced commits. */
export class SimulatedGroup {
  private generation = 0;
  private isRebalancing = false;
  private nextId = 0;
  /** Those who belong to the group, with what tells them that a round is on. */
  private readonly members = new Map<string, () => void>();
  private readonly waiting = new Map<string, Waiting>();
  readonly committed = new Map<string, bigint>();

  constructor(
    private readonly topic: string,
    private readonly partitions: readonly TopicPartition[],
  ) {}

  has(id: string | undefined): boolean {
    return id !== undefined && this.members.has(id);
  }

  /** Whether a round is on that this member isn't part of: what a heartbeat is answered. */
  isWaitingFor(id: string | undefined): boolean {
    return this.isRebalancing && this.has(id) && !this.waiting.has(id as string);
  }

  /** @param notify tells the member later on that it must join again */
  join(
    id: string | undefined,
    claims: Claims,
    notify: () => void,
  ): { readonly id: string; readonly joined: Promise<Answer> } {
    const known = id !== undefined && this.members.has(id) ? id : `member-${String(this.nextId++).padStart(3, "0")}`;
    const joined = new Promise<Answer>((answer, refuse) => {
      this.members.set(known, notify);
      this.waiting.set(known, { claims, answer, refuse });
      this.round();
    });
    return { id: known, joined };
  }

  /** The member left, died or was thrown out. */
  remove(id: string | undefined): void {
    if (id === undefined || !this.members.delete(id)) return;
    this.waiting.get(id)?.refuse(new Error("UNKNOWN_MEMBER_ID"));
    this.waiting.delete(id);
    this.round();
  }

  /** False: fenced. */
  commit(id: string | undefined, generation: number, name: string, offset: bigint): boolean {
    if (!this.has(id)) return false;
    if (generation !== this.generation) throw new TransientError("ILLEGAL_GENERATION");
    assert.ok(offset >= (this.committed.get(name) ?? 0n), `${name}: a commit goes back to ${offset}`);
    this.committed.set(name, offset);
    return true;
  }

  private round(): void {
    this.isRebalancing = this.members.size > 0;
    if (!this.isRebalancing) return;
    const absent = [...this.members].filter(([id]) => !this.waiting.has(id));
    if (absent.length > 0) {
      for (const [, notify] of absent) notify();
      return;
    }
    this.isRebalancing = false;
    this.generation++;
    const claims = [...this.waiting].map(([id, { claims }]) => ({
      id,
      topics: [this.topic],
      observes: false,
      ...claims,
    }));
    const assigned = assignCooperatively(claims, this.partitions);
    this.checkNobodyElseHas(assigned, claims);
    const round = [...this.waiting];
    this.waiting.clear();
    for (const [memberId, { answer }] of round) {
      answer({ memberId, generation: this.generation, partitions: assigned.get(memberId) ?? [] });
    }
  }

  private checkNobodyElseHas(
    assigned: Map<string, TopicPartition[]>,
    claims: readonly { id: string; owned: readonly string[] }[],
  ): void {
    for (const { id, owned } of claims) {
      const others = [...assigned]
        .filter(([other]) => other !== id)
        .flatMap(([, partitions]) => partitions.map(nameOf));
      assert.deepEqual(
        owned.filter((name) => others.includes(name)),
        [],
        "a partition is given to one while another has it",
      );
    }
  }
}

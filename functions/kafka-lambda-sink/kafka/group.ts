import { assignCooperatively } from "../core/assignor";
import { ConfigurationError, TransientError } from "../core/errors";
import type { Claims, GroupPort, Joined } from "../core/membership";
import { nameOf, type TopicPartition } from "../core/record";
import type { AnswerOf } from "./calls";
import type { Cluster } from "./cluster";
import { Coordinator } from "./coordinator";
import { errorNames, sinkError } from "./errors";
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  PROTOCOL,
  partitionsOf,
} from "./protocol";
import type { Commits } from "./source";

export interface GroupOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly instanceId?: string;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long the group waits for members to join again. */
  readonly rebalanceMs: number;
  /** How often to look for new partitions. */
  readonly lookMs: number;
  /** Takes no partitions. @default false */
  readonly observes?: boolean;
}

/** What the group's client asks and tells. */
export interface GroupEvents {
  /** Asked for at each join. */
  readonly claims: () => Claims;
  readonly joined: (joined: Joined) => void;
  /** The group begins a new round, or has removed this member. */
  readonly mustJoin: () => void;
  /** The group can't be used until somebody changes something. */
  readonly fatal: (error: ConfigurationError) => void;
}

/** What a partition's commit says besides its offset. */
export interface Committed {
  readonly offset: bigint;
  readonly metadata: string;
}

/**
 * Membership by Kafka's classic protocol, on the calls themselves: joins, heartbeats, commits by generation. A member
 * that was removed can't commit; one that hears of a new round goes on with its partitions until they move.
 */
export class KafkaGroup implements GroupPort, Commits {
  memberId: string | undefined;
  generation = -1;
  /** When the group last answered, in Unix milliseconds; 0: never yet. */
  lastAnswer = 0;
  private readonly coordinator: Coordinator;
  private heartbeat: NodeJS.Timeout | undefined;
  private look: NodeJS.Timeout | undefined;
  private isLeader = false;
  private isJoining = false;
  private known = "";
  private isClosed = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: GroupOptions,
    private readonly events: GroupEvents,
  ) {
    const answerMs = Math.max(1_000, Math.min(30_000, options.sessionTimeoutMs / 2));
    this.coordinator = new Coordinator(cluster, options.groupId, options.rebalanceMs + 30_000, answerMs);
  }

  async join(): Promise<void> {
    this.stopTimers();
    this.isJoining = true;
    try {
      const response = await this.joinRound();
      const partitions = await this.sync(response);
      if (this.isClosed) return;
      this.lastAnswer = Date.now();
      this.startTimers();
      this.events.joined({ memberId: this.memberId as string, partitions });
    } catch (error) {
      throw this.heed(error, "Joining the group");
    } finally {
      this.isJoining = false;
    }
  }

  async commit(partition: TopicPartition, offset: bigint, metadata = ""): Promise<boolean> {
    const { groupId, instanceId = null } = this.options;
    if (this.memberId === undefined) return false;
    const place = { partitionIndex: partition.partition, committedOffset: offset, committedLeaderEpoch: -1 };
    const topics = [{ name: partition.topic, partitions: [{ ...place, committedMetadata: metadata }] }];
    try {
      await this.coordinator.call("OffsetCommit", groupId, this.generation, this.memberId, instanceId, topics);
      this.lastAnswer = Date.now();
      return true;
    } catch (error) {
      const names = errorNames(error);
      if (names.has("UNKNOWN_MEMBER_ID") || names.has("FENCED_INSTANCE_ID")) return false;
      throw sinkError(`Commit of ${nameOf(partition)}`, error);
    }
  }

  async committed(partition: TopicPartition): Promise<bigint | undefined> {
    return (await this.lookUp(partition))?.offset;
  }

  /** Undefined: nothing is committed. */
  async lookUp({ topic, partition }: TopicPartition): Promise<Committed | undefined> {
    const { groupId } = this.options;
    const groups = [
      { groupId, memberId: null, memberEpoch: -1, topics: [{ name: topic, partitionIndexes: [partition] }] },
    ];
    try {
      const response = await this.coordinator.call("OffsetFetch", groups, true);
      const found = response.groups[0]?.topics[0]?.partitions[0];
      if (found === undefined || found.committedOffset < 0n) return undefined;
      return { offset: found.committedOffset, metadata: found.metadata ?? "" };
    } catch (error) {
      throw sinkError(`The committed offset of ${topic}-${partition}`, error);
    }
  }

  /** Leaves the group, so that others needn't wait for the session's end. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.stopTimers();
    const { groupId, instanceId } = this.options;
    const { memberId } = this;
    this.memberId = undefined;
    try {
      // One with an instance id keeps its place for a restart.
      if (memberId !== undefined && instanceId === undefined) {
        await this.coordinator.call("LeaveGroup", groupId, [{ memberId, groupInstanceId: null }]);
      }
    } catch (error) {
      if (!errorNames(error).has("UNKNOWN_MEMBER_ID")) throw sinkError("Leaving the group", error);
    } finally {
      await this.coordinator.close();
    }
  }

  private async joinRound(): Promise<AnswerOf<"JoinGroup">> {
    const { groupId, sessionTimeoutMs, rebalanceMs, instanceId = null, topics, observes = false } = this.options;
    for (let id = this.memberId ?? ""; ; ) {
      const metadata = encodeSubscription(topics, this.events.claims(), observes);
      const protocols = [{ name: PROTOCOL.name, metadata }];
      const who = [groupId, sessionTimeoutMs, rebalanceMs, id, instanceId] as const;
      try {
        const response = await this.coordinator.call("JoinGroup", ...who, PROTOCOL.type, protocols, "");
        this.memberId = response.memberId as string;
        this.generation = response.generationId;
        this.isLeader = response.leader === response.memberId;
        return response;
      } catch (error) {
        // A first join is answered with the id to join with.
        const given = idGiven(error);
        if (given === undefined || given === id) throw error;
        id = given;
      }
    }
  }

  private async sync({ members, protocolName }: AnswerOf<"JoinGroup">): Promise<TopicPartition[]> {
    const { groupId, instanceId = null } = this.options;
    const assignments = this.isLeader ? await this.assign(members) : [];
    const { type } = PROTOCOL;
    const who = [groupId, this.generation, this.memberId as string, instanceId] as const;
    const { assignment } = await this.coordinator.call("SyncGroup", ...who, type, protocolName, assignments);
    return decodeAssignment(assignment);
  }

  private async assign(members: AnswerOf<"JoinGroup">["members"]) {
    const claims = members.map(({ memberId, metadata }) => decodeSubscription(memberId, metadata));
    const partitions = await this.partitions(new Set(claims.flatMap(({ topics }) => topics)));
    this.known = String(partitions.map(nameOf));
    const assigned = assignCooperatively(claims, partitions);
    return [...assigned].map(([memberId, list]) => ({ memberId, assignment: encodeAssignment(list) }));
  }

  private async partitions(topics: ReadonlySet<string>): Promise<TopicPartition[]> {
    const sorted = [...topics].sort();
    const found = await Promise.all(
      sorted.map(async (topic) => [topic, await this.cluster.topic(topic, true)] as const),
    );
    return partitionsOf(new Map(found));
  }

  private startTimers(): void {
    const { heartbeatMs, lookMs } = this.options;
    const beat = () => {
      this.heartbeat = setTimeout(async () => {
        if (await this.beatOnce()) beat();
      }, heartbeatMs);
    };
    beat();
    if (this.isLeader) this.look = setInterval(() => void this.lookForPartitions(), lookMs);
  }

  private stopTimers(): void {
    clearTimeout(this.heartbeat);
    clearInterval(this.look);
  }

  /** False: the next one comes after the next join. */
  private async beatOnce(): Promise<boolean> {
    const { groupId, instanceId = null } = this.options;
    const { generation } = this;
    const memberId = this.memberId as string;
    try {
      await this.coordinator.call("Heartbeat", groupId, generation, memberId, instanceId);
      this.lastAnswer = Date.now();
      return !this.isClosed;
    } catch (error) {
      // A join under way takes part in the round that this tells of: to join again would begin another for everybody.
      const isOther = this.isClosed || generation !== this.generation || memberId !== this.memberId;
      if (isOther || this.isJoining) return false;
      const names = errorNames(error);
      if (names.has("REBALANCE_IN_PROGRESS")) this.lastAnswer = Date.now();
      const heeded = this.heed(error, "Heartbeat");
      if (heeded instanceof ConfigurationError) this.events.fatal(heeded);
      else if (names.has("REBALANCE_IN_PROGRESS") || this.memberId === undefined) this.events.mustJoin();
      // The coordinator moved or can't be reached: it is looked for again at the next one.
      else return true;
      return false;
    }
  }

  /** Only the leader knows all topics; its join begins a new round. */
  private async lookForPartitions(): Promise<void> {
    try {
      const partitions = await this.partitions(new Set(this.options.topics));
      if (String(partitions.map(nameOf)) !== this.known) this.events.mustJoin();
    } catch {
      // Looked at again the next time; a lasting failure shows in the fetches.
    }
  }

  /** Forgets who this member is where the group doesn't know it any more. */
  private heed(error: unknown, doing: string): Error {
    const names = errorNames(error);
    // A generation that went on without this member has given its partitions to others.
    if (names.has("UNKNOWN_MEMBER_ID") || names.has("ILLEGAL_GENERATION")) this.memberId = undefined;
    const told = sinkError(doing, error);
    if (names.has("INCONSISTENT_GROUP_PROTOCOL")) {
      return new TransientError(
        `${doing}: other consumers use the group ${this.options.groupId}. Fix: stop the connector whose group it was`,
      );
    }
    return told;
  }
}

/** The id in an answer MEMBER_ID_REQUIRED. */
function idGiven(error: unknown): string | undefined {
  if (!errorNames(error).has("MEMBER_ID_REQUIRED")) return undefined;
  const { response } = error as { readonly response?: { readonly memberId?: string } };
  return response?.memberId;
}

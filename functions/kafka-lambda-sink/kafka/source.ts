import type { ConnectionPool } from "@platformatic/kafka";
import type { Log } from "../../shared/log";
import type { ConsumerConfig } from "../config/config";
import type { Fetched } from "../core/feed";
import type { PartitionSource } from "../core/ports";
import { nameOf, type TopicPartition } from "../core/record";
import type { Cluster } from "./cluster";
import { errorNames, sinkError } from "./errors";
import { visibleRecords } from "./visible";

/** Kafka's numbers of the isolation levels. */
export const isolationLevels = { read_uncommitted: 0, read_committed: 1 } as const;

/** The commits of the group. */
export interface Commits {
  committed(partition: TopicPartition): Promise<bigint | undefined>;
  commit(partition: TopicPartition, offset: bigint): Promise<boolean>;
}

/** Records are gone, or there is nothing to begin at, and nobody said where to begin instead. */
export class NoOffset extends Error {
  override readonly name = "NoOffset";
}

/** Beyond how long a fetch may wait. */
const MARGIN_MS = 30_000;

/** One partition's log, read over connections of its own: a look that waits holds up nobody else. */
export class KafkaSource implements PartitionSource {
  private readonly pool: ConnectionPool;
  private isClosed = false;

  constructor(
    private readonly partition: TopicPartition,
    private readonly cluster: Cluster,
    private readonly commits: Commits,
    private readonly config: ConsumerConfig,
    private readonly log: Pick<Log, "error">,
  ) {
    this.pool = cluster.openPool(config.maxWaitMs + MARGIN_MS);
  }

  async position(): Promise<bigint> {
    const committed = await this.commits.committed(this.partition);
    if (committed !== undefined) return committed;
    const { offsetReset } = this.config;
    if (offsetReset === "none") {
      throw new NoOffset(
        "Nothing is committed yet, and auto.offset.reset=none. Fix: give earliest or latest, or commit an offset.",
      );
    }
    return this.cluster.offset(this.partition, offsetReset, isolationLevels[this.config.isolation]);
  }

  async fetch(from: bigint): Promise<Fetched> {
    try {
      return await this.look(from);
    } catch (error) {
      if (errorNames(error).has("OFFSET_OUT_OF_RANGE")) return this.reset(from);
      if (!this.isClosed) this.cluster.forget();
      throw sinkError(`Fetch of ${nameOf(this.partition)}`, error);
    }
  }

  commit(offset: bigint): Promise<boolean> {
    return this.commits.commit(this.partition, offset);
  }

  close(): void {
    this.isClosed = true;
    this.pool.close().catch(() => {
      // The connection is gone already.
    });
  }

  private async look(from: bigint): Promise<Fetched> {
    const { maxWaitMs, minBytes, maxPartitionBytes, isolation } = this.config;
    const { topic, partition } = this.partition;
    const { broker, topicId } = await this.cluster.leader(this.partition);
    const connection = await this.cluster.connect(broker, this.pool);
    const wanted = {
      partition,
      fetchOffset: from,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: maxPartitionBytes,
    };
    // Up to version 12 topics are named, from then on they have an id.
    const isNamed = (await this.cluster.version("Fetch")) <= 12;
    const topics = [{ topicId: isNamed ? topic : topicId, partitions: [wanted] }];
    const how = [maxWaitMs, minBytes, maxPartitionBytes, isolationLevels[isolation], 0, -1] as const;
    const { responses } = await this.cluster.call("Fetch", connection, ...how, topics, [], "");
    const fetched = responses[0]?.partitions[0];
    if (fetched === undefined) return { records: [], next: from, end: from };
    const end = isolation === "read_committed" ? fetched.lastStableOffset : fetched.highWatermark;
    return { ...visibleRecords(fetched, from), end };
  }

  /** Retention took the records away, or the topic was made anew. */
  private async reset(from: bigint): Promise<Fetched> {
    const { offsetReset, isolation } = this.config;
    const partition = nameOf(this.partition);
    if (offsetReset === "none") {
      throw new NoOffset(
        `There is no offset ${from} in the log any more, and auto.offset.reset=none. Fix: give earliest or latest, or commit an offset that is there.`,
      );
    }
    const next = await this.cluster.offset(this.partition, offsetReset, isolationLevels[isolation]);
    this.log.error("Offset out of range: records may be lost", { partition, from: String(from), next: String(next) });
    return { records: [], next, end: next };
  }
}

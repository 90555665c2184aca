import {
  type API,
  Base,
  type Broker,
  type ClusterTopicMetadata,
  type Connection,
  type ConnectionOptions,
  ConnectionPool,
  kGetApi,
  kGetBootstrapConnection,
} from "@platformatic/kafka";
import { TransientError } from "../core/errors";
import type { TopicPartition } from "../core/record";
import type { AnswerOf, ArgumentsOf, Calls } from "./calls";
import { sinkError } from "./errors";

export interface ClusterOptions {
  readonly clientId: string;
  readonly brokers: readonly string[];
  readonly connection: ConnectionOptions;
}

/** There is none of this name now. */
export class UnknownTopic extends TransientError {}

const CONNECT_MS = 10_000;
/** Longer than any broker takes to answer what doesn't wait. */
const ANSWER_MS = 30_000;

/**
 * A cluster's brokers, topics and the calls of its protocol, on the library's connections and codecs. Nothing is
 * repeated here: errors are reported as {@link sinkError} sees them, and what was known of a topic is forgotten with them.
 */
export class Cluster {
  private readonly base: Base;
  private readonly pool: ConnectionPool;

  constructor(private readonly options: ClusterOptions) {
    this.base = new Base({
      clientId: options.clientId,
      bootstrapBrokers: [...options.brokers],
      retries: 0,
      ...this.timed(ANSWER_MS),
    });
    this.pool = this.openPool(ANSWER_MS);
  }

  /** Connections of their own, for calls that hold up others behind them. */
  openPool(answerMs: number): ConnectionPool {
    return new ConnectionPool(this.options.clientId, this.timed(answerMs));
  }

  /** Calls a broker, in the newest version that both sides know. Throws what the library throws. */
  async call<N extends keyof Calls>(name: N, connection: Connection, ...args: ArgumentsOf<N>): Promise<AnswerOf<N>> {
    const { async } = await this.api<ArgumentsOf<N>, AnswerOf<N>>(name);
    return async(connection, ...args);
  }

  /** The version in which a call is made. */
  async version(name: keyof Calls): Promise<number> {
    return (await this.api<unknown[], unknown>(name)).version;
  }

  /** A connection to any broker. */
  bootstrap(): Promise<Connection> {
    return answer((done) => this.base[kGetBootstrapConnection](done));
  }

  connect(broker: Broker, pool = this.pool): Promise<Connection> {
    return pool.get(broker);
  }

  /** @throws UnknownTopic, TransientError, ConfigurationError */
  async topic(name: string, isFresh = false): Promise<ClusterTopicMetadata> {
    return (await this.lookUp(name, isFresh)).topic;
  }

  async leader({
    topic: name,
    partition,
  }: TopicPartition): Promise<{ readonly broker: Broker; readonly topicId: string }> {
    const { topic, brokers } = await this.lookUp(name, false);
    const broker = brokers.get(topic.partitions[partition]?.leader ?? -1);
    if (broker === undefined) {
      this.forget();
      throw new TransientError(`${name}-${partition} has no leader now`);
    }
    return { broker, topicId: topic.id };
  }

  /** A connection to the broker that makes topics. */
  async controller(): Promise<Connection> {
    const { brokers, controllerId } = await this.base.metadata({ topics: [] });
    const broker = brokers.get(controllerId);
    return broker === undefined ? this.bootstrap() : this.connect(broker);
  }

  /** Leaders and topics are looked up anew. */
  forget(): void {
    this.base.clearMetadata();
  }

  /** @param which the first offset, or that after the last */
  async offset(place: TopicPartition, which: "earliest" | "latest", isolation: number): Promise<bigint> {
    const { topic: name, partition: partitionIndex } = place;
    try {
      const { broker } = await this.leader(place);
      const connection = await this.connect(broker);
      const timestamp = which === "earliest" ? -2n : -1n;
      const partitions = [{ partitionIndex, currentLeaderEpoch: -1, timestamp }];
      const { topics } = await this.call("ListOffsets", connection, -1, isolation, [{ name, partitions }]);
      return topics[0]?.partitions[0]?.offset as bigint;
    } catch (error) {
      this.forget();
      throw sinkError(`The ${which} offset of ${name}-${partitionIndex}`, error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.base.close(), this.pool.close()]);
  }

  private async lookUp(name: string, forceUpdate: boolean) {
    try {
      const { topics, brokers } = await this.base.metadata({ topics: [name], forceUpdate, autocreateTopics: false });
      const topic = topics.get(name);
      if (topic !== undefined) return { topic, brokers };
    } catch (error) {
      if (!/^Unknown topic/.test((error as Error).message)) throw sinkError(`Metadata of ${name}`, error);
    }
    throw new UnknownTopic(`There is no topic ${name}, or it may not be described.`);
  }

  private api<A extends unknown[], R>(name: string): Promise<API<A, R>> {
    return answer((done) => this.base[kGetApi]<A, R>(name, done));
  }

  private timed(requestTimeout: number): ConnectionOptions {
    return { ...this.options.connection, connectTimeout: CONNECT_MS, requestTimeout };
  }
}

function answer<T>(ask: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, value) => (error === null ? resolve(value as T) : reject(error)));
  });
}

import type { Broker, Connection, ConnectionPool } from "@platformatic/kafka";
import { TransientError } from "../core/errors";
import type { AnswerOf, ArgumentsOf, Calls } from "./calls";
import type { Cluster } from "./cluster";

/** The broker that keeps a group. It moves when brokers go, so it is looked up again after every failure. */
export class Coordinator {
  private broker: Broker | undefined;
  /** Joins wait until all members are there, so they have connections of their own. */
  private readonly joins: ConnectionPool;
  private readonly others: ConnectionPool;

  constructor(
    private readonly cluster: Cluster,
    private readonly groupId: string,
    joinMs: number,
    answerMs: number,
  ) {
    this.joins = cluster.openPool(joinMs);
    this.others = cluster.openPool(answerMs);
  }

  /** Calls the coordinator. Throws what the call throws. */
  async call<N extends keyof Calls>(name: N, ...args: ArgumentsOf<N>): Promise<AnswerOf<N>> {
    try {
      const connection = await this.connect(name === "JoinGroup" || name === "SyncGroup" ? this.joins : this.others);
      return await this.cluster.call(name, connection, ...args);
    } catch (error) {
      this.broker = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.joins.close(), this.others.close()]);
  }

  private async connect(pool: ConnectionPool): Promise<Connection> {
    this.broker ??= await this.find();
    return this.cluster.connect(this.broker, pool);
  }

  private async find(): Promise<Broker> {
    const connection = await this.cluster.bootstrap();
    const { coordinators } = await this.cluster.call("FindCoordinator", connection, GROUP, [this.groupId]);
    const [found] = coordinators;
    if (found === undefined) throw new TransientError(`The group ${this.groupId} has no coordinator now`);
    return { host: found.host, port: found.port };
  }
}

/** The kind of key by which a coordinator is looked for. */
const GROUP = 0;

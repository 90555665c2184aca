import { randomUUID } from "node:crypto";
import type { Log } from "../../shared/log";
import type { SinkConfig } from "../config/config";
import { ConfigurationError } from "../core/errors";
import { Membership } from "../core/membership";
import type { SinkPorts } from "../core/ports";
import { nameOf } from "../core/record";
import { type PartitionStatus, Sink, type Stop } from "../core/sink";
import { connectionOptions, type MskToken } from "./access";
import { Cluster, UnknownTopic } from "./cluster";
import { KafkaGroup } from "./group";
import { KafkaReporter } from "./reporter";
import { KafkaSource } from "./source";

export interface ConsumerPorts extends Pick<SinkPorts, "invoke" | "convert" | "count"> {
  readonly log: Pick<Log, "info" | "warn" | "error">;
  readonly mskToken: MskToken;
  readonly stopped: (stop: Stop) => void;
  /** The task has to end. */
  readonly fatal: (error: ConfigurationError) => void;
}

/** Times that nobody has asked to set, in milliseconds; tests shorten them. */
export interface ConsumerTimes {
  /** How long the group waits for its members to join again. */
  readonly rebalanceMs: number;
  /** How often to look for new partitions. */
  readonly lookMs: number;
  /** How often to look for requests to resume stopped partitions. */
  readonly resumeMs: number;
}

/** How long a join under way is waited for before the group is left. */
const LEAVE_MS = 1_000;

const TIMES: ConsumerTimes = { rebalanceMs: 60_000, lookMs: 60_000, resumeMs: 5_000 };

/** The sink on a Kafka cluster: one member of its consumer group. */
export class KafkaConsumer {
  private readonly cluster: Cluster;
  private readonly reports: { readonly cluster: Cluster; readonly reporter: KafkaReporter } | undefined;
  private readonly group: KafkaGroup;
  private readonly sink: Sink;
  private readonly membership: Membership;
  private readonly times: ConsumerTimes;
  /** The requests to go on that were heeded, by partition. */
  private readonly resumed = new Map<string, string>();
  private resumes: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: SinkConfig,
    private readonly ports: ConsumerPorts,
    times: Partial<ConsumerTimes> = {},
  ) {
    this.times = { ...TIMES, ...times };
    const { reporter } = config;
    this.cluster = this.openCluster(config);
    if (reporter !== undefined) {
      const cluster = this.openCluster(reporter);
      this.reports = { cluster, reporter: new KafkaReporter(cluster) };
    }
    const { stopped, fatal } = ports;
    this.sink = new Sink(config.delivery, this.sinkPorts(), { stopped, fatal });
    this.group = this.makeGroup();
    const { sleep, random } = clock;
    this.membership = new Membership(this.sink, this.group, { sleep, random, log: ports.log });
  }

  /** Joins the group. @throws ConfigurationError where a topic isn't there or can't be made, or the access is refused */
  async start(): Promise<void> {
    for (const topic of this.config.topics) await this.checkTopic(topic);
    await this.reports?.reporter.makeTopics(this.config.reporter?.topics ?? []);
    await this.membership.join();
    this.resumes = setInterval(() => void this.lookForResumes(), this.times.resumeMs);
  }

  get stops(): Stop[] {
    return this.sink.stops;
  }

  get status(): PartitionStatus[] {
    return this.sink.status;
  }

  get inFlight(): number {
    return this.sink.inFlight;
  }

  /** When the group last answered, in Unix milliseconds. */
  get lastAnswer(): number {
    return this.group.lastAnswer;
  }

  get memberId(): string | undefined {
    return this.group.memberId;
  }

  /**
   * Finishes what is in flight, commits and leaves the group.
   * @param graceMs after which what is still in flight is left without a commit
   */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.resumes);
    const left = this.membership.leave();
    const closed = this.sink.close().then(() => true);
    if (!(await Promise.race([closed, clock.sleep(graceMs)]))) {
      this.ports.log.warn("Left without a commit", { inFlight: this.sink.inFlight });
      this.sink.abandon();
    }
    await Promise.race([left, clock.sleep(LEAVE_MS)]);
    await this.group.close().catch((error: unknown) => this.ports.log.warn("Leaving the group failed", error as Error));
    await Promise.all([this.cluster.close(), this.reports?.cluster.close()]);
  }

  private openCluster({ brokers, security }: Pick<SinkConfig, "brokers" | "security">): Cluster {
    const connection = connectionOptions(security, this.ports.mskToken);
    return new Cluster({ clientId: this.config.consumer.clientId, brokers, connection });
  }

  private sinkPorts(): SinkPorts {
    const { invoke, convert, count, log } = this.ports;
    const { consumer } = this.config;
    return {
      invoke,
      convert,
      count,
      log,
      ...clock,
      open: (partition) => new KafkaSource(partition, this.cluster, this.group, consumer, log),
      report: async (reports) => this.reports?.reporter.report(reports),
    };
  }

  private makeGroup(): KafkaGroup {
    const { groupId, topics, consumer } = this.config;
    const { instanceId, sessionTimeoutMs, heartbeatMs } = consumer;
    const { rebalanceMs, lookMs } = this.times;
    const timing = { sessionTimeoutMs, heartbeatMs, rebalanceMs: Math.max(rebalanceMs, sessionTimeoutMs), lookMs };
    return new KafkaGroup(
      this.cluster,
      { groupId, topics, instanceId, ...timing },
      {
        claims: () => this.membership.claims,
        joined: (joined) => void this.membership.joined(joined),
        mustJoin: () => void this.membership.join(),
        fatal: this.ports.fatal,
      },
    );
  }

  private async checkTopic(name: string): Promise<void> {
    try {
      await this.cluster.topic(name);
    } catch (error) {
      if (!(error instanceof UnknownTopic)) throw error;
      throw new ConfigurationError(`${error.message} Fix: create it, correct topics, or allow it to be described.`);
    }
  }

  private async lookForResumes(): Promise<void> {
    for (const { partition } of this.sink.stops) {
      const name = nameOf(partition);
      try {
        const remark = (await this.group.lookUp(partition))?.metadata ?? "";
        if (!isResume(remark) || this.resumed.get(name) === remark) continue;
        this.resumed.set(name, remark);
        this.ports.log.info("Partition resumed", { partition: name });
        this.sink.resume(partition);
      } catch (error) {
        this.ports.log.warn("Can't check a stopped partition now", error as Error);
      }
    }
  }
}

const clock = {
  sleep: (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
  now: Date.now,
  random: Math.random,
};

/** What is committed beside the offset at which a stopped partition is to go on; each request is another. */
export function resumeRemark(): string {
  return `resume ${randomUUID()}`;
}

export function isResume(remark: string): boolean {
  return remark.startsWith("resume ");
}

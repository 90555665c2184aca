import { setTimeout as sleep } from "node:timers/promises";
import { TransientError } from "../../functions/kafka-lambda-sink/core/errors";
import { nameOf } from "../../functions/kafka-lambda-sink/core/record";
import { connectionOptions, type MskToken } from "../../functions/kafka-lambda-sink/kafka/access";
import { Cluster } from "../../functions/kafka-lambda-sink/kafka/cluster";
import { resumeRemark } from "../../functions/kafka-lambda-sink/kafka/consumer";
import { KafkaGroup } from "../../functions/kafka-lambda-sink/kafka/group";
import type { ResumeOptions } from "./options";

/** How long a rebalance of the group may take. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 500;

/**
 * Commits where the partition is to go on, with a remark that its owner heeds. Brokers take commits from members alone,
 * so this joins the group for a moment, as one that takes no partitions.
 *
 * @returns what was done, for people
 * @throws Error with what to do where it can't be done
 */
export async function resume(options: ResumeOptions, mskToken: MskToken): Promise<string> {
  const { config, partition } = options;
  const { clientId, sessionTimeoutMs, heartbeatMs } = config.consumer;
  const { brokers } = config;
  const cluster = new Cluster({ clientId, brokers, connection: connectionOptions(config.security, mskToken) });
  const group: KafkaGroup = new KafkaGroup(
    cluster,
    {
      groupId: config.groupId,
      topics: config.topics,
      sessionTimeoutMs,
      heartbeatMs,
      rebalanceMs: 60_000,
      lookMs: 3_600_000,
      observes: true,
    },
    {
      claims: () => ({ generation: group.generation, owned: [] }),
      joined: () => {},
      mustJoin: () => {},
      fatal: () => {},
    },
  );
  const name = nameOf(partition);
  try {
    const { partitionsCount } = await cluster.topic(partition.topic);
    if (partition.partition >= partitionsCount) {
      throw new Error(`There is no ${name}: the topic has ${partitionsCount} partitions. Fix: give one of them.`);
    }
    const stopped = await group.lookUp(partition);
    const offset = await offsetOf(options, stopped?.offset, cluster);
    const said = `${name} of ${config.groupId} at offset ${offset}; it stood at ${stopped?.offset ?? "none"}`;
    if (options.isDryRun) return `Would resume ${said}.`;
    await patiently(async () => {
      await group.join();
      return group.commit(partition, offset, resumeRemark());
    });
    return `Resumed ${said}.`;
  } finally {
    await group.close().catch(() => undefined);
    await cluster.close();
  }
}

async function offsetOf(
  { offset, skip, partition, config }: ResumeOptions,
  stopped: bigint | undefined,
  cluster: Cluster,
): Promise<bigint> {
  const begin =
    stopped ?? (await cluster.offset(partition, config.consumer.offsetReset === "latest" ? "latest" : "earliest", 0));
  const wanted = offset ?? begin + skip;
  const end = await cluster.offset(partition, "latest", 0);
  if (wanted > end) {
    throw new Error(`Offset ${wanted} is beyond the end of ${nameOf(partition)}, ${end}. Fix: give at most ${end}.`);
  }
  return wanted;
}

/** Again and again while the group rebalances. */
async function patiently(attempt: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      if (await attempt()) return;
    } catch (error) {
      if (!(error instanceof TransientError) || Date.now() > end) throw error;
    }
    if (Date.now() > end) throw new Error("The group took no commit within 90 s. Fix: try again when it is at rest.");
    await sleep(PAUSE_MS);
  }
}

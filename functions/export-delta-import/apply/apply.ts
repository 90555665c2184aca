import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import type { Log } from "../../shared/log";
import type { ImportCounts } from "../../shared/metrics";
import { isNamed } from "../../shared/retry";
import type { Progress } from "../progress/progress";
import type { Registry } from "../registry/registry";
import { tableId } from "../shared/exportKey";
import { type VersionOrder, versionOrder } from "../shared/versionOrder";
import { parseOperation, type StreamOperation } from "./operation";

/** What a target did with an operation. `stale`: it has a newer row. */
export type Written = "applied" | "stale";

/** Something that is made equal to the newest version, operation by operation. */
export interface Target {
  /** How progress and messages call it. */
  readonly name: string;
  /**
   * Writes an operation, unless what is there is of a later version. Safe to run again.
   * @throws OperationRefused for one that it can never hold; anything else is tried again
   */
  write(operation: StreamOperation, order: string): Promise<Written>;
}

/** The target can't hold the operation, now or later. */
export class OperationRefused extends Error {
  override readonly name = "OperationRefused";
}

export interface ApplyPorts {
  readonly target: Target;
  readonly registry: Pick<Registry, "head">;
  readonly progress: Pick<Progress, "saveApplied">;
  readonly versionOrder: VersionOrder;
  /** Keeps a record that can't be applied, with the reason. */
  readonly giveUp: (record: string, reason: string) => Promise<void>;
  /** Operations written at once. */
  readonly concurrency: number;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  readonly count: (counts: ImportCounts) => void;
}

/** A record of the stream and what became of it. */
interface Handled {
  readonly record: KinesisStreamRecord;
  readonly operation?: StreamOperation;
  readonly outcome?: Written | "failed";
  readonly error?: unknown;
}

/**
 * Applies a batch of one shard. A key's operations follow each other, those of different keys run side by side. From the
 * first record on that has to come again everything comes again: what was applied then is found applied.
 */
export async function applyBatch(event: KinesisStreamEvent, ports: ApplyPorts): Promise<KinesisStreamBatchResponse> {
  const fence = new Fence(ports);
  const read = event.Records.map((record): Handled => {
    try {
      return { record, operation: parseOperation(Buffer.from(record.kinesis.data, "base64").toString()) };
    } catch (error) {
      return { record, error };
    }
  });
  const handled = await eachKeyInOrder(read, ports.concurrency, (each) => handle(each, ports, fence));
  const failedAt = handled.findIndex(({ outcome }) => outcome === undefined);
  const dealtWith = failedAt === -1 ? handled : handled.slice(0, failedAt);
  await note(dealtWith, ports);
  const failed = handled[failedAt];
  if (failed === undefined) return { batchItemFailures: [] };
  ports.log.error("An operation can't be applied now; it comes again", { error: failed.error as Error });
  return { batchItemFailures: [{ itemIdentifier: failed.record.kinesis.sequenceNumber }] };
}

async function handle(each: Handled, ports: ApplyPorts, fence: Fence): Promise<Handled> {
  const { record, operation } = each;
  const giveUp = async (error: unknown): Promise<Handled> => {
    await ports.giveUp(Buffer.from(record.kinesis.data, "base64").toString(), (error as Error).message);
    return { ...each, outcome: "failed" };
  };
  try {
    if (operation === undefined) return await giveUp(each.error);
    const order = versionOrder(operation.version, ports.versionOrder);
    if (order === undefined) return await giveUp(new Error(`Its version ${operation.version} has no order.`));
    if (await fence.isPast(operation, order)) return { ...each, outcome: "stale" };
    return { ...each, outcome: await ports.target.write(operation, order) };
  } catch (error) {
    if (!isNamed(error, "OperationRefused")) return { ...each, error };
    return giveUp(error).catch((failure: unknown) => ({ ...each, error: failure }));
  }
}

/**
 * Keeps operations of a version out when a later one is on its way or there: a deleted row leaves nothing behind that
 * could tell that the operation is old.
 */
class Fence {
  private readonly known = new Map<string, Promise<string>>();

  constructor(private readonly ports: Pick<ApplyPorts, "registry">) {}

  async isPast(operation: StreamOperation, order: string): Promise<boolean> {
    const pk = tableId(operation);
    let newest = this.known.get(pk);
    if (newest === undefined) {
      newest = this.ports.registry.head(pk).then(({ item }) => item.publishing ?? item.order);
      this.known.set(pk, newest);
    }
    return order < (await newest);
  }
}

/** Runs the groups of records with the same partition key side by side, within a group one after the other. */
async function eachKeyInOrder(
  records: readonly Handled[],
  concurrency: number,
  act: (each: Handled) => Promise<Handled>,
): Promise<Handled[]> {
  const groups = new Map<string, number[]>();
  for (const [index, { record }] of records.entries()) {
    const group = groups.get(record.kinesis.partitionKey);
    if (group === undefined) groups.set(record.kinesis.partitionKey, [index]);
    else group.push(index);
  }
  const results = [...records];
  const waiting = [...groups.values()].reverse();
  const worker = async (): Promise<void> => {
    for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
      for (const index of group) {
        const result = await act(records[index] as Handled);
        results[index] = result;
        // What follows on it has to follow on it when it comes again.
        if (result.outcome === undefined) break;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, groups.size) }, worker));
  return results;
}

/** Tells how far the target is with each delta of the batch, and counts. */
async function note(handled: readonly Handled[], { target, progress, count }: ApplyPorts): Promise<void> {
  const places = new Map<string, { deltaId: string; shard: string; seen: Handled[] }>();
  for (const each of handled) {
    if (each.operation === undefined) continue;
    const { deltaId } = each.operation;
    const shard = each.record.eventID.split(":")[0] ?? "";
    const place = places.get(`${deltaId} ${shard}`) ?? { deltaId, shard, seen: [] };
    place.seen.push(each);
    places.set(`${deltaId} ${shard}`, place);
  }
  for (const { deltaId, shard, seen } of places.values()) {
    await progress.saveApplied(
      { deltaId, target: target.name, shard },
      seen.map(({ record, outcome = "applied" }) => ({ sequenceNumber: record.kinesis.sequenceNumber, outcome })),
    );
  }
  const number = (outcome: string): number => handled.filter((each) => each.outcome === outcome).length;
  count({ OperationsApplied: number("applied"), OperationsStale: number("stale"), OperationsFailed: number("failed") });
}

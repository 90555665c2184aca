import type { ControlPorts } from "../ports";
import { groupsOf, importRequest } from "../request";

export interface ToPublish {
  /** Groups that the delta's files are published in, side by side. */
  readonly groups: number;
}

/** From here on the target is between two versions, until the import is done. */
export async function beginPublishing(event: unknown, ports: ControlPorts): Promise<ToPublish> {
  const { lease, order } = importRequest(event);
  await ports.lock.renew(lease);
  const { delta } = await ports.registry.beginPublishing(lease, order);
  return { groups: groupsOf(delta?.files ?? 0) };
}

/** How far the targets are with a delta. */
export interface Settled {
  readonly state: "waiting" | "applied";
  readonly published: number;
  readonly applied: number;
}

/** The operations couldn't be applied, and trying again won't change that. */
export class OperationsFailed extends Error {
  override readonly name = "OperationsFailed";
}

/**
 * Whether every target has dealt with every operation that the stream has taken.
 * @throws OperationsFailed when a target has given up some
 */
export async function settle(event: unknown, ports: ControlPorts): Promise<Settled> {
  const { lease, order } = importRequest(event);
  await ports.lock.renew(lease);
  const version = await ports.registry.version(lease.pk, order);
  const delta = version?.delta;
  if (delta === undefined) throw new Error(`Version ${order} of ${lease.pk} has no delta.`);
  const { counts } = delta;
  const { published, targets } = await ports.progress.of(delta.id, delta.files, ports.settings.targets);
  const failed = targets.filter((target) => target.failed > 0);
  if (failed.length > 0) {
    const told = failed.map(({ target, failed: number }) => `${number} by ${target}`).join(", ");
    throw new OperationsFailed(
      `Operations couldn't be applied: ${told}. They are in the dead-letter queue, each with its reason. Fix: remove the cause, then run delta-replay for this version.`,
    );
  }
  const expected = counts.inserted + counts.updated + counts.deleted;
  const state = targets.every(({ caughtUp }) => caughtUp) && published !== undefined ? "applied" : "waiting";
  if (published !== undefined && published !== expected) {
    throw new Error(`${published} operations were published, but the delta has ${expected}.`);
  }
  const applied = Math.min(...targets.map((target) => target.processed));
  return { state, published: published ?? 0, applied: state === "applied" ? expected : Math.min(applied, expected) };
}

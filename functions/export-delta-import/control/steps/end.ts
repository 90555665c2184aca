import { createHash } from "node:crypto";
import { Input } from "../../../shared/input";
import { isNamed } from "../../../shared/retry";
import type { VersionEntry } from "../../registry/entries";
import type { Lease } from "../../registry/lock";
import { isOpen } from "../../registry/readiness";
import { tableId } from "../../shared/exportKey";
import { versionPrefix } from "../../shared/workKeys";
import type { ControlPorts, TableRef } from "../ports";
import { importRequest } from "../request";
import { look } from "./begin";

/** How an import ended. */
export interface Ended {
  readonly status: string;
  readonly version: string;
  readonly reason?: string;
  readonly inserted?: number;
  readonly updated?: number;
  readonly deleted?: number;
  readonly unchanged?: number;
}

/** The target is at the version: says so, lets go of the table, and removes what nobody needs any more. */
export async function finish(event: unknown, ports: ControlPorts): Promise<Ended> {
  const { tenant, table, lease, order, input } = importRequest(event);
  const done = await ports.registry.imported(lease, order, {
    published: input.count("published"),
    applied: input.count("applied"),
  });
  const counts = done.delta?.counts;
  ports.log.info("Imported", { tenant, table, version: done.version, from: done.delta?.from, ...counts });
  ports.count({
    ExportsImported: 1,
    RowsInserted: counts?.inserted,
    RowsUpdated: counts?.updated,
    RowsDeleted: counts?.deleted,
    RowsUnchanged: counts?.unchanged,
  });
  await letGo(lease, { tenant, table }, ports);
  await removeParts(ports, { tenant, table }, lease.pk);
  return { status: "imported", version: done.version, ...counts };
}

/** The export can't be imported as it is. */
export function refuse(event: unknown, ports: ControlPorts): Promise<Ended> {
  return end(event, ports, "refused");
}

/** Something went wrong that isn't the export's fault. */
export function fail(event: unknown, ports: ControlPorts): Promise<Ended> {
  return end(event, ports, "failed");
}

async function end(event: unknown, ports: ControlPorts, status: "refused" | "failed"): Promise<Ended> {
  const { tenant, table, lease, order, input } = importRequest(event);
  const reason = input.text("reason").slice(0, 4_000);
  const version = await ports.registry.end(lease, order, (entry) => ended(entry, status, reason, ports));
  ports.log.warn("Import ended", { tenant, table, version: version.version, status, reason });
  ports.count(status === "refused" ? { ExportsRefused: 1 } : { ImportsFailed: 1 });
  await letGo(lease, { tenant, table }, ports);
  return { status, version: version.version, reason };
}

function ended(entry: VersionEntry, status: "refused" | "failed", reason: string, { now }: ControlPorts): VersionEntry {
  const approval = entry.approval && { ...entry.approval, taskToken: "" };
  return { ...entry, status, reason, approval, finishedAt: new Date(now()).toISOString() };
}

/** EventBridge's "Step Functions Execution Status Change": an execution that ended other than by its own last state. */
export async function executionEnded(event: unknown, ports: ControlPorts): Promise<{ readonly released: boolean }> {
  const detail = new Input(new Input(event).value("detail"));
  const [execution, status] = [detail.text("executionArn"), detail.text("status")];
  if (status === "RUNNING" || status === "PENDING_REDRIVE" || !detail.has("input")) return { released: false };
  const ref = new Input(JSON.parse(detail.text("input")));
  const table: TableRef = { tenant: ref.text("tenant"), table: ref.text("table") };
  const pk = tableId(table);
  const lease = await ports.lock.heldBy(pk, execution);
  if (lease === undefined) {
    // It may have ended before it took what it was started for.
    const name = againName(execution);
    if (name !== undefined) await startNext(table, pk, name, ports);
    return { released: false };
  }
  const reason = `Its execution ended as ${status}: ${execution}`;
  let released = false;
  let held: Lease | undefined = lease;
  // Once more where an invocation that was given up takes the lock again meanwhile.
  for (let attempt = 0; held !== undefined; attempt++) {
    try {
      await failVersions(held, reason, ports);
      await letGo(held, table, ports);
      released = true;
    } catch (error) {
      // The same event was dealt with elsewhere, and the next import has begun; or the lock has another token.
      if (!isNamed(error, "LeaseLost") || attempt >= MAX_LOOKS) throw error;
    }
    held = await ports.lock.heldBy(pk, execution);
  }
  return { released };
}

/** How often the lock of an execution that has ended is looked for again. */
const MAX_LOOKS = 10;

/** Ends what an execution was about. */
async function failVersions(lease: Lease, reason: string, ports: ControlPorts): Promise<void> {
  for (const { item } of await ports.registry.versions(lease.pk)) {
    if (item.execution !== lease.owner || item.token !== lease.token) continue;
    if (!isOpen(item) && item.status !== "publishing") continue;
    await ports.registry.end(lease, item.order, (entry) => ended(entry, "failed", reason, ports));
    ports.count({ ImportsFailed: 1 });
  }
}

/**
 * Frees the table and starts the import that waits for it. In this order: who comes before the lock is free is seen
 * here, who comes after takes it.
 */
async function letGo(lease: Lease, table: TableRef, ports: ControlPorts): Promise<void> {
  await ports.lock.release(lease);
  await startNext(
    table,
    lease.pk,
    `${createHash("sha256").update(lease.pk).digest("hex").slice(0, 32)}-after-${lease.token}`,
    ports,
  );
}

/** Imports of a version that begin by themselves. */
export const MAX_ATTEMPTS = 5;

async function startNext(table: TableRef, pk: string, name: string, ports: ControlPorts): Promise<void> {
  const { head, work, versions } = await look(ports, table, pk);
  // One that came when a newer one was being imported: its own execution found the lock held.
  await ports.registry.refuseLate(pk, head, versions);
  if (work.kind === "nothing") return;
  if (work.kind === "resume") {
    // A version that is half-way to the target goes first. Where nothing waits behind it, it was stopped by somebody or
    // will fail again: the next export or delta-replay goes on with it.
    const isWaitedFor = versions.some(({ item }) => isOpen(item));
    if (!isWaitedFor || work.version.item.attempts >= MAX_ATTEMPTS) return;
  }
  await ports.start(table, name);
}

/** Executions that follow each other because none of them got as far as the lock. */
const MAX_AGAIN = 3;

/** Name of the execution that takes the place of another; undefined when there were enough. */
function againName(execution: string): string | undefined {
  const name = execution.slice(execution.lastIndexOf(":") + 1);
  const [, before = name, count = "0"] = /^(.*)-again-(\d+)$/.exec(name) ?? [];
  return Number(count) >= MAX_AGAIN ? undefined : `${before.slice(0, 60)}-again-${Number(count) + 1}`;
}

/** What versions left behind that nothing is compared with any more. */
async function removeParts(
  { registry, work, log }: ControlPorts,
  { tenant, table }: TableRef,
  pk: string,
): Promise<void> {
  const { item: head } = await registry.head(pk);
  for (const stored of await registry.versions(pk)) {
    const { item } = stored;
    const isNeeded = item.order === head.order || item.order === head.publishing || isOpen(item);
    if (isNeeded || item.removed === true) continue;
    try {
      await work.removeAll(versionPrefix({ tenant, table, order: item.order }));
      await registry.partsRemoved(pk, stored);
    } catch (error) {
      // The import itself is done; the next one of the table tries again.
      log.warn("Parts can't be removed", { version: item.version, error: error as Error });
    }
  }
}

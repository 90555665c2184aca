import { randomUUID } from "node:crypto";
import {
  type Delta,
  type HeadEntry,
  headKey,
  type VersionEntry,
  versionKey,
} from "../../functions/export-delta-import/registry/entries";
import { isOpen, lateReason } from "../../functions/export-delta-import/registry/readiness";
import type { Stored } from "../../functions/export-delta-import/registry/store";
import type { TableRegistry } from "../shared/exportTable";

export interface ReplayPorts {
  readonly table: TableRegistry;
  readonly isRunning: (execution: string) => Promise<boolean>;
  /** Whether the object is in the work bucket; undefined: nobody has said which bucket that is. */
  readonly exists?: (key: string) => Promise<boolean>;
  readonly start: () => Promise<void>;
  readonly print: (line: string) => void;
}

/** What a replay does. */
export interface Replayed {
  readonly action: "publish" | "import";
  readonly version: string;
}

/**
 * Tries a version again: one whose operations were on their way is published anew from its files, one that was imported
 * last as well, one that was refused or has failed before that is read and compared anew. Safe to run again.
 * @throws Error when there is nothing to be done, or somebody else is at it
 */
export async function replay(found: Stored<VersionEntry>, ports: ReplayPorts, dryRun: boolean): Promise<Replayed> {
  const { table, print } = ports;
  const { item } = found;
  if (item.execution !== undefined && (await ports.isRunning(item.execution))) {
    throw new Error(
      `Version ${item.version} is being imported by ${item.execution}. Fix: wait for its end, or stop it.`,
    );
  }
  const head = await table.registry.head(table.pk);
  const publishing = head.item.publishing;
  if (publishing !== undefined && publishing !== item.order) {
    throw new Error(`The target is on its way to another version (${publishing}). Fix: replay that one first.`);
  }
  const isPublished = publishing === item.order || (item.order === head.item.order && item.status === "imported");
  if (isPublished) {
    await republish(found, head, ports, dryRun);
    print(
      `Version ${item.version}: its ${operationsOf(item.delta)} operations ${dryRun ? "would be" : "are"} published anew.`,
    );
  } else {
    await reopen(found, head.item, ports, dryRun);
    print(`Version ${item.version} ${dryRun ? "would be" : "is"} read and compared anew.`);
  }
  if (!dryRun) await ports.start();
  return { action: isPublished ? "publish" : "import", version: item.version };
}

/** A delta of another id: what was noted of the old one's progress counts for nothing. */
async function republish(
  { item, revision }: Stored<VersionEntry>,
  head: Stored<HeadEntry>,
  { table, exists }: ReplayPorts,
  dryRun: boolean,
): Promise<void> {
  const { delta, version, order } = item;
  if (delta === undefined) throw new Error(`Version ${version} has no delta to publish.`);
  if (exists === undefined) throw new Error("The delta's files have to be looked at. Fix: give --work-bucket.");
  if (!(await exists(delta.list))) {
    throw new Error(
      `The files of version ${version}'s delta have expired (${delta.list}). Fix: upload the export again under a new version.`,
    );
  }
  if (dryRun) return;
  const changed: VersionEntry = {
    ...item,
    status: "publishing",
    attempts: 0,
    finishedAt: undefined,
    delta: { ...delta, id: randomUUID().replaceAll("-", "") },
  };
  await written(table, [
    { key: versionKey(table.pk, order), revision, item: changed },
    { key: headKey(table.pk), revision: head.revision, item: { ...head.item, publishing: order } satisfies HeadEntry },
  ]);
}

async function reopen(
  { item, revision }: Stored<VersionEntry>,
  head: HeadEntry,
  { table }: ReplayPorts,
  dryRun: boolean,
): Promise<void> {
  const late = lateReason(item, head);
  if (late !== undefined) throw new Error(late);
  // One that waits needs nothing but an execution.
  if (dryRun || isOpen(item)) return;
  const changed: VersionEntry = { ...item, status: "receiving", attempts: 0, reason: undefined, finishedAt: undefined };
  await written(table, [{ key: versionKey(table.pk, item.order), revision, item: changed }]);
}

async function written({ store }: TableRegistry, changes: Parameters<TableRegistry["store"]["write"]>[0]) {
  if (!(await store.write(changes)))
    throw new Error("The version was changed meanwhile. Fix: look at it, and try again.");
}

function operationsOf(delta: Delta | undefined): number {
  const { inserted = 0, updated = 0, deleted = 0 } = delta?.counts ?? {};
  return inserted + updated + deleted;
}

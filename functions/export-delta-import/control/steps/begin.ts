import type { FileEntry, HeadEntry, VersionEntry } from "../../registry/entries";
import { isOpen, nextWork, type Work } from "../../registry/readiness";
import type { Stored } from "../../registry/store";
import { tableConfig } from "../../shared/config";
import type { ControlPorts, TableRef } from "../ports";
import { groupsOf, tableRequest } from "../request";

/** What the execution is to do. */
export interface Begun {
  readonly decision: "import" | "resume" | "wait" | "nothing";
  /** In words, for those who look at the execution. */
  readonly reason: string;
  readonly version?: string;
  readonly order?: string;
  readonly token?: number;
  /** Groups that its files are read in, side by side. */
  readonly groups?: number;
  /** ISO 8601. */
  readonly until?: string;
  /** Athena's tables that executions which ended half-way have left. */
  readonly tables?: readonly string[];
}

/** A version may change between being looked at and being taken. */
const ATTEMPTS = 10;

/** Takes the table's lock and the version that is next. Without either, the lock is left as it was found. */
export async function begin(event: unknown, ports: ControlPorts): Promise<Begun> {
  const { tenant, table, pk, execution } = tableRequest(event);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const lease = await ports.lock.acquire(pk, execution);
    if ("heldBy" in lease)
      return { decision: "nothing", reason: `${lease.heldBy} imports; it starts the next when it is done` };
    const seen = await look(ports, { tenant, table }, pk);
    await ports.registry.refuseLate(pk, seen.head, seen.versions);
    const { work } = seen;
    if (work.kind === "import" || work.kind === "resume") {
      const version = await ports.registry.take(lease, work.version, work.kind === "resume");
      if (version === undefined) continue;
      return {
        decision: work.kind,
        reason: work.kind === "resume" ? "its operations were on their way to the target" : "its files are all there",
        version: version.version,
        order: version.order,
        token: lease.token,
        groups: groupsOf(work.kind === "import" ? work.files.length : 0),
        tables: seen.versions.flatMap(({ item }) => item.tables ?? []),
      };
    }
    await ports.lock.release(lease);
    if (work.kind === "wait") {
      return { decision: "wait", reason: "more files may come", until: new Date(work.until).toISOString() };
    }
    // What was registered while the lock was held has found it held, and relies on being seen here.
    const again = await look(ports, { tenant, table }, pk);
    if (again.work.kind === "nothing") return { decision: "nothing", reason: "no version waits to be imported" };
  }
  throw new Error(`The versions of ${pk} change all the time; looked ${ATTEMPTS} times.`);
}

interface Seen {
  readonly head: HeadEntry;
  readonly versions: readonly Stored<VersionEntry>[];
  readonly work: Work;
}

/** What is to be done for a table. */
export async function look({ registry, config, now }: ControlPorts, { table }: TableRef, pk: string): Promise<Seen> {
  const [head, versions] = [(await registry.head(pk)).item, await registry.versions(pk)];
  const files = new Map<string, FileEntry[]>();
  for (const { item } of versions) {
    if (isOpen(item)) files.set(item.order, await registry.files(pk, item.order));
  }
  const rules = {
    hasManifest: config.manifestName !== "",
    settleSeconds: tableConfig(config, table)?.settleSeconds ?? 0,
  };
  return { head, versions, work: nextWork(head, versions, files, rules, now()) };
}

import { breakerReason, type DeltaCounts, deltaCounts } from "../../shared/breaker";
import { tableConfig } from "../../shared/config";
import { deltaId, MAX_FILES } from "../../shared/operation";
import { deltaListKey } from "../../shared/workKeys";
import type { ControlPorts } from "../ports";
import { importRequest } from "../request";
import { countOf, resultRows } from "../resultRows";

/** What the delta would do, and whether somebody has to be asked first. */
export interface Reviewed extends DeltaCounts {
  readonly decision: "publish" | "ask";
  readonly reason: string;
}

/** Athena takes at least 10 MB of a query. https://aws.amazon.com/athena/pricing/ */
const MIN_SCAN = 10 * 1024 * 1024;
const TERABYTE = 1024 ** 4;

/** Counts the delta, notes where its files are, and looks at the breaker. */
export async function review(event: unknown, ports: ControlPorts): Promise<Reviewed> {
  const { tenant, table, lease, order, input } = importRequest(event);
  const { registry, lock, settings, work } = ports;
  await lock.renew(lease);
  const rows = input.count("rows");
  const head = (await registry.head(lease.pk)).item;
  const before = head.order === "" ? undefined : await registry.version(lease.pk, head.order);
  const oldRows = before?.staged?.rows ?? 0;
  const counts = deltaCounts(operationCounts(input.value("counts")), rows, oldRows);

  const files = await manifestFiles(ports, input.text("manifest"));
  if (files.length > MAX_FILES) throw new Error(`The delta has ${files.length} files, more than ${MAX_FILES}.`);
  const place = { tenant, table, order, token: lease.token };
  const list = deltaListKey(place);
  await work.put(list, JSON.stringify(files), "application/json");
  const scanned = input.numbers("bytesScanned");
  const billed = scanned.reduce((sum, bytes) => sum + Math.max(bytes, MIN_SCAN), 0);
  await registry.change(lease, order, (entry) => ({
    ...entry,
    staged: entry.staged && { ...entry.staged, rows },
    delta: {
      id: deltaId({ tenant, table, from: head.order, to: order, token: lease.token }),
      from: head.version,
      list,
      files: files.length,
      counts,
    },
    bytesScanned: scanned.reduce((sum, bytes) => sum + bytes, 0),
    scanCost: (billed / TERABYTE) * settings.dollarsPerTerabyte,
  }));
  const share = tableConfig(ports.config, table)?.maxDeletedShare ?? 0;
  const reason = breakerReason(counts, oldRows, share);
  return { ...counts, decision: reason === undefined ? "publish" : "ask", reason: reason ?? "within maxDeletedShare" };
}

function operationCounts(rows: unknown): Record<"INSERT" | "UPDATE" | "DELETE", number> {
  const counts = { INSERT: 0, UPDATE: 0, DELETE: 0 };
  for (const row of resultRows(rows)) {
    const op = row.op;
    if (op !== "INSERT" && op !== "UPDATE" && op !== "DELETE")
      throw new Error(`The delta has an operation ${op ?? "NULL"}.`);
    counts[op] = countOf(row, "n");
  }
  return counts;
}

/** Keys of the files that UNLOAD wrote: one address a line. A delta without a row has none. */
async function manifestFiles({ work, settings }: ControlPorts, location: string): Promise<string[]> {
  const root = `s3://${settings.workBucket}/`;
  const keyOf = (address: string): string => {
    if (!address.startsWith(root)) throw new Error(`${address} isn't in the work bucket ${settings.workBucket}.`);
    return address.slice(root.length);
  };
  const text = await work.text(keyOf(location));
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^"(.*)"$/, "$1"));
  return lines
    .filter((line) => line !== "")
    .map(keyOf)
    .sort();
}

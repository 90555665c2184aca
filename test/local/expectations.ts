import assert from "node:assert/strict";
import type { Arrival, Row } from "./data";

/** Record number (0: the file) and what its reason says. */
export type Refusal = readonly [record: number, reason: RegExp];

/**
 * What went in is what came out: these rows with these values, these records quarantined with these reasons, and the
 * ledger's counts say the same.
 */
export function assertArrived(arrival: Arrival, rows: readonly Row[], refusals: readonly Refusal[] = []): void {
  const { entry, upload, quarantined } = arrival;
  const where = `${upload.source}: ${upload.key}`;
  assert.deepEqual(arrival.rows, rows, where);
  assert.deepEqual(
    quarantined.map(({ record }) => record),
    refusals.map(([record]) => record),
    `${where}: quarantined ${JSON.stringify(quarantined.map(({ record, reason }) => [record, reason]))}`,
  );
  for (const [index, [, reason]] of refusals.entries()) assert.match(quarantined[index]?.reason ?? "", reason, where);
  const { status, read, landed, collectQuarantined, loaded, loadQuarantined } = entry;
  assert.equal(status, "loaded", `${where}: ${entry.reason}`);
  assert.deepEqual(
    { read, loaded, quarantined: collectQuarantined + loadQuarantined, landed },
    {
      read: rows.length + refusals.length,
      loaded: rows.length,
      quarantined: refusals.length,
      landed: loaded + loadQuarantined,
    },
    where,
  );
}

/** The file as a whole isn't taken: nothing of it is in the table, and one line says why. */
export function assertRefused(arrival: Arrival, reason: RegExp): void {
  const { entry, upload, quarantined, items } = arrival;
  const where = `${upload.source}: ${upload.key}`;
  assert.equal(entry.status, "quarantined", where);
  assert.match(entry.reason ?? "", reason, where);
  assert.deepEqual(items, [], where);
  assert.deepEqual(
    quarantined.map((line) => [line.record, line.reason, line.key, line.version]),
    [[0, entry.reason, upload.key, upload.version]],
    where,
  );
  const { read, landed, loaded, parts } = entry;
  assert.deepEqual({ read, landed, loaded, parts }, { read: 0, landed: 0, loaded: 0, parts: 0 }, where);
}

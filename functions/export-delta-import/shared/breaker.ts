/** What a delta would do, in rows. */
export interface DeltaCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
}

/** The counts of a delta between exports of so many rows. @throws Error when they can't be true together. */
export function deltaCounts(
  operations: Readonly<Record<"INSERT" | "UPDATE" | "DELETE", number>>,
  newRows: number,
  oldRows: number,
): DeltaCounts {
  const { INSERT: inserted, UPDATE: updated, DELETE: deleted } = operations;
  const unchanged = newRows - inserted - updated;
  if (unchanged < 0 || oldRows !== unchanged + updated + deleted) {
    throw new Error(
      `The delta's counts contradict the exports': ${oldRows} rows before, ${newRows} now, but ${inserted} inserted, ${updated} updated and ${deleted} deleted.`,
    );
  }
  return { inserted, updated, deleted, unchanged };
}

/** Why the delta waits for somebody's approval; undefined when it needs none. */
export function breakerReason({ deleted }: DeltaCounts, oldRows: number, maxDeletedShare: number): string | undefined {
  if (oldRows === 0 || deleted <= oldRows * maxDeletedShare) return undefined;
  const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
  return `The delta deletes ${deleted} of ${oldRows} rows (${percent(deleted / oldRows)}), more than maxDeletedShare (${percent(maxDeletedShare)}) lets through.`;
}

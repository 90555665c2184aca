/** A row of a query's result, by column; NULL is undefined. */
export type ResultRow = Readonly<Record<string, string | undefined>>;

interface AthenaRow {
  readonly Data?: readonly { readonly VarCharValue?: string }[];
}

/** Reads Athena's GetQueryResults of a SELECT: its first row has the columns' names. @throws Error when it isn't one */
export function resultRows(rows: unknown): ResultRow[] {
  if (!Array.isArray(rows) || rows.length === 0)
    throw new Error("Athena's result has no rows, not even the columns' names.");
  const [names = [], ...values] = (rows as AthenaRow[]).map(({ Data }) =>
    Data?.map(({ VarCharValue }) => VarCharValue),
  );
  return values.map((row = []) => Object.fromEntries(names.map((name, i) => [name ?? "", row[i]])));
}

/** A count in a result. @throws Error when it isn't one */
export function countOf(row: ResultRow, column: string): number {
  const count = Number(row[column] ?? Number.NaN);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new Error(`Athena's result has ${row[column] ?? "nothing"} as ${column}, expected a count.`);
  }
  return count;
}

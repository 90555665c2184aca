import { createHash } from "node:crypto";
import type { ColumnConfig, TableConfig } from "./config";

/** The columns of one export as its parts have them: column number `i` is called `c<i + 1>` there. */
export interface Schema {
  readonly columns: readonly ColumnConfig[];
  readonly keyColumns: readonly string[];
}

/** The export can't be compared, and trying again won't change that. The message says why and what to do. */
export class ExportRefused extends Error {
  override readonly name = "ExportRefused";
}

/** Tells two exports' columns apart, whatever their order. */
export function schemaHash({ columns, keyColumns }: Schema): string {
  const sorted = columns.map(({ name, type }) => [name, type]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([sorted, keyColumns]))
    .digest("hex")
    .slice(0, 16);
}

/** What the applier calls attributes of its own, and what no JavaScript object can have. */
export const RESERVED_COLUMNS: readonly string[] = ["pk", "sk", "_tenant", "_table", "_version", "_order", "__proto__"];

/** Columns that one export has at most: Athena's statements are limited to 256 KB. */
export const MAX_COLUMNS = 1_000;

/**
 * The schema of an export, by its header, or by the declared columns where there is none, or by the number of fields of
 * its first record where nothing is declared.
 * @param first the header's names, or the first record's fields where there is no header
 * @throws ExportRefused
 */
export function exportSchema(table: TableConfig, first: readonly string[]): Schema {
  const columns = table.header ? fromHeader(table, first) : fromFields(table, first.length);
  if (columns.length > MAX_COLUMNS) {
    throw new ExportRefused(
      `The export has ${columns.length} columns, ${MAX_COLUMNS} are read at most. Fix: export fewer.`,
    );
  }
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) {
      throw new ExportRefused(
        `Two columns of the export are called ${JSON.stringify(name)}. Fix: name each column once.`,
      );
    }
    names.add(name);
  }
  const reserved = RESERVED_COLUMNS.find((name) => names.has(name));
  if (reserved !== undefined) {
    throw new ExportRefused(
      `A column of the export is called ${reserved}, as the target's own attributes are. Fix: give it another name in renamedColumns, for example {"from": "${reserved}_", "to": "${reserved}"}.`,
    );
  }
  const missing = table.keyColumns.filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new ExportRefused(
      `The export has no key column ${missing.map((name) => JSON.stringify(name)).join(", ")}; its columns are ${listed([...names])}. Fix: export it, or change keyColumns.`,
    );
  }
  return { columns, keyColumns: table.keyColumns };
}

function fromHeader({ columns, renamedColumns }: TableConfig, header: readonly string[]): ColumnConfig[] {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const former = new Map(renamedColumns.map(({ from, to }) => [to, from]));
  return header.map((written, index) => {
    const trimmed = written.trim();
    if (trimmed === "") {
      throw new ExportRefused(`Column ${index + 1} of the header has no name. Fix: name it, or set header: false.`);
    }
    const name = former.get(trimmed) ?? trimmed;
    return { name, type: types.get(name) ?? "string" };
  });
}

function fromFields({ columns }: TableConfig, count: number): ColumnConfig[] {
  if (columns.length === 0) {
    return Array.from({ length: count }, (_, index) => ({ name: `column_${index + 1}`, type: "string" }));
  }
  if (columns.length === count) return [...columns];
  throw new ExportRefused(
    `The export's first record has ${count} field${count === 1 ? "" : "s"}, ${columns.length} columns are declared. Fix: declare what it has, or look at the delimiter.`,
  );
}

/** How one column of the new export stands to the old one. Numbers are 1-based places in the parts. */
export interface ColumnPair {
  readonly name: string;
  readonly newer?: number;
  readonly older?: number;
  /** Equal texts aren't equal values: the type is another. */
  readonly rewritten?: true;
}

/** A key column, which both exports have. */
export type KeyPair = ColumnPair & { readonly newer: number; readonly older: number };

export interface SchemaComparison {
  readonly keys: readonly KeyPair[];
  /** Those that aren't keys. */
  readonly columns: readonly ColumnPair[];
  /** A key column has another type, and with it every row. */
  readonly keysRewritten: boolean;
  /** What changed, in words; empty when nothing did. */
  readonly changes: readonly string[];
}

/**
 * Puts the columns of two exports side by side, by name.
 * @throws ExportRefused for a change that the table's policy doesn't accept
 */
export function compareSchemas(table: TableConfig, newer: Schema, older: Schema): SchemaComparison {
  if (newer.keyColumns.join("\n") !== older.keyColumns.join("\n")) {
    throw new ExportRefused(
      `The key columns are ${listed(newer.keyColumns)} and were ${listed(older.keyColumns)}: rows of the two exports can't be told to be the same. Fix: keep keyColumns, or import under another table name.`,
    );
  }
  const places = new Map(older.columns.map(({ name }, index) => [name, index]));
  const refusals: string[] = [];
  const changes: string[] = [];
  const note = (policy: string, argument: string, change: string): void => {
    if (policy === "refuse") refusals.push(`${change} (${argument}: refuse)`);
    changes.push(change);
  };
  const columns = newer.columns.map(({ name, type }, index): ColumnPair => {
    const place = places.get(name);
    places.delete(name);
    if (place === undefined) {
      note(table.addedColumns, "addedColumns", `column ${JSON.stringify(name)} was added`);
      return { name, newer: index + 1 };
    }
    const before = (older.columns[place] as ColumnConfig).type;
    const pair = { name, newer: index + 1, older: place + 1 };
    if (before === type) return pair;
    note(table.changedTypes, "changedTypes", `column ${JSON.stringify(name)} was ${before} and is ${type}`);
    return { ...pair, rewritten: true };
  });
  const dropped = [...places].map(([name, place]): ColumnPair => {
    note(table.droppedColumns, "droppedColumns", `column ${JSON.stringify(name)} was dropped`);
    return { name, older: place + 1 };
  });
  if (refusals.length > 0) {
    throw new ExportRefused(
      `The columns have changed: ${refusals.join("; ")}. Fix: accept the change in the table's arguments, name a renamed column in renamedColumns, or export as before.`,
    );
  }
  const isKey = new Set(newer.keyColumns);
  const pairs = [...columns, ...dropped];
  const keys = newer.keyColumns.map((key) => pairs.find(({ name }) => name === key) as KeyPair);
  return {
    keys,
    columns: pairs.filter(({ name }) => !isKey.has(name)),
    keysRewritten: keys.some(({ rewritten }) => rewritten === true),
    changes,
  };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name));
  return names.length > 20 ? `${shown.join(", ")} and ${names.length - 20} more` : shown.join(", ");
}

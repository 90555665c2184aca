import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KeyRules } from "./exportKey";

/** A column of an export. */
export interface ColumnConfig {
  readonly name: string;
  /** As `parseColumnType` reads it. */
  readonly type: string;
}

/** What becomes of an export whose columns differ from those of the one before. */
export type SchemaPolicy = "accept" | "refuse";

/** How a table's exports are read and compared: complete, every default filled in by the component. */
export interface TableConfig {
  readonly keyColumns: readonly string[];
  /** The first record of each file names the columns. */
  readonly header: boolean;
  /** Declared columns: all of them where there is no header, else those that aren't text. */
  readonly columns: readonly ColumnConfig[];
  readonly delimiter: string;
  /** Empty: nothing is quoted. */
  readonly quote: string;
  readonly encoding: "utf-8" | "utf-16le" | "latin1";
  /** A field of exactly this text, without quotes, is NULL. */
  readonly nullText: string;
  /** Share of the old rows (0 to 1) that a delta may delete without somebody's approval. */
  readonly maxDeletedShare: number;
  /** Records that can't be read; one more, and the export is refused. Their rows count as missing. */
  readonly maxBadRecords: number;
  readonly addedColumns: SchemaPolicy;
  readonly droppedColumns: SchemaPolicy;
  readonly changedTypes: SchemaPolicy;
  /** An export's column `to` is the one that was called `from`; the target goes on calling it `from`. */
  readonly renamedColumns: readonly { readonly from: string; readonly to: string }[];
  /** Seconds without a new file after which a version counts as complete. */
  readonly settleSeconds: number;
  /** The files are taken as they are, without being read: no quotes, no line breaks in fields, UTF-8. */
  readonly cleanFiles: boolean;
}

/** How Athena reads files that are taken as they are. */
export type CleanFormat = Pick<TableConfig, "delimiter" | "nullText" | "header">;

/** `config.json` beside the handlers: made by the component at deployment, so code and configuration change together. */
export interface DeltaConfig extends KeyRules {
  readonly tables: Readonly<Record<string, TableConfig>>;
  /** For tables that aren't listed. */
  readonly otherTables?: TableConfig;
}

export class DeltaConfigError extends Error {
  override readonly name = "DeltaConfigError";
}

/**
 * Reads `config.json` beside the handler.
 * @param root folder of the function's code. @default LAMBDA_TASK_ROOT
 * @throws DeltaConfigError when the file is missing or isn't what the component writes.
 */
export function readDeltaConfig(root = process.env.LAMBDA_TASK_ROOT): DeltaConfig {
  const path = join(root ?? ".", "config.json");
  let parsed: Partial<DeltaConfig> | null;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8")) as Partial<DeltaConfig> | null;
  } catch (cause) {
    throw new DeltaConfigError(`${path} can't be read. Fix: deploy the component again, it writes that file.`, {
      cause,
    });
  }
  if (typeof parsed?.tables !== "object" || typeof parsed.prefix !== "string" || parsed.versionOrder === undefined) {
    throw new DeltaConfigError(`${path} lacks tables, prefix or versionOrder. Fix: deploy the component again.`);
  }
  return parsed as DeltaConfig;
}

/** Undefined for a table that isn't listed where there is no default. */
export function tableConfig(config: DeltaConfig, table: string): TableConfig | undefined {
  return Object.hasOwn(config.tables, table) ? config.tables[table] : config.otherTables;
}

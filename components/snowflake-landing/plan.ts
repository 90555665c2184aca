import type { SnowflakeDynamoDbTableArgs } from "./args";
import { changesColumns, changesPrefix } from "./changesTable";
import { type LoadedColumn, type OnError, withMetadata } from "./copyStatement";
import type { FileFormatSpec } from "./fileFormat";

/** Names of what belongs to a table, as Snowflake stores them. */
export interface TableNames {
  readonly table: string;
  readonly stage: string;
  readonly format: string;
  readonly pipe: string;
  readonly task: string;
  /** The task that looks after a pipe which Snowflake doesn't report errors of. */
  readonly watch: string;
}

/** When a bulk load runs: exactly one of the two. */
export interface Schedule {
  readonly minutes?: number | undefined;
  readonly usingCron?: string | undefined;
}

/** One table with everything filled in. */
export interface TablePlan {
  /** Logical name of its resources behind the component's. */
  readonly key: string;
  readonly names: TableNames;
  readonly prefix: string;
  readonly fileFormat: FileFormatSpec;
  /** With the metadata columns. */
  readonly columns: readonly LoadedColumn[];
  /** Each record must have as many fields as there are columns (CSV by position). */
  readonly exactFields: boolean;
  /** The only columns that an update may drop. */
  readonly dropColumns: readonly string[];
  readonly onError: OnError;
  /** Without: a pipe. */
  readonly schedule?: Schedule | undefined;
}

/** A DynamoDB table with everything filled in. */
export interface DynamoDbPlan {
  readonly args: SnowflakeDynamoDbTableArgs;
  readonly key: string;
  readonly view: string;
  readonly changes: TablePlan;
  /** The table that changes are merged into, and the task that does it. */
  readonly current: string;
  readonly mergeTask: string;
  /** Names of the key attributes: the partition key, then the sort key if there is one. */
  readonly keyAttributes: readonly string[];
}

/** The arguments, checked and complete. */
export interface LandingPlan {
  /** Every table that is loaded, those of changes too. */
  readonly tables: readonly TablePlan[];
  readonly dynamoDb: readonly DynamoDbPlan[];
  readonly bucketNameSuffix: string;
  readonly manageNotifications: boolean;
  readonly errorNotifications: boolean;
  readonly grantUsage: boolean;
  readonly allowDestroy: boolean;
  /** Undefined: as the schema has it. */
  readonly timeTravelDays: number | undefined;
  /** How often changes are merged into the current table. */
  readonly mergeSchedule: Schedule;
  readonly changesRetentionDays: number;
  readonly changesWindowSeconds: number;
  readonly changesRetries: number;
  readonly logRetentionDays: number;
}

export function tableNames(table: string): TableNames {
  return {
    table,
    stage: `${table}_STAGE`,
    format: `${table}_FORMAT`,
    pipe: `${table}_PIPE`,
    task: `${table}_LOAD`,
    watch: `${table}_ERRORS`,
  };
}

/** `ORDER_LINES` becomes `order-lines`; one to one, since identifiers hold no hyphens. */
export function logicalKey(table: string): string {
  return table.toLowerCase().replaceAll("_", "-");
}

export const jsonLines: FileFormatSpec = {
  format: "json",
  compression: "AUTO",
  delimiter: ",",
  header: false,
  quote: "",
  encoding: "UTF8",
  nullValues: [],
  matchBy: "position",
};

/** The table of changes of a DynamoDB table. */
export function changesPlan(view: string): TablePlan {
  const table = `${view}_CHANGES`;
  return {
    key: logicalKey(table),
    names: tableNames(table),
    prefix: changesPrefix(view),
    fileFormat: jsonLines,
    columns: withMetadata(changesColumns),
    exactFields: false,
    dropColumns: [],
    onError: "SKIP_FILE",
  };
}

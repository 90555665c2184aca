import type { Log } from "../../shared/log";
import type { ImportCounts } from "../../shared/metrics";
import type { Progress } from "../progress/progress";
import type { TableLock } from "../registry/lock";
import type { Registry } from "../registry/registry";
import type { DeltaConfig } from "../shared/config";
import type { ExportKey } from "../shared/exportKey";
import type { WorkBucket } from "../work/workBucket";

export type TableRef = Pick<ExportKey, "tenant" | "table">;

/** What the steps of an import need of the world. */
export interface ControlPorts {
  readonly config: DeltaConfig;
  readonly registry: Registry;
  readonly lock: TableLock;
  readonly progress: Progress;
  readonly work: WorkBucket;
  readonly settings: ControlSettings;
  /** Starts an execution for a table, unless one of that name was started before. */
  readonly start: (table: TableRef, name: string) => Promise<void>;
  readonly now: () => number;
  readonly log: Pick<Log, "info" | "warn">;
  readonly count: (counts: ImportCounts) => void;
}

export interface ControlSettings {
  /** Glue's database of the tables that imports make. */
  readonly database: string;
  readonly workBucket: string;
  /** Whose progress an import waits for. */
  readonly targets: readonly string[];
  /** US dollars that Athena takes for a terabyte. */
  readonly dollarsPerTerabyte: number;
  /** Seconds that somebody has to approve a delta. */
  readonly approvalSeconds: number;
}

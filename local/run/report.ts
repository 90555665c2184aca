/** The report of a local run: what `--report FILE` writes. */

export interface RejectedRecord {
  /** 1-based; 0: the whole file. */
  readonly record: number;
  readonly reason: string;
}

export interface FileReport {
  readonly pipeline: string;
  readonly source: string;
  readonly file: string;
  /** Records in the file. */
  readonly read: number;
  /** Rows counted in the store. */
  readonly loaded: number;
  /** Records counted in quarantine, or rejected by Snowflake. */
  readonly quarantined: number;
  readonly reasons: readonly RejectedRecord[];
  /** From upload until the counts were complete. */
  readonly seconds: number;
}

export interface TableReport {
  readonly name: string;
  readonly rows: number;
}

/** A connector's syncs, as Fivetran saw them. */
export interface ConnectorReport {
  readonly name: string;
  readonly method: "direct" | "s3";
  /** Calls of the function. */
  readonly requests: number;
  readonly upserts: number;
  readonly deletes: number;
  /** What the source did wrong meanwhile: answers 429, answers 503, tokens that had expired. */
  readonly throttled: number;
  readonly failed: number;
  readonly tokensExpired: number;
  /** Whether the role was refused to who has a wrong External ID. */
  readonly wrongExternalIdRefused: boolean;
}

/** A connection of the local Fivetran that the orchestration has synced. */
export interface ConnectionReport {
  readonly id: string;
  /** Syncs that have ended, in whatever way. */
  readonly syncs: number;
  /** How many of them were put off. */
  readonly rescheduled: number;
  /** From the run's start until the sync that succeeded had ended. */
  readonly seconds: number;
  /** Rows of its source beside rows counted in its table. */
  readonly brought: { readonly table: string; readonly read: number; readonly rows: number };
}

export interface ModelReport {
  /** `DATABASE.SCHEMA.NAME` */
  readonly name: string;
  /** Whose rows it is made of. */
  readonly connection: string;
  readonly rows: number;
  /** How many of the connection's rows are in these rows; of a model that groups them, the sum of its counts. */
  readonly counted: number;
}

/** A run of the orchestration, as its execution, its artifacts and Fivetran tell it. */
export interface OrchestrationReport {
  /** Of the execution, for example SUCCEEDED. */
  readonly status: string;
  /** Why it isn't SUCCEEDED. */
  readonly cause: string;
  readonly seconds: number;
  readonly connections: readonly ConnectionReport[];
  /** Connections that the execution counts as synced. */
  readonly synced: number;
  /** Models and tests that dbt ran, by outcome. */
  readonly dbtNodes: Readonly<Record<string, number>>;
  /** What dbt built; empty when the run didn't succeed. */
  readonly models: readonly ModelReport[];
  readonly artifacts: readonly string[];
  /** Task tokens that were left in the table. */
  readonly tokensLeft: number;
}

export interface UnusedGrant {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly reason: string;
}

export interface DeniedCall {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly count: number;
}

export interface RunReport {
  readonly files: readonly FileReport[];
  readonly tables: readonly TableReport[];
  readonly connectors: readonly ConnectorReport[];
  /** Undefined: the stack has none, or only one's own files were sent. */
  readonly orchestration?: OrchestrationReport;
  readonly iam: {
    readonly calls: number;
    readonly denied: readonly DeniedCall[];
    readonly unused: readonly UnusedGrant[];
  };
  readonly update: {
    readonly created: number;
    readonly policyViolations: number;
    readonly seconds: number;
  };
}

/** Why a run isn't a success, one line each; empty when everything arrived. */
export function shortfalls(report: RunReport): string[] {
  const lines: string[] = [];
  for (const { pipeline, source, file, read, loaded, quarantined } of report.files) {
    if (read !== loaded + quarantined) {
      lines.push(`${pipeline}, ${source}, ${file}: read ${read}, but ${loaded} loaded and ${quarantined} quarantined`);
    }
  }
  for (const { name, wrongExternalIdRefused } of report.connectors) {
    if (!wrongExternalIdRefused) lines.push(`connector ${name}: its role was had with a wrong External ID`);
  }
  if (report.orchestration) lines.push(...orchestrationShortfalls(report.orchestration));
  for (const { role, action, resource, count } of report.iam.denied) {
    lines.push(`${role} was denied ${action} on ${resource} (${count}×)`);
  }
  for (const { role, action, resource, reason } of report.iam.unused) {
    if (reason === "") {
      lines.push(`${role} is granted ${action} on ${resource} and never used it; remove it, or give unusedBecause`);
    }
  }
  if (report.update.policyViolations > 0)
    lines.push(`${report.update.policyViolations} policy violation(s), see above`);
  return lines;
}

function orchestrationShortfalls(run: OrchestrationReport): string[] {
  const { status, cause, connections, synced, models, artifacts, tokensLeft } = run;
  const lines: string[] = [];
  if (status !== "SUCCEEDED") lines.push(`orchestration: the execution is ${status}: ${cause}`);
  if (synced !== connections.length) {
    lines.push(`orchestration: ${synced} of ${connections.length} connections synced`);
  }
  for (const { name, connection, counted } of models) {
    const rows = connections.find(({ id }) => id === connection)?.brought.rows;
    if (rows !== counted) lines.push(`dbt model ${name} stands for ${counted} rows, but ${connection} brought ${rows}`);
  }
  if (status === "SUCCEEDED" && models.length === 0) lines.push("orchestration: dbt built no models");
  if (!artifacts.some((key) => key.endsWith("/run_results.json"))) {
    lines.push("orchestration: dbt's run_results.json isn't in the artifacts bucket");
  }
  if (tokensLeft > 0) lines.push(`orchestration: ${tokensLeft} task token(s) left in the table`);
  return lines;
}

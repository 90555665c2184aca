/** The report of a local run: what `--report FILE` writes. */
import type { DetectedFormat } from "../../functions/s3-to-dynamodb/ledger/types";
import type { ExecutionReport } from "./executions";
import type { PolicyReport } from "./policyEvents";
import type { ResourceReport } from "./resources";

export interface RejectedRecord {
  /** 1-based; 0: the whole file. */
  readonly record: number;
  readonly reason: string;
}

export interface FileReport {
  readonly pipeline: string;
  readonly source: string;
  readonly file: string;
  /** Where its rows are counted, for example a table. */
  readonly target?: string;
  /** What the ledger says that it was read as. */
  readonly detected?: DetectedFormat;
  /** Records in the file. */
  readonly read: number;
  /** Rows counted in the store. */
  readonly loaded: number;
  /** Records counted in quarantine, or rejected by Snowflake. */
  readonly quarantined: number;
  /** Records that a later one of the same key has replaced. */
  readonly replaced?: number;
  /** Why nothing of the file was taken. */
  readonly refused?: string;
  readonly reasons: readonly RejectedRecord[];
  /** From upload until the counts were complete; null: they weren't in time. */
  readonly seconds: number | null;
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
  /** Ends of its syncs, in whatever way, that Fivetran has sent a webhook of. */
  readonly syncs: number;
  /** How many of these webhooks the orchestration has answered with 2xx. */
  readonly heard: number;
  /** How many of them were put off. */
  readonly rescheduled: number;
  /** From the run's start until the sync that succeeded had ended; null: none has. */
  readonly seconds: number | null;
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
  /** Task tokens that were left waiting in the table. */
  readonly tokensLeft: number;
}

export interface UsedGrant {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** What it is for, as the component that makes it says. */
  readonly why?: string;
  /** Calls that it allows; a call that two grants allow counts for both. */
  readonly calls: number;
}

/** One version of a table's export, as the registry and the stores tell it. */
export interface DeltaReport {
  readonly tenant: string;
  readonly table: string;
  readonly version: string;
  readonly status: string;
  /** Why it isn't imported. */
  readonly reason?: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Operations that the stream has taken, and those that the target has dealt with. */
  readonly published: number;
  readonly applied: number;
  /** What plain set operations over the two exports give. */
  readonly expected?: Readonly<Record<"inserted" | "updated" | "deleted" | "unchanged", number>>;
  /** From the upload until the target was at the version. */
  readonly seconds: number;
}

/** A partition of a Kafka sink's topic, counted at the broker and in the function's own record of what it got. */
export interface KafkaReport {
  readonly sink: string;
  readonly topic: string;
  readonly partition: number;
  readonly produced: number;
  /** Records that the function got, each counted once. */
  readonly delivered: number;
  /** Deliveries of what it had got before. */
  readonly duplicates: number;
  readonly invocations: number;
  /** Records of the result topic, and of the error topic, about this partition. */
  readonly results: number;
  readonly errors: number;
  /** What the error topic says of each of them, with its offset. */
  readonly reasons: readonly string[];
  /** Not everything is committed. */
  readonly stopped: boolean;
  /** From producing until all was committed. */
  readonly seconds: number;
}

export interface UnusedGrant {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly why?: string;
  /** Why nothing used it; empty: there is no reason. */
  readonly reason: string;
}

export interface DeniedCall {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly count: number;
}

/** What only one pipeline has to tell. */
export interface Details {
  readonly connectors?: readonly ConnectorReport[];
  /** Undefined: the stack has none, or only the user's own files were sent. */
  readonly orchestration?: OrchestrationReport;
  /** Each version of each export. */
  readonly deltas?: readonly DeltaReport[];
  readonly kafka?: readonly KafkaReport[];
}

/** What a pipeline brings to the report. */
export interface Outcome {
  /** A line of the first table each. */
  readonly files: readonly FileReport[];
  /** A line of the second table each. */
  readonly tables: readonly TableReport[];
  /** The pipeline's own part of the JSON report. */
  readonly details?: Details;
  /** What stands below the tables, for example a table of its own or a sentence. */
  readonly lines: readonly string[];
  /** Why this isn't a success, beside files whose records aren't all accounted for. */
  readonly problems: readonly string[];
}

/** Of a run that failed, as far as it came. */
export interface RunReport extends Details {
  readonly passed: boolean;
  /** Why it didn't pass, a line each. */
  readonly problems: readonly string[];
  readonly files: readonly FileReport[];
  readonly tables: readonly TableReport[];
  /** The user's files were sent instead of the samples; their use of the grants says nothing about the grants. */
  readonly isOwnFiles?: boolean;
  readonly iam?: {
    readonly calls: number;
    readonly denied: readonly DeniedCall[];
    readonly used: readonly UsedGrant[];
    readonly unused: readonly UnusedGrant[];
  };
  readonly update?: {
    readonly created: number;
    readonly policyViolations: number;
    readonly seconds: number;
  };
  readonly policy?: PolicyReport;
  readonly resources?: readonly ResourceReport[];
  /** Of every state machine of the stack. */
  readonly executions?: readonly ExecutionReport[];
}

/** What a run sees beside what its pipelines tell. */
export type Seen = Pick<RunReport, "iam" | "update" | "policy" | "resources" | "executions">;

/** @param isOwnFiles whether the user's files were sent, whose use of the grants says nothing about the grants */
export function assembleReport(
  outcomes: readonly Outcome[],
  failures: readonly string[],
  seen: Seen,
  isOwnFiles: boolean,
): RunReport {
  const { iam, update, policy, resources, executions } = seen;
  const files = outcomes.flatMap((outcome) => outcome.files);
  const judged = isOwnFiles && iam ? { ...iam, unused: [] } : iam;
  const problems = [
    ...failures,
    ...outcomes.flatMap((outcome) => outcome.problems),
    ...fileShortfalls(files),
    ...accessShortfalls({ iam: judged, update }),
  ];
  return {
    passed: problems.length === 0,
    problems,
    files,
    tables: outcomes.flatMap((outcome) => outcome.tables),
    ...Object.assign({}, ...outcomes.map(({ details }) => details)),
    isOwnFiles,
    iam,
    update,
    policy,
    resources,
    executions,
  };
}

/** Files of which a record is unaccounted for. */
function fileShortfalls(files: readonly FileReport[]): string[] {
  return files
    .filter(({ read, loaded, quarantined, replaced = 0 }) => read !== loaded + quarantined + replaced)
    .map(({ pipeline, source, file, read, loaded, quarantined, replaced = 0 }) => {
      const again = replaced > 0 ? `, ${replaced} replaced by a later one of the same key` : "";
      return `${pipeline}, ${source}, ${file}: read ${read}, but ${loaded} loaded and ${quarantined} quarantined${again}`;
    });
}

/** Calls that were denied, grants that nothing used, and policy violations. */
function accessShortfalls({ iam, update }: Pick<RunReport, "iam" | "update">): string[] {
  const denied = (iam?.denied ?? []).map(
    ({ role, action, resource, count }) => `${role} was denied ${action} on ${resource} (${count}×)`,
  );
  const unused = (iam?.unused ?? [])
    .filter(({ reason }) => reason === "")
    .map(
      ({ role, action, resource }) =>
        `${role} is granted ${action} on ${resource} and never used it; remove it, or give unusedBecause`,
    );
  const violations = update?.policyViolations ?? 0;
  return [...denied, ...unused, ...(violations > 0 ? [`${violations} policy violation(s), see above`] : [])];
}

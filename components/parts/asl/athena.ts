import { type TaskSpec, task } from "./task";
import type { JsonObject, Need, Step } from "./types";

/** Where queries run and what they may touch. All ARNs known before anything is made. */
export interface AthenaPlace {
  readonly workgroupArn: string;
  /** Glue's database of the tables. */
  readonly databaseArn: string;
  readonly bucketArn: string;
  /** Prefixes that queries read; each ends with `/`. */
  readonly reads: readonly string[];
  /** Prefixes that they write to, the workgroup's results among them. */
  readonly writes: readonly string[];
}

export interface QuerySpec<N extends string> extends TaskSpec<N> {
  readonly place: AthenaPlace;
  /** SQL, or JSONata that gives it. Tables stand in it with their database. */
  readonly query: string;
}

/** Runs a query and waits for its end; a query that fails is `States.TaskFailed`, with the execution as its cause. */
export function runQuery<N extends string>(spec: QuerySpec<N>): Step<N> {
  const call = {
    resource: "arn:aws:states:::athena:startQueryExecution.sync",
    arguments: {
      QueryString: spec.query,
      QueryExecutionContext: { Database: nameOf(spec.place.databaseArn) },
      WorkGroup: nameOf(spec.place.workgroupArn),
    },
    needs: queryNeeds(spec.place),
  };
  return task(call, spec);
}

export interface QueryResultsSpec<N extends string> extends TaskSpec<N> {
  readonly place: AthenaPlace;
  /** JSONata. */
  readonly queryExecutionId: string;
  /** Rows at most, the columns' names among them. */
  readonly maxResults: number;
}

/** Reads a small result of a query. */
export function queryResults<N extends string>(spec: QueryResultsSpec<N>): Step<N> {
  const call = {
    resource: "arn:aws:states:::athena:getQueryResults",
    arguments: { QueryExecutionId: spec.queryExecutionId, MaxResults: spec.maxResults },
    needs: [
      { actions: ["athena:GetQueryResults"], resources: [spec.place.workgroupArn], why: "reads what a query counted" },
    ],
  };
  return task(call, spec);
}

export interface GlueTableSpec<N extends string> extends TaskSpec<N> {
  readonly databaseArn: string;
  readonly arguments: JsonObject;
}

/** Glue CreateTable, with `TableInput`. */
export function createTable<N extends string>(spec: GlueTableSpec<N>): Step<N> {
  return task(glueCall("createTable", "glue:CreateTable", spec), spec);
}

/** Glue BatchDeleteTable, with `TablesToDelete`; tables that aren't there aren't an error. */
export function deleteTables<N extends string>(spec: GlueTableSpec<N>): Step<N> {
  return task(glueCall("batchDeleteTable", "glue:BatchDeleteTable", spec), spec);
}

function glueCall(operation: string, action: string, { databaseArn, arguments: own }: GlueTableSpec<string>) {
  return {
    resource: `arn:aws:states:::aws-sdk:glue:${operation}`,
    arguments: { DatabaseName: nameOf(databaseArn), ...own },
    needs: [
      {
        actions: [action],
        resources: glueResources(databaseArn),
        why: "describes the versions' files as tables while they are compared",
      },
    ],
  };
}

/** Of `arn:aws:glue:<region>:<account>:database/<name>`: the catalog, the database and its tables, as Glue asks for. */
function glueResources(databaseArn: string): string[] {
  return [
    databaseArn.replace(/:database\/.*$/, ":catalog"),
    databaseArn,
    `${databaseArn.replace(":database/", ":table/")}/*`,
  ];
}

/** Athena reads tables and objects with the rights of who starts the query. */
function queryNeeds({ workgroupArn, databaseArn, bucketArn, reads, writes }: AthenaPlace): Need[] {
  const catalog = databaseArn.replace(/:database\/.*$/, ":catalog");
  const objects = (prefixes: readonly string[]): string[] => prefixes.map((prefix) => `${bucketArn}/${prefix}*`);
  return [
    {
      actions: ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:StopQueryExecution"],
      resources: [workgroupArn],
      why: "runs the queries, and stops them with the execution",
    },
    {
      actions: ["glue:GetDatabase"],
      resources: [catalog, databaseArn, databaseArn.replace(/:database\/.*$/, ":database/default")],
      why: "Athena finds the queries' database, and looks at the default one whatever a query is about",
    },
    {
      actions: ["glue:GetTable", "glue:GetPartitions"],
      resources: glueResources(databaseArn),
      why: "Athena finds the queries' tables",
    },
    {
      actions: ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
      resources: [bucketArn],
      why: "Athena looks for the bucket and for uploads under way",
    },
    ...[...new Set([...reads, ...writes])].map((prefix) => ({
      actions: ["s3:ListBucket"],
      resources: [bucketArn],
      why: "Athena finds the files of tables and results",
      conditions: { StringLike: { "s3:prefix": `${prefix}*` } },
    })),
    {
      actions: ["s3:GetObject"],
      resources: objects([...new Set([...reads, ...writes])]),
      why: "Athena reads the files of tables and results",
    },
    {
      actions: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      resources: objects(writes),
      why: "Athena writes the results",
    },
  ];
}

function nameOf(arn: string): string {
  return arn.slice(arn.indexOf("/") + 1);
}

import { ATHENA, DELTAS, STAGED } from "../../../functions/export-delta-import/shared/workKeys";
import { createTable, queryResults, runQuery } from "../../parts/asl/athena";
import { jsonata } from "../../parts/asl/expression";
import { choice, fail, machine, map, pass, waitSeconds } from "../../parts/asl/flow";
import { anyError } from "../../parts/asl/task";
import type { Retrier, Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";
import { catchAll, catchFailure, control, type EndStates } from "./step";

export type CompareStates =
  | "Plan"
  | "Make tables"
  | "Check keys"
  | "Read key check"
  | "Are the keys sound"
  | "Find bad keys"
  | "Read bad keys"
  | "Refuse keys"
  | "Compute delta"
  | "Is it worth another try"
  | "Wait for another try"
  | "Try again"
  | "Count operations"
  | "Read counts"
  | "Review"
  | "Must somebody be asked";

/** Tries of the queries: each has places of its own, because a result's place must be empty. */
const tries = 3;

/** Faults of the services and their limits, which pass. */
const passing: readonly Retrier[] = [
  {
    ErrorEquals: [
      "Athena.TooManyRequestsException",
      "Athena.InternalServerException",
      "Athena.SdkClientException",
      "Glue.OperationTimeoutException",
      "Glue.InternalServiceException",
      "Glue.ConcurrentModificationException",
      "Glue.ResourceNumberLimitExceededException",
      "Glue.SdkClientException",
    ],
    IntervalSeconds: 2,
    MaxAttempts: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    JitterStrategy: "FULL",
  },
];

/** What Athena says of a query that failed; anything else isn't a query's end. */
const athenaError = "$parse($states.errorOutput.Cause).QueryExecution.Status";
const failedQuery = jsonata(
  `$states.errorOutput.Error = 'States.TaskFailed' and $contains($states.errorOutput.Cause, '"AthenaError"')
    and ${athenaError}.AthenaError.Retryable = true`,
);

/** Compares the export with the version that the target is at. */
export function compareStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<CompareStates, CompareStates | EndStates | "Put the question" | "Begin publishing"> {
  const place = {
    workgroupArn: references.workgroupArn,
    databaseArn: references.databaseArn,
    bucketArn: references.workBucketArn,
    reads: [STAGED],
    writes: [DELTAS, ATHENA],
  };
  const onFailure = [
    {
      ...catchFailure,
      Next: "Is it worth another try" as const,
      Assign: { ...catchFailure.Assign, retryable: failedQuery },
    },
  ] as const;
  const query = { place, timeoutSeconds: settings.queryTimeout + 60, retry: passing, catch: onFailure, output: {} };
  const results = { place, timeoutSeconds: 60, retry: passing, catch: onFailure, output: {} };
  const scanned = jsonata("[$scanned, $states.result.QueryExecution.Statistics.DataScannedInBytes]");
  const id = jsonata("$states.result.QueryExecution.QueryExecutionId");
  const cell = (column: number): string =>
    jsonata(`$number($states.result.ResultSet.Rows[1].Data[${column}].VarCharValue)`);
  const answer = "$states.result.Payload";
  return {
    Plan: control(references, {
      step: "plan",
      comment: "Compares the columns, and writes the statements.",
      payload: { attempt: jsonata("$attempt") },
      assign: {
        planned: jsonata(`[${answer}.tables]`),
        tables: jsonata(`[$tables, ${answer}.names]`),
        checkKeys: jsonata(`${answer}.checkKeys`),
        badKeys: jsonata(`${answer}.badKeys`),
        delta: jsonata(`${answer}.delta`),
        count: jsonata(`${answer}.count`),
        scanned: [],
      },
      next: "Make tables",
    }),
    "Make tables": map({
      comment: "Of the new parts, of those of the version before, and of the result.",
      items: jsonata("$planned"),
      itemSelector: { table: jsonata("$states.context.Map.Item.Value") },
      concurrency: 3,
      each: machine("Make table", {
        "Make table": createTable<"Table made" | "Fail table">({
          databaseArn: references.databaseArn,
          arguments: { TableInput: jsonata("$states.input.table") },
          timeoutSeconds: 60,
          retry: passing,
          catch: [
            // By the same step, whose answer was lost.
            { ErrorEquals: ["Glue.AlreadyExistsException"], Next: "Table made" },
            { ErrorEquals: anyError, Next: "Fail table" },
          ],
          output: {},
          next: "Table made",
        }),
        "Table made": pass({ output: {} }),
        "Fail table": fail(jsonata("$states.input.Error"), jsonata("$states.input.Cause")),
      }),
      catch: catchAll,
      output: {},
      next: "Check keys",
    }),
    "Check keys": runQuery({
      ...query,
      comment: "A key in more than one row would multiply rows in the join.",
      query: jsonata("$checkKeys"),
      assign: { queryId: id, scanned },
      next: "Read key check",
    }),
    "Read key check": queryResults({
      ...results,
      queryExecutionId: jsonata("$queryId"),
      maxResults: 2,
      assign: { rows: cell(0), duplicateKeys: cell(1), nullRows: cell(2) },
      next: "Are the keys sound",
    }),
    "Are the keys sound": choice({
      rules: [{ when: "$duplicateKeys + $nullRows > 0", next: "Find bad keys" }],
      otherwise: "Compute delta",
    }),
    "Find bad keys": runQuery({
      ...query,
      query: jsonata("$badKeys"),
      assign: { queryId: id },
      next: "Read bad keys",
    }),
    "Read bad keys": queryResults({
      ...results,
      queryExecutionId: jsonata("$queryId"),
      maxResults: 20,
      assign: { found: jsonata("[$states.result.ResultSet.Rows]") },
      next: "Refuse keys",
    }),
    "Refuse keys": control(references, {
      step: "refuseKeys",
      comment: "Its answer is always an error: the export is refused, with examples.",
      payload: {
        duplicateKeys: jsonata("$duplicateKeys"),
        nullRows: jsonata("$nullRows"),
        rows: jsonata("$found"),
      },
      next: "Refuse export",
    }),
    "Compute delta": runQuery({
      ...query,
      comment: "One full outer join; its result is a set of files; each publisher takes one.",
      query: jsonata("$delta"),
      assign: {
        manifest: jsonata("$states.result.QueryExecution.Statistics.DataManifestLocation"),
        scanned,
      },
      next: "Count operations",
    }),
    "Is it worth another try": choice({
      comment: "What Athena calls retryable: its own faults, not the query's.",
      rules: [{ when: `$retryable and $attempt < ${tries - 1}`, next: "Wait for another try" }],
      otherwise: "Fail import",
    }),
    "Wait for another try": waitSeconds(60, { output: {}, next: "Try again" }),
    "Try again": pass({
      assign: { attempt: jsonata("$attempt + 1"), outcome: "imported", error: jsonata("''"), cause: jsonata("''") },
      output: {},
      next: "Plan",
    }),
    "Count operations": runQuery({
      ...query,
      query: jsonata("$count"),
      assign: { queryId: id, scanned },
      next: "Read counts",
    }),
    "Read counts": queryResults({
      ...results,
      queryExecutionId: jsonata("$queryId"),
      maxResults: 10,
      assign: { counts: jsonata("[$states.result.ResultSet.Rows]") },
      next: "Review",
    }),
    Review: control(references, {
      step: "review",
      comment: "Counts, costs, and the breaker.",
      payload: {
        rows: jsonata("$rows"),
        counts: jsonata("$counts"),
        manifest: jsonata("$manifest"),
        bytesScanned: jsonata("$scanned"),
      },
      assign: { decision: jsonata(`${answer}.decision`), reason: jsonata(`${answer}.reason`) },
      next: "Must somebody be asked",
    }),
    "Must somebody be asked": choice({
      rules: [{ when: "$decision = 'ask'", next: "Put the question" }],
      otherwise: "Begin publishing",
    }),
  };
}

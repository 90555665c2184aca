import { jsonata } from "../../parts/asl/expression";
import { choice, pass } from "../../parts/asl/flow";
import { runTask } from "../../parts/asl/runTask";
import { getObject } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { Steps } from "../../parts/asl/types";
import { dbtContainer, type FlowReferences, type FlowSettings, runsPrefix } from "../settings";
import { caught } from "./failure";

export type DbtStates = "Run dbt" | "Did some fail" | "Read dbt result" | "Name failing nodes" | "No dbt result";

/** Seconds that the container needs to start and to hand in its artifacts, beside dbt's own time. */
export const dbtMargin = 600;

/** Runs dbt on Fargate; when it fails, its summary says which nodes. */
export function dbtStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<DbtStates, DbtStates | "Notify" | "Release run lock"> {
  const key = `'${runsPrefix}' & $run & '/summary.json'`;
  return {
    "Run dbt": runTask({
      ...references,
      family: references.taskFamily,
      containerName: dbtContainer,
      command: jsonata("$command"),
      environment: { RUN_ID: jsonata("$run") },
      timeoutSeconds: settings.dbtTimeout + dbtMargin,
      retry: [
        {
          // No capacity, or too many calls: the task has not begun.
          ErrorEquals: ["ECS.AmazonECSException", "ECS.ServerException", "ECS.ThrottlingException"],
          IntervalSeconds: 20,
          MaxAttempts: 3,
          BackoffRate: 2,
          MaxDelaySeconds: 120,
          JitterStrategy: "FULL",
        },
      ],
      catch: [
        {
          ErrorEquals: anyError,
          Assign: { outcome: "FAILED", error: "DbtFailed", cause: jsonata(caught) },
          Output: {},
          Next: "Read dbt result",
        },
      ],
      assign: { dbt: "SUCCEEDED" },
      output: {},
      next: "Did some fail",
    }),
    "Did some fail": choice({
      comment: "The quorum was met all the same; somebody should know.",
      rules: [{ when: "$count($failed) > 0", next: "Notify" }],
      otherwise: "Release run lock",
    }),
    "Read dbt result": getObject({
      bucketArn: references.artifactsBucketArn,
      key: jsonata(key),
      keys: `${runsPrefix}*`,
      timeoutSeconds: 60,
      output: jsonata("$parse($states.result.Body)"),
      catch: [{ ErrorEquals: anyError, Output: {}, Next: "No dbt result" }],
      next: "Name failing nodes",
    }),
    "Name failing nodes": pass({
      assign: {
        dbt: jsonata("$uppercase($states.input.status)"),
        error: jsonata("$states.input.status = 'timed_out' ? 'DbtTimedOut' : 'DbtFailed'"),
        cause: jsonata(
          `'dbt ' & $join($command, ' ') & ($states.input.retried ? ', and dbt retry after it,' : '') & ' ended as ' & $states.input.status & ':\\n'
            & $join($states.input.nodes.(unique_id & ': ' & status & ' ' & message), '\\n')
            & ($exists($states.input.message) ? $states.input.message : '')
            & '\\nArtifacts: ${references.artifactsBucketArn.replace("arn:aws:s3:::", "s3://")}/${runsPrefix}' & $run & '/'`,
        ),
      },
      next: "Notify",
    }),
    "No dbt result": pass({
      comment: "The container has not got as far as writing its summary.",
      assign: {
        dbt: "UNKNOWN",
        cause: jsonata("'The dbt task left no summary; its log group says more. ' & $cause"),
      },
      next: "Notify",
    }),
  };
}

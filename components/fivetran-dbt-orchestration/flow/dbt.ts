import { jsonata } from "../../parts/asl/expression";
import { choice, waitSeconds } from "../../parts/asl/flow";
import { runTask } from "../../parts/asl/runTask";
import { getObject } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { Steps } from "../../parts/asl/types";
import { dbtMargin, dbtRestart, dbtStarts } from "../limits";
import { dbtContainer, type FlowReferences, type FlowSettings, runsPrefix } from "../settings";
import { caught, failure } from "./outcome";

export type DbtStates = "Run dbt" | "Did dbt start" | "Wait to start dbt again" | "Read dbt result" | "Did all go well";

/** Runs dbt on Fargate; when it fails, its summary says which nodes. */
export function dbtStates<N extends string>(
  settings: FlowSettings,
  references: FlowReferences,
  end: N,
): Steps<DbtStates, DbtStates | "Notify" | N> {
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
          // No place for the task, or too many calls: it has not begun.
          ErrorEquals: [
            "AmazonECS.Unknown",
            "ECS.AmazonECSException",
            "ECS.ServerException",
            "ECS.ThrottlingException",
          ],
          ...dbtRestart,
          JitterStrategy: "FULL",
        },
      ],
      catch: [
        {
          ErrorEquals: anyError,
          Assign: {
            ...failure("DbtFailed", jsonata(caught)),
            dbt: jsonata(
              "$contains($string($states.errorOutput.Cause), 'TaskFailedToStart') ? 'NOT_STARTED' : 'FAILED'",
            ),
            dbtStarts: jsonata("$dbtStarts + 1"),
          },
          Output: {},
          Next: "Did dbt start",
        },
      ],
      assign: { dbt: "SUCCEEDED", outcome: "SUCCEEDED" },
      output: {},
      next: "Did all go well",
    }),
    "Did dbt start": choice({
      comment: "A task without a network interface, an image or a secret may have them a minute later.",
      rules: [{ when: `$dbt = 'NOT_STARTED' and $dbtStarts < ${dbtStarts}`, next: "Wait to start dbt again" }],
      otherwise: "Read dbt result",
    }),
    "Wait to start dbt again": waitSeconds(60, { next: "Run dbt" }),
    "Read dbt result": getObject({
      bucketArn: references.artifactsBucketArn,
      key: jsonata(`'${runsPrefix}' & $run & '/summary.json'`),
      keys: `${runsPrefix}*`,
      why: "reads dbt's summary, to say what failed",
      timeoutSeconds: 60,
      assign: {
        dbt: jsonata("$uppercase($parse($states.result.Body).status)"),
        error: jsonata("$parse($states.result.Body).status = 'timed_out' ? 'DbtTimedOut' : 'DbtFailed'"),
        cause: jsonata(causeOf(references.artifactsBucketArn)),
      },
      output: {},
      catch: [
        {
          // The container hasn't got as far as writing its summary.
          ErrorEquals: anyError,
          Assign: {
            dbt: "UNKNOWN",
            cause: jsonata("'The dbt task left no summary; its log group says more. ' & $cause"),
          },
          Output: {},
          Next: "Notify",
        },
      ],
      next: "Notify",
    }),
    "Did all go well": choice<DbtStates | "Notify" | N>({
      comment: "The quorum may have been met without some connections; somebody should know.",
      rules: [{ when: "$count($failed) > 0", next: "Notify" }],
      otherwise: end,
    }),
  };
}

/** What summary.json says, in words: no longer than that file itself, which summary.py keeps short. */
function causeOf(artifactsBucketArn: string): string {
  const folder = `s3://${artifactsBucketArn.slice(artifactsBucketArn.lastIndexOf(":") + 1)}/${runsPrefix}`;
  return `(
    $said := $parse($states.result.Body);
    'dbt ' & $substring($join($command, ' '), 0, 500) & ($said.retried ? ', and dbt retry after it,' : '') & ' ended as ' & $said.status & ':\\n'
      & $join($said.nodes.(unique_id & ': ' & status & ' ' & message), '\\n')
      & ($exists($said.more_nodes) ? '\\nand ' & $string($said.more_nodes) & ' more' : '')
      & ($exists($said.message) ? $said.message : '')
      & '\\nArtifacts: ${folder}' & $run & '/'
  )`;
}

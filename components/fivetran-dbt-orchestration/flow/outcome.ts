import { jsonata } from "../../parts/asl/expression";
import { choice, fail, succeed } from "../../parts/asl/flow";
import { publish } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";
import { failedBriefly, failedLines } from "./texts";

export type OutcomeStates = "Notify" | "How did the run end" | "Done" | "Failed";

/** Tells people, and ends. What goes wrong here must not hide how the run went. */
export function outcomeStates<N extends string>(
  { pipeline }: FlowSettings,
  references: FlowReferences,
  end: N,
): Steps<OutcomeStates, OutcomeStates | N> {
  const region = references.stateMachineArn.split(":")[3];
  const others = "$count($failed) > 0 and $error != 'FivetranSyncFailed' ? '\\n\\nThese connections failed too:' : ''";
  return {
    Notify: publish<OutcomeStates | N>({
      topicArn: references.topicArn,
      why: "tells of failures",
      subject: jsonata(
        `$substring('${pipeline}: run ' & ($outcome = 'FAILED' ? 'failed' : 'succeeded in part'), 0, 100)`,
      ),
      message: jsonata(
        `($outcome = 'FAILED' ? $error & '\\n' & $cause & (${others}) : 'dbt has run, without these connections:')
          & ${failedLines}
          & '\\n\\nhttps://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/' & $execution`,
      ),
      timeoutSeconds: 60,
      retry: [{ ErrorEquals: anyError, IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
      catch: [{ ErrorEquals: anyError, Output: {}, Next: end }],
      output: {},
      next: end,
    }),
    "How did the run end": choice({
      rules: [{ when: "$outcome = 'FAILED'", next: "Failed" }],
      otherwise: "Done",
    }),
    Done: succeed(
      jsonata(`{
        'status': 'SUCCEEDED', 'connections': $count($connections), 'synced': $synced,
        'skipped': $skipped, 'failed': [$failed.{'connection_id': id, 'error': error}], 'dbt': $dbt
      }`),
    ),
    Failed: fail(jsonata("$error"), jsonata(`$substring($cause & ${failedBriefly}, 0, 32000)`)),
  };
}

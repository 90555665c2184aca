import { jsonata } from "../../parts/asl/expression";
import { choice, fail, succeed } from "../../parts/asl/flow";
import { invoke, lambdaRetry } from "../../parts/asl/lambda";
import { publish } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";

export type OutcomeStates = "Notify" | "Release run lock" | "How did the run end" | "Done" | "Failed";

/** Tells people, lets go of the lock, and ends. What goes wrong here must not hide how the run went. */
export function outcomeStates(
  { pipeline }: FlowSettings,
  references: FlowReferences,
): Steps<OutcomeStates, OutcomeStates> {
  const region = references.stateMachineArn.split(":")[3];
  return {
    Notify: publish({
      topicArn: references.topicArn,
      subject: jsonata(
        `$substring('${pipeline}: run ' & ($outcome = 'FAILED' ? 'failed' : 'succeeded in part'), 0, 100)`,
      ),
      message: jsonata(
        `$substring($outcome = 'FAILED' ? $error & '\\n' & $cause : 'dbt has run, without these connections:\\n' & $failures, 0, 200000)
          & '\\n\\nhttps://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/' & $execution`,
      ),
      timeoutSeconds: 60,
      retry: [{ ErrorEquals: anyError, IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
      catch: [{ ErrorEquals: anyError, Output: {}, Next: "Release run lock" }],
      output: {},
      next: "Release run lock",
    }),
    "Release run lock": invoke({
      comment: "And what tokens of this execution may be left.",
      functionArn: references.releaseWaitsArn,
      payload: { execution: jsonata("$execution") },
      timeoutSeconds: 120,
      retry: [lambdaRetry],
      // The next run takes over the lock of one that has ended.
      catch: [{ ErrorEquals: anyError, Output: {}, Next: "How did the run end" }],
      output: {},
      next: "How did the run end",
    }),
    "How did the run end": choice({
      rules: [{ when: "$outcome = 'FAILED'", next: "Failed" }],
      otherwise: "Done",
    }),
    Done: succeed(
      jsonata(`{
        'status': 'SUCCEEDED', 'connections': $count($connections), 'synced': $synced,
        'skipped': $skipped, 'failed': $failed, 'dbt': $dbt
      }`),
    ),
    Failed: fail(jsonata("$error"), jsonata("$substring($cause, 0, 30000)")),
  };
}

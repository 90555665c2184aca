import { jsonata } from "../../parts/asl/expression";
import { choice, fail, succeed } from "../../parts/asl/flow";
import { publish } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { Catcher, JsonObject, Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";

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

/** Error and cause of what was caught, in a line. */
export const caught = "$states.errorOutput.Error & ': ' & $substring($string($states.errorOutput.Cause), 0, 2000)";

/** Variables that say how the run has failed. @param cause a text, or JSONata */
export function failure(error: string, cause: string): JsonObject {
  return { outcome: "FAILED", error, cause };
}

/** Takes every error to the notification; the execution then fails with `error`. */
export function toFailure(error: string): Catcher<"Notify"> {
  return { ErrorEquals: anyError, Assign: failure(error, jsonata(caught)), Output: {}, Next: "Notify" };
}

/** The function of a connection's log; it is the one of functions/shared/fivetran. */
const logUrl = "'https://fivetran.com/dashboard/connections/' & id & '/status'";

/**
 * Each failed connection in a line: id, error, reason and, unless there are hundreds, its log. An empty text where none
 * has failed. It is made where it is used, because a variable holds as much as the list alone.
 */
export const failedLines = `(
  $few := $count($failed) <= 100;
  $join($failed.('\\n' & id & ' ' & error & ': ' & reason & ($few ? ' ' & ${logUrl} : '')), '')
    & ($few ? '' : '\\nTheir logs: https://fivetran.com/dashboard/connections/<id>/status')
)`;

/** The failed connections in as much of an execution's cause as is left, which holds 32,768 characters. */
export const failedBriefly = `(
  $lines := ${failedLines};
  $length($cause & $lines) <= 30000 ? $lines
    : '\\n' & $join($failed[[0..149]].id, ', ') & ($count($failed) > 150 ? ' and ' & $string($count($failed) - 150) & ' more' : '')
      & '. The notification says why.'
)`;

/**
 * A text without control characters, quotes and backslashes, cut to so many bytes. Characters outside ASCII count as
 * four bytes, which is the most that one takes.
 *
 * @param text JSONata
 */
export function cut(text: string, bytes: number): string {
  const lengths = [1, 0.75, 0.5, 0.33, 0.25, 0.125].map((share) => Math.floor(bytes * share));
  return `(
    $plain := $replace($substring($string(${text}), 0, ${bytes}), /[\\\\"\\x00-\\x1f\\x7f]+/, ' ');
    $fits := function($n) { $length($replace($substring($plain, 0, $n), /[^ -~]/, '____')) <= ${bytes} };
    $substring($plain, 0, [${lengths.join(", ")}][$fits($)][0])
  )`;
}

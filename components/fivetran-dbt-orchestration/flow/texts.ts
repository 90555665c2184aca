import { jsonata } from "../../parts/asl/expression";
import { anyError } from "../../parts/asl/task";
import type { Catcher, JsonObject } from "../../parts/asl/types";

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

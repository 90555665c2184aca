import { jsonata, noText, taskToken } from "../../parts/asl/expression";
import { choice, type Machine, machine, pass, waitUntil } from "../../parts/asl/flow";
import { invoke, invokeAndWait, lambdaRetry } from "../../parts/asl/lambda";
import { anyError } from "../../parts/asl/task";
import type { Catcher, Retrier, Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";

type ConnectionStates =
  | "Begin connection"
  | "Sync connection"
  | "How did the sync end"
  | "Wait until rescheduled"
  | "Poll connection"
  | "What does the poll say"
  | "Wait for webhook"
  | "Connection synced"
  | "Connection failed"
  | "Connection timed out";

/** Seconds that a function may take beside what it waits for. */
const callTimeout = 330;

/** The API has refused for longer than the function itself is patient. */
const throttled: Retrier = {
  ErrorEquals: ["FivetranThrottled", "FivetranApiError"],
  IntervalSeconds: 30,
  MaxAttempts: 3,
  BackoffRate: 2,
  MaxDelaySeconds: 300,
  JitterStrategy: "FULL",
};

/**
 * One connection, from its sync to its end. Never an error: the flow ends with `{connection_id, status, …}`, status
 * SUCCESSFUL, SKIPPED, FAILED or TIMED_OUT, so that one connection doesn't take the others down.
 *
 * A distributed map gives an item no variables of the flow around it, hence everything comes with the item, and the
 * variables here have names of their own.
 */
export function connectionFlow(settings: FlowSettings, references: FlowReferences): Machine {
  const { pollInterval, syncTimeout, maxReschedules, onPaused, scheduleType } = settings;
  const wait = {
    functionArn: references.syncConnectionArn,
    heartbeatSeconds: pollInterval,
    timeoutSeconds: pollInterval + 30,
    retry: [lambdaRetry, throttled],
    catch: [noWord, failed] as const,
    next: "How did the sync end" as const,
  };
  const payload = (mode: "trigger" | "wait") => ({
    group_id: jsonata("$group"),
    connection_id: jsonata("$connection"),
    execution: jsonata("$owner"),
    attempt: jsonata("$attempt"),
    mode,
    since: jsonata("$since"),
    on_paused: onPaused,
    ...(scheduleType === "" ? {} : { schedule_type: scheduleType }),
    task_token: taskToken,
  });
  const inTime = "$millis() < $deadline";
  // Paused while it was waited for is as good as paused before.
  const synced = onPaused === "skip" ? "['SUCCESSFUL', 'PAUSED']" : "['SUCCESSFUL']";
  const withoutTime = "$states.input.status = 'RESCHEDULED' and $not($exists($states.input.rescheduled_for))";
  const again = {
    when: `$states.input.status = 'RESCHEDULED' and $reschedules < ${maxReschedules} and $toMillis($states.input.rescheduled_for) < $deadline`,
    assign: {
      rescheduledFor: jsonata("$states.input.rescheduled_for"),
      reschedules: jsonata("$reschedules + 1"),
    },
    next: "Wait until rescheduled" as const,
  };
  const steps: Steps<ConnectionStates, ConnectionStates> = {
    "Begin connection": pass({
      assign: {
        group: jsonata("$states.input.group_id"),
        connection: jsonata("$states.input.connection_id"),
        owner: jsonata("$states.input.execution"),
        deadline: jsonata(`$millis() + ${syncTimeout * 1000}`),
        since: jsonata("$now()"),
        attempt: 1,
        reschedules: 0,
        rescheduledFor: noText,
      },
      next: "Sync connection",
    }),
    "Sync connection": invokeAndWait({
      ...wait,
      comment: "The function stores the token, then triggers the sync; the webhook sends the token back.",
      payload: payload("trigger"),
    }),
    "How did the sync end": choice({
      comment: "Fivetran's webhook doesn't always say until when a sync is put off; the API does.",
      rules: [
        { when: withoutTime, next: "Poll connection" },
        again,
        { when: "$states.input.status = 'RESCHEDULED'", next: "Connection timed out" },
      ],
      otherwise: "Connection synced",
    }),
    "Wait until rescheduled": waitUntil(jsonata("$rescheduledFor"), {
      assign: { attempt: jsonata("$attempt + 1"), since: jsonata("$now()") },
      next: "Sync connection",
    }),
    "Poll connection": invoke({
      comment: "No webhook came in time: what does Fivetran say?",
      functionArn: references.pollConnectionArn,
      payload: {
        connection_id: jsonata("$connection"),
        execution: jsonata("$owner"),
        since: jsonata("$since"),
      },
      timeoutSeconds: callTimeout,
      retry: [lambdaRetry],
      catch: [
        { ...failed, ErrorEquals: ["FivetranUnauthorized", "FivetranNotFound"] },
        {
          ErrorEquals: anyError,
          Output: jsonata("{'status': 'SYNCING', 'reason': 'the last poll failed, ' & $states.errorOutput.Error}"),
          Next: "What does the poll say",
        },
      ],
      next: "What does the poll say",
    }),
    "What does the poll say": choice({
      comment: "A poll that failed is no end: the next one may succeed, until the time is up.",
      rules: [
        { when: `$states.input.status in ${synced}`, next: "Connection synced" },
        again,
        {
          when: `${inTime} and ($states.input.status = 'SYNCING' or ${withoutTime})`,
          next: "Wait for webhook",
        },
        { when: "$states.input.status in ['SYNCING', 'RESCHEDULED']", next: "Connection timed out" },
      ],
      otherwise: "Connection failed",
    }),
    "Wait for webhook": invokeAndWait({
      ...wait,
      comment: "Stores a new token and triggers nothing.",
      payload: payload("wait"),
      assign: { attempt: jsonata("$attempt + 1") },
    }),
    "Connection synced": pass({
      output: jsonata(`{
        'connection_id': $connection,
        'status': $states.input.status in ['SKIPPED', 'PAUSED'] ? 'SKIPPED' : 'SUCCESSFUL',
        'reason': $states.input.reason
      }`),
    }),
    "Connection failed": pass({
      output: jsonata(`{
        'connection_id': $connection,
        'status': 'FAILED',
        'error': $exists($states.input.error) ? $states.input.error
          : $lookup({'BROKEN': 'FivetranConnectionBroken', 'PAUSED': 'FivetranConnectionPaused', 'FAILED': 'FivetranSyncFailed'}, $states.input.status),
        'reason': $substring($states.input.reason, 0, 160),
        'log_url': ${logUrl}
      }`),
    }),
    "Connection timed out": pass({
      output: jsonata(`{
        'connection_id': $connection,
        'status': 'TIMED_OUT',
        'error': $states.input.status = 'RESCHEDULED' ? 'FivetranRescheduledTooLate' : 'FivetranSyncTimeout',
        'reason': $states.input.status = 'RESCHEDULED'
          ? 'rescheduled for ' & $states.input.rescheduled_for & ', after ' & $string($reschedules) & ' of ${maxReschedules} times'
          : 'no end within ${syncTimeout} s' & ($exists($states.input.reason) ? ' (' & $states.input.reason & ')' : ''),
        'log_url': ${logUrl}
      }`),
    }),
  };
  return machine("Begin connection", steps);
}

/** Attempts grow on this way too: each token has a key of its own. */
const noWord: Catcher<"Poll connection"> = {
  ErrorEquals: ["States.HeartbeatTimeout", "States.Timeout"],
  Assign: { attempt: jsonata("$attempt + 1") },
  Output: {},
  Next: "Poll connection",
};

/** Where the API doesn't answer, no function has told the address. It is the one of functions/shared/fivetran. */
const logUrl =
  "$exists($states.input.log_url) ? $states.input.log_url : 'https://fivetran.com/dashboard/connections/' & $connection & '/status'";

/**
 * The functions say what happened as JSON in the cause; Lambda's own errors are JSON too, of another shape. A refusal of
 * IAM begins with the role's long name, and the action, which is what matters, would be cut off.
 */
const failed: Catcher<"Connection failed"> = {
  ErrorEquals: anyError,
  Output: jsonata(`(
    $text := $exists($states.errorOutput.Cause) ? $trim($states.errorOutput.Cause) : '';
    $json := $substring($text, 0, 1) = '{' and $substring($text, -1) = '}' ? $parse($text) : {};
    $said := $exists($json.reason) ? $json.reason : $exists($json.errorMessage) ? $json.errorMessage : $text;
    $denied := 'is not authorized to perform: ';
    {
      'error': $states.errorOutput.Error,
      'reason': $contains($said, $denied) ? 'not authorized to perform: ' & $substringAfter($said, $denied) : $said,
      'log_url': $json.log_url
    }
  )`),
  Next: "Connection failed",
};

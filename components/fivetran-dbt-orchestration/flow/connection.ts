import { jsonata, noText, taskToken } from "../../parts/asl/expression";
import { choice, type Machine, machine, pass, type RuleSpec, waitUntil } from "../../parts/asl/flow";
import { invokeAndWait, lambdaRetry } from "../../parts/asl/lambda";
import { anyError } from "../../parts/asl/task";
import type { Catcher, Retrier, Steps } from "../../parts/asl/types";
import { heartbeatMargin, reasonBytes } from "../limits";
import type { FlowReferences, FlowSettings } from "../settings";
import { cut } from "./outcome";

type ConnectionStates = "Begin connection" | "Sync connection" | "How did the sync end" | "Connection result";

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
 * One connection, from its sync to its end. Never an error: the flow ends with `{id, status}` or `{id, error, reason}`,
 * so that one connection doesn't take the others down.
 *
 * A distributed map gives an item no variables of the flow around it, hence everything comes with the item, and the
 * variables here have names of their own.
 */
export function connectionFlow(settings: FlowSettings, references: FlowReferences): Machine {
  const { pollInterval, syncTimeout, maxReschedules, maxConnections, onPaused, scheduleType } = settings;
  const steps: Steps<ConnectionStates, ConnectionStates | "Wait until rescheduled"> = {
    "Begin connection": pass({
      assign: {
        connection: jsonata("$states.input.connection_id"),
        owner: jsonata("$states.input.execution"),
        deadline: jsonata(`$millis() + ${syncTimeout * 1000}`),
        since: jsonata("$now()"),
        reschedules: 0,
        counted: false,
        rescheduledFor: noText,
      },
      next: "Sync connection",
    }),
    "Sync connection": invokeAndWait({
      comment:
        "The function stores the token, looks and triggers; the webhook sends the token back. Unheard, it looks again.",
      functionArn: references.syncConnectionArn,
      payload: {
        connection_id: jsonata("$connection"),
        execution: jsonata("$owner"),
        since: jsonata("$since"),
        asked_at: jsonata("$now()"),
        on_paused: onPaused,
        ...(scheduleType === "" ? {} : { schedule_type: scheduleType }),
        task_token: taskToken,
      },
      heartbeatSeconds: pollInterval,
      timeoutSeconds: pollInterval + heartbeatMargin,
      retry: [lambdaRetry, throttled],
      catch: [unheard, failed],
      next: "How did the sync end",
    }),
    "How did the sync end": choice({
      rules: [
        { when: "$states.input.status = 'SYNCING' and $millis() < $deadline", next: "Sync connection" },
        {
          when: "$states.input.status = 'SYNCING'",
          output: jsonata(`{'error': 'FivetranSyncTimeout', 'reason': 'no end within ${syncTimeout} s'}`),
          next: "Connection result",
        },
        ...(maxReschedules === 0 ? [] : putOff(maxReschedules)),
        {
          when: "$states.input.status = 'RESCHEDULED'",
          output: jsonata(
            `{'error': 'FivetranRescheduledTooLate', 'reason': 'put off ' & ($exists($states.input.rescheduled_for) ? 'until ' & $states.input.rescheduled_for : 'again') & ', after ' & $string($reschedules) & ' of ${maxReschedules} times'}`,
          ),
          next: "Connection result",
        },
      ],
      otherwise: "Connection result",
    }),
    "Connection result": pass({
      comment: "So short that the results of all connections fit into one state.",
      output: jsonata(`$exists($states.input.error)
        ? {'id': $connection, 'error': $substring($states.input.error, 0, 40), 'reason': ${cut("$states.input.reason", reasonBytes(maxConnections))}}
        : {'id': $connection, 'status': $states.input.status = 'SKIPPED' ? 'SKIPPED' : 'SUCCESSFUL'}`),
    }),
  };
  if (maxReschedules === 0) return machine<string>("Begin connection", steps);
  const wait = {
    "Wait until rescheduled": waitUntil(jsonata("$rescheduledFor"), { next: "Sync connection" as const }),
  };
  return machine<string>("Begin connection", { ...steps, ...wait });
}

/**
 * Fivetran has put the sync off. Its webhook doesn't always say until when; the next look at the API does, and doesn't
 * count as another time.
 */
function putOff(maxReschedules: number): RuleSpec<"Wait until rescheduled" | "Sync connection">[] {
  const again = "$states.input.status = 'RESCHEDULED' and $millis() < $deadline";
  const known = "$exists($states.input.rescheduled_for)";
  return [
    {
      when: `${again} and ($counted or $reschedules < ${maxReschedules}) and ${known} and $toMillis($states.input.rescheduled_for) < $deadline`,
      assign: {
        rescheduledFor: jsonata("$states.input.rescheduled_for"),
        reschedules: jsonata("$counted ? $reschedules : $reschedules + 1"),
        counted: false,
        since: jsonata("$now()"),
      },
      next: "Wait until rescheduled",
    },
    {
      when: `${again} and $reschedules < ${maxReschedules} and $not(${known})`,
      assign: { reschedules: jsonata("$reschedules + 1"), counted: true, since: jsonata("$now()") },
      next: "Sync connection",
    },
  ];
}

const unheard: Catcher<"How did the sync end"> = {
  ErrorEquals: ["States.HeartbeatTimeout", "States.Timeout"],
  Output: { status: "SYNCING" },
  Next: "How did the sync end",
};

/**
 * The functions say what happened as JSON in the cause; Lambda's own errors are JSON too, of another shape. A refusal of
 * IAM begins with the role's long name, and the action, which is what matters, would be cut off.
 */
const failed: Catcher<"Connection result"> = {
  ErrorEquals: anyError,
  Output: jsonata(`(
    $text := $trim($string($states.errorOutput.Cause));
    $json := $substring($text, 0, 1) = '{' and $substring($text, -1) = '}' ? $parse($text) : {};
    $said := $exists($json.reason) ? $json.reason : $exists($json.errorMessage) ? $json.errorMessage : $text;
    $denied := 'is not authorized to perform: ';
    {
      'error': $states.errorOutput.Error,
      'reason': $contains($said, $denied) ? 'not authorized to perform: ' & $substringAfter($said, $denied) : $said
    }
  )`),
  Next: "Connection result",
};

import { jsonata, noText } from "../../parts/asl/expression";
import { choice, succeed, waitSeconds } from "../../parts/asl/flow";
import { deleteItem, describeExecution, getItem, putItem } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { JsonObject, Retrier, Step, Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";
import { failure, toFailure } from "./outcome";

export type LockStates = "Take run lock" | "Find lock holder" | "Describe lock holder" | "Does the holder run";
/** What becomes of a run that meets another one. */
export type MeetingStates = "Skip run" | "Wait for lock holder";

/** Where the lock is in the waits table. */
const lockKey = { pk: { S: "#lock" }, sk: { S: "#lock" } } as const;
const conditionFailed = "DynamoDB.ConditionalCheckFailedException";
/** Looks at the lock in a queue: the history holds 25,000 events and a look costs 17 of them. */
const maxLooks = 200;

/** Faults of DynamoDB and Step Functions, which pass. */
const retry: readonly Retrier[] = [
  {
    ErrorEquals: [
      "DynamoDB.ProvisionedThroughputExceededException",
      "DynamoDB.ThrottlingException",
      "DynamoDB.InternalServerErrorException",
      "DynamoDB.SdkClientException",
      "Sfn.SdkClientException",
    ],
    IntervalSeconds: 1,
    MaxAttempts: 5,
    BackoffRate: 2,
    MaxDelaySeconds: 20,
    JitterStrategy: "FULL",
  },
];

/** Seconds between two looks at the lock. */
export function queueInterval(queueTimeout: number): number {
  return Math.max(30, Math.ceil(queueTimeout / maxLooks));
}

/**
 * One run at a time: the execution that writes the lock has it until it removes it. The lock of an execution
 * that was stopped or timed out is taken over: its status is checked first.
 */
export function lockStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<LockStates, LockStates | MeetingStates | "List connections" | "Notify"> {
  const shared = { tableArn: references.waitsTableArn, timeoutSeconds: 60, retry, output: {} };
  const unlocked = toFailure("RunLockFailed");
  return {
    "Take run lock": putItem({
      ...shared,
      why: "takes the run lock, so that runs don't overlap",
      comment: "Written unless another execution has written it, or over that of one that is dead.",
      arguments: writeLock(settings.runTimeout),
      catch: [{ ErrorEquals: [conditionFailed], Next: "Find lock holder" }, unlocked],
      next: "List connections",
    }),
    "Find lock holder": getItem({
      ...shared,
      why: "sees which execution holds the run lock",
      arguments: { Key: lockKey, ConsistentRead: true },
      // A holder that has just let go is as good as this run itself.
      assign: {
        holder: jsonata("$exists($states.result.Item) ? $states.result.Item.execution.S : $execution"),
        dead: noText,
      },
      catch: [unlocked],
      next: "Describe lock holder",
    }),
    "Describe lock holder": describeExecution({
      timeoutSeconds: 60,
      retry,
      executionArn: jsonata("$holder"),
      executions: `${references.stateMachineArn.replace(":stateMachine:", ":execution:")}:*`,
      why: "sees whether the execution that holds the run lock still runs",
      output: { status: jsonata("$states.result.Status") },
      catch: [
        {
          ErrorEquals: ["Sfn.ExecutionDoesNotExistException"],
          Output: { status: "GONE" },
          Next: "Does the holder run",
        },
        { ErrorEquals: anyError, Output: { status: jsonata(unknownStatus) }, Next: "Does the holder run" },
      ],
      next: "Does the holder run",
    }),
    "Does the holder run": settings.overlap === "queue" ? queueing(settings.queueTimeout) : skipping(),
  };
}

const unknownStatus = "'UNKNOWN, ' & $states.errorOutput.Error";
/** A holder whose status can't be told counts as running: two runs at once are worse than none. */
const free = {
  when: "$holder = $execution or $not($states.input.status in ['RUNNING', 'PENDING_REDRIVE'] or $contains($states.input.status, 'UNKNOWN'))",
  assign: { dead: jsonata("$holder") },
  next: "Take run lock",
} as const;

function skipping(): Step<"Take run lock" | "Notify" | "Skip run"> {
  const cause = `'The status of ' & $holder & ', which has the run lock, is unknown (' & $states.input.status & '). Describe it, and stop it or start this run again.'`;
  return choice({
    rules: [
      free,
      {
        when: "$contains($states.input.status, 'UNKNOWN')",
        assign: failure("RunLockUnknown", jsonata(cause)),
        next: "Notify",
      },
    ],
    otherwise: "Skip run",
  });
}

function queueing(queueTimeout: number): Step<"Take run lock" | "Notify" | "Wait for lock holder"> {
  const cause = `'${queueTimeout} s were not enough for ' & $holder & ' (' & $states.input.status & ') to end; raise queueTimeout, or stop it.'`;
  return choice({
    rules: [
      free,
      {
        when: `$millis() >= $queuedAt + ${queueTimeout * 1000}`,
        assign: failure("RunLockTimeout", jsonata(cause)),
        next: "Notify",
      },
    ],
    otherwise: "Wait for lock holder",
  });
}

export function skipState(): Steps<"Skip run", never> {
  return {
    "Skip run": succeed({ status: "SKIPPED", reason: jsonata("'Another run is under way: ' & $holder") }),
  };
}

export function queueState({ queueTimeout }: FlowSettings): Steps<"Wait for lock holder", "Take run lock"> {
  return { "Wait for lock holder": waitSeconds(queueInterval(queueTimeout), { next: "Take run lock" }) };
}

/** Lets go of the lock, unless it is another execution's. The next run takes over that of one that has ended. */
export function releaseState({ waitsTableArn }: FlowReferences): Steps<"Release run lock", "How did the run end"> {
  return {
    "Release run lock": deleteItem({
      tableArn: waitsTableArn,
      why: "gives the run lock back",
      timeoutSeconds: 60,
      retry,
      output: {},
      arguments: {
        Key: lockKey,
        ConditionExpression: "#execution = :execution",
        ExpressionAttributeNames: { "#execution": "execution" },
        ExpressionAttributeValues: { ":execution": { S: jsonata("$execution") } },
      },
      catch: [{ ErrorEquals: anyError, Output: {}, Next: "How did the run end" }],
      next: "How did the run end",
    }),
  };
}

function writeLock(runTimeout: number): JsonObject {
  const day = 86_400;
  return {
    Item: {
      ...lockKey,
      execution: { S: jsonata("$execution") },
      storedAt: { S: jsonata("$now()") },
      expiresAt: { N: jsonata(`$string($floor($millis() / 1000) + ${runTimeout + day})`) },
    },
    ConditionExpression: "attribute_not_exists(#pk) OR #execution = :execution OR #execution = :dead",
    ExpressionAttributeNames: { "#pk": "pk", "#execution": "execution" },
    ExpressionAttributeValues: { ":execution": { S: jsonata("$execution") }, ":dead": { S: jsonata("$dead") } },
  };
}

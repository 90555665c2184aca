import { jsonata } from "../../parts/asl/expression";
import { choice, pass, succeed, waitSeconds } from "../../parts/asl/flow";
import { describeExecution, getItem, putItem } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { JsonObject, Retrier, Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";
import { toFailure } from "./failure";

export type LockStates =
  | "Take run lock"
  | "Find lock holder"
  | "Is the lock free"
  | "Describe lock holder"
  | "Does the holder run"
  | "Take over run lock"
  | "Wait for lock holder"
  | "Waited too long"
  | "Skip run";

/** Where the lock lies in the waits table. */
const lockKey = { pk: { S: "#lock" }, sk: { S: "#lock" } } as const;
const conditionFailed = "DynamoDB.ConditionalCheckFailedException";
/** Looks at the lock in a queue: the history holds 25,000 events and a look costs 22 of them. */
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
 * One run at a time: the execution that writes the lock has it until it removes it. What a stopped execution has left
 * behind is taken over, because its status is asked for.
 */
export function lockStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<LockStates, LockStates | "List connections" | "Notify"> {
  const { overlap, queueTimeout } = settings;
  const shared = { tableArn: references.waitsTableArn, timeoutSeconds: 60, retry, output: {} };
  const failure = toFailure("RunLockFailed");
  return {
    "Take run lock": putItem({
      ...shared,
      comment: "Only one run at a time: written unless another execution has written it.",
      arguments: writeLock(settings, "attribute_not_exists(#pk) OR #execution = :execution", "$execution"),
      catch: [{ ErrorEquals: [conditionFailed], Next: "Find lock holder" }, failure],
      next: "List connections",
    }),
    "Find lock holder": getItem({
      ...shared,
      arguments: { Key: lockKey, ConsistentRead: true },
      assign: { holder: jsonata("$exists($states.result.Item) ? $states.result.Item.execution.S : ''") },
      catch: [failure],
      next: "Is the lock free",
    }),
    "Is the lock free": choice({
      comment: "The holder may have just let go.",
      rules: [{ when: "$holder = ''", next: "Take run lock" }],
      otherwise: "Describe lock holder",
    }),
    "Describe lock holder": describeExecution({
      timeoutSeconds: 60,
      retry,
      executionArn: jsonata("$holder"),
      executions: `${references.stateMachineArn.replace(":stateMachine:", ":execution:")}:*`,
      output: { status: jsonata("$states.result.Status") },
      catch: [
        {
          ErrorEquals: ["Sfn.ExecutionDoesNotExistException"],
          Output: { status: "GONE" },
          Next: "Does the holder run",
        },
        { ErrorEquals: anyError, Output: { status: "UNKNOWN" }, Next: "Does the holder run" },
      ],
      next: "Does the holder run",
    }),
    "Does the holder run": choice({
      comment: "A holder whose status can't be told counts as running: two runs at once are worse than none.",
      rules: [
        { when: "$not($states.input.status in ['RUNNING', 'PENDING_REDRIVE', 'UNKNOWN'])", next: "Take over run lock" },
        {
          when: `${overlap === "queue"} and $millis() < $queuedAt + ${queueTimeout * 1000}`,
          next: "Wait for lock holder",
        },
        { when: `${overlap === "queue"}`, next: "Waited too long" },
      ],
      otherwise: "Skip run",
    }),
    "Take over run lock": putItem({
      ...shared,
      comment: "The holder has ended without letting go.",
      arguments: writeLock(settings, "#execution = :execution", "$holder"),
      catch: [{ ErrorEquals: [conditionFailed], Next: "Take run lock" }, failure],
      next: "List connections",
    }),
    "Wait for lock holder": waitSeconds(queueInterval(queueTimeout), { next: "Take run lock" }),
    "Waited too long": pass({
      assign: {
        outcome: "FAILED",
        error: "RunLockTimeout",
        cause: jsonata(
          `'${queueTimeout} s were not enough for ' & $holder & ' to end; raise queueTimeout, or stop it.'`,
        ),
      },
      next: "Notify",
    }),
    "Skip run": succeed({
      status: "SKIPPED",
      reason: jsonata("'Another run is under way: ' & $holder"),
    }),
  };
}

/** @param expected JSONata: whose lock may be overwritten */
function writeLock({ runTimeout }: FlowSettings, condition: string, expected: string): JsonObject {
  const day = 86_400;
  return {
    Item: {
      ...lockKey,
      execution: { S: jsonata("$execution") },
      storedAt: { S: jsonata("$now()") },
      expiresAt: { N: jsonata(`$string($floor($millis() / 1000) + ${runTimeout + day})`) },
    },
    ConditionExpression: condition,
    ExpressionAttributeNames: condition.includes("#pk")
      ? { "#pk": "pk", "#execution": "execution" }
      : { "#execution": "execution" },
    ExpressionAttributeValues: { ":execution": { S: jsonata(expected) } },
  };
}

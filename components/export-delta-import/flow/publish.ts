import { jsonata } from "../../parts/asl/expression";
import { choice, map, pass, waitUntil } from "../../parts/asl/flow";
import { invokeAndWait, lambdaRetry } from "../../parts/asl/lambda";
import { publish } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";
import { untilDone } from "./begin";
import { catchAll, catchFailure, catchLost, control, type EndStates, importOf } from "./step";

export type ApprovalStates = "Put the question" | "Ask" | "Await approval" | "Was it approved" | "Nobody answered";

/** A delta that deletes more than its share waits for somebody, who answers with the command of the notification. */
export function approvalStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<ApprovalStates, ApprovalStates | EndStates | "Begin publishing"> {
  const answer = "$states.result";
  return {
    "Put the question": control(references, {
      step: "question",
      comment: "What would go, and how to let it.",
      payload: { reason: jsonata("$reason"), registry: references.registryTableName },
      assign: { subject: jsonata(`${answer}.Payload.subject`), message: jsonata(`${answer}.Payload.message`) },
      next: "Ask",
    }),
    Ask: publish({
      topicArn: references.topicArn,
      why: "asks people about a delta that deletes more than it may",
      subject: jsonata("$subject"),
      message: jsonata("$message"),
      timeoutSeconds: 60,
      retry: [{ ErrorEquals: anyError, IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
      // The alarm tells of it as well.
      catch: [{ ErrorEquals: anyError, Output: {}, Next: "Await approval" }],
      output: {},
      next: "Await approval",
    }),
    "Await approval": invokeAndWait({
      functionArn: references.controlArn,
      payload: { step: "awaitApproval", ...importOf, taskToken: jsonata("$states.context.Task.Token") },
      heartbeatSeconds: settings.approvalTimeout,
      timeoutSeconds: settings.approvalTimeout + 60,
      retry: [lambdaRetry],
      catch: [
        { ErrorEquals: ["States.HeartbeatTimeout", "States.Timeout"], Output: {}, Next: "Nobody answered" },
        catchLost,
        catchFailure,
      ],
      assign: {
        approved: jsonata(`${answer}.approved = true`),
        by: jsonata(`$exists(${answer}.by) ? ${answer}.by : 'somebody'`),
        said: jsonata(`$exists(${answer}.reason) ? ${answer}.reason : 'no reason given'`),
      },
      output: {},
      next: "Was it approved",
    }),
    "Was it approved": control(references, {
      step: "approved",
      payload: { approved: jsonata("$approved"), by: jsonata("$by"), reason: jsonata("$said") },
      next: "Begin publishing",
    }),
    "Nobody answered": pass({
      assign: {
        outcome: "refused",
        error: "ExportRefused",
        cause: jsonata(
          `$reason & ' Nobody has approved it within ${Math.round(settings.approvalTimeout / 3_600)} hours.'`,
        ),
      },
      output: {},
      next: "Refuse export",
    }),
  };
}

export type PublishStates =
  | "Begin publishing"
  | "Publish"
  | "Look at the targets"
  | "Have they caught up"
  | "Wait for the targets"
  | "They don't catch up"
  | "Finish";

/** Publishes the delta's files, and waits until every target has dealt with every operation. */
export function publishStates(
  settings: FlowSettings,
  references: FlowReferences,
): Steps<PublishStates, PublishStates | EndStates> {
  const answer = "$states.result.Payload";
  return {
    "Begin publishing": control(references, {
      step: "beginPublishing",
      comment: "From here on the target is between two versions.",
      assign: { groups: jsonata(`${answer}.groups`) },
      next: "Publish",
    }),
    Publish: map({
      comment: "Each file by a publisher of its own; a delta has each key once, so their order doesn't matter.",
      items: jsonata("[0..$groups - 1]"),
      itemSelector: { group: jsonata("$states.context.Map.Item.Value"), groups: jsonata("$groups") },
      concurrency: settings.publishConcurrency,
      each: untilDone("Publish", references.publishArn, settings),
      catch: catchAll,
      assign: { publishedAt: jsonata("$millis()"), looks: 0 },
      output: {},
      next: "Look at the targets",
    }),
    "Look at the targets": control(references, {
      step: "settle",
      comment: "The import is done when they have dealt with what was published.",
      assign: {
        state: jsonata(`${answer}.state`),
        published: jsonata(`${answer}.published`),
        applied: jsonata(`${answer}.applied`),
        looks: jsonata("$looks + 1"),
      },
      next: "Have they caught up",
    }),
    "Have they caught up": choice({
      rules: [
        { when: "$state = 'applied'", next: "Finish" },
        { when: `$millis() > $publishedAt + ${settings.catchUpTimeout * 1_000}`, next: "They don't catch up" },
      ],
      otherwise: "Wait for the targets",
    }),
    "Wait for the targets": waitUntil(
      jsonata(`$fromMillis($millis() + 1000 * $min([${settings.catchUpInterval}, $looks * 2]))`),
      { output: {}, next: "Look at the targets" },
    ),
    "They don't catch up": pass({
      assign: {
        outcome: "failed",
        error: "CatchUpTimeout",
        cause: jsonata(
          `$string($applied) & ' of ' & $string($published) & ' operations were applied within ${settings.catchUpTimeout} s. Fix: look at the apply function and its table; the next export, or delta-replay, goes on where this stands.'`,
        ),
      },
      output: {},
      next: "Fail import",
    }),
    Finish: control(references, {
      step: "finish",
      comment: "Says in the registry that the target is at the version, and frees the table.",
      payload: { published: jsonata("$published"), applied: jsonata("$applied") },
      assign: { summary: jsonata(answer) },
      next: "Drop tables",
    }),
  };
}

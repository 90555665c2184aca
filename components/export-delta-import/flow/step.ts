import type { StepName } from "../../../functions/export-delta-import/control/control";
import { jsonata } from "../../parts/asl/expression";
import { invoke, lambdaRetry } from "../../parts/asl/lambda";
import { anyError } from "../../parts/asl/task";
import type { Catcher, JsonObject, Retrier, Step } from "../../parts/asl/types";
import type { FlowReferences } from "../settings";

/** Where every error ends up. */
export type EndStates = "Refuse export" | "Fail import" | "Drop tables";

/** Errors that say that the export can't be imported as it is. */
const refusals = ["ExportRefused", "FileRefused"];
/** Nothing of this import may be done any more: another has the table. */
const lost = ["LeaseLost"];

/** The message of a function's error. */
const message = "$parse($states.errorOutput.Cause).errorMessage";

export const catchRefusal: Catcher<EndStates> = {
  ErrorEquals: refusals,
  Assign: { outcome: "refused", error: "ExportRefused", cause: jsonata(message) },
  Output: {},
  Next: "Refuse export",
};

export const catchLost: Catcher<EndStates> = {
  ErrorEquals: lost,
  Assign: { outcome: "failed", error: "LeaseLost", cause: jsonata(message) },
  Output: {},
  Next: "Drop tables",
};

/** What is left ends as a failure of the import. */
export const catchFailure: Catcher<EndStates> = {
  ErrorEquals: anyError,
  Assign: {
    outcome: "failed",
    error: jsonata("$states.errorOutput.Error"),
    cause: jsonata("$substring($states.errorOutput.Error & ': ' & $states.errorOutput.Cause, 0, 4000)"),
  },
  Output: {},
  Next: "Fail import",
};

export const catchAll = [catchRefusal, catchLost, catchFailure] as const;

/** A function that was killed or timed out is called again; what it has said about the import stands. */
export const retryFunction: readonly Retrier[] = [
  {
    ErrorEquals: [...refusals, ...lost, "OperationsFailed", "InputError"],
    IntervalSeconds: 1,
    MaxAttempts: 0,
    BackoffRate: 1,
  },
  lambdaRetry,
  {
    ErrorEquals: anyError,
    IntervalSeconds: 2,
    MaxAttempts: 3,
    BackoffRate: 3,
    MaxDelaySeconds: 60,
    JitterStrategy: "FULL",
  },
];

/** Which import a function's call is of. */
export const importOf = {
  tenant: jsonata("$tenant"),
  table: jsonata("$table"),
  execution: jsonata("$execution"),
  order: jsonata("$order"),
  token: jsonata("$token"),
} as const;

export interface ControlSpec<N extends string> {
  readonly step: StepName;
  readonly comment?: string;
  /** Beside which import it is. @default nothing */
  readonly payload?: JsonObject;
  readonly assign?: JsonObject;
  readonly catch?: readonly [Catcher<N | EndStates>, ...Catcher<N | EndStates>[]];
  readonly next: N;
}

/** A step of the control function. */
export function control<N extends string>({ controlArn }: FlowReferences, spec: ControlSpec<N>): Step<N | EndStates> {
  return invoke<N | EndStates>({
    comment: spec.comment,
    functionArn: controlArn,
    payload: { step: spec.step, ...importOf, ...spec.payload },
    timeoutSeconds: 900,
    retry: retryFunction,
    catch: spec.catch ?? catchAll,
    assign: spec.assign,
    output: {},
    next: spec.next,
  });
}

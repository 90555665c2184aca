import { type TaskSpec, task } from "./task";
import type { JsonObject, Need, Retrier, Step } from "./types";

export interface InvokeSpec<N extends string> extends TaskSpec<N> {
  /** ARN without a version. */
  readonly functionArn: string;
  readonly payload: JsonObject;
}

export interface CallbackSpec<N extends string> extends InvokeSpec<N> {
  /** Without a sign of life for so long, the state ends with `States.HeartbeatTimeout`. */
  readonly heartbeatSeconds: number;
}

/** Calls a function; its answer is the state's result. */
export function invoke<N extends string>(spec: InvokeSpec<N>): Step<N> {
  const call = {
    resource: "arn:aws:states:::lambda:invoke",
    arguments: { FunctionName: spec.functionArn, Payload: spec.payload },
    needs: needs(spec.functionArn),
  };
  return task(call, { ...spec, output: spec.output ?? "{% $states.result.Payload %}" });
}

/** Calls a function and waits until somebody sends the token back, which has to be in the payload. */
export function invokeAndWait<N extends string>(spec: CallbackSpec<N>): Step<N> {
  const call = {
    resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
    arguments: { FunctionName: spec.functionArn, Payload: spec.payload },
    heartbeatSeconds: spec.heartbeatSeconds,
    needs: needs(spec.functionArn),
  };
  return task(call, spec);
}

/** Faults of Lambda itself, which pass, and functions that were cut off: they must be safe to call again. */
export const lambdaRetry: Retrier = {
  ErrorEquals: [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
  ],
  IntervalSeconds: 2,
  MaxAttempts: 5,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  JitterStrategy: "FULL",
};

function needs(functionArn: string): Need[] {
  return [{ actions: ["lambda:InvokeFunction"], resources: [functionArn], why: "calls the functions of its steps" }];
}

import type { Catcher, Json, JsonObject, Need, Retrier, Step } from "./types";

export interface TaskSpec<N extends string> {
  readonly comment?: string;
  /** How long the state may take at most; every task has a bound. */
  readonly timeoutSeconds: number;
  readonly retry?: readonly Retrier[];
  /** Where errors go; the last one takes `States.ALL`. */
  readonly catch: readonly [Catcher<N>, ...Catcher<N>[]];
  readonly assign?: JsonObject;
  /** @default the result of the call */
  readonly output?: Json;
  readonly next: N;
}

export interface CallSpec {
  readonly resource: string;
  readonly arguments: JsonObject;
  readonly needs: readonly Need[];
  /** Given exactly where the state waits for its token. */
  readonly heartbeatSeconds?: number;
}

/** A call of an AWS service. The functions of lambda.ts and services.ts know the calls and what they need. */
export function task<N extends string>(call: CallSpec, spec: TaskSpec<N>): Step<N> {
  return {
    state: {
      Type: "Task",
      ...(spec.comment === undefined ? {} : { Comment: spec.comment }),
      Resource: call.resource,
      Arguments: call.arguments,
      TimeoutSeconds: spec.timeoutSeconds,
      ...(call.heartbeatSeconds === undefined ? {} : { HeartbeatSeconds: call.heartbeatSeconds }),
      ...(spec.retry === undefined ? {} : { Retry: spec.retry }),
      Catch: spec.catch,
      ...(spec.assign === undefined ? {} : { Assign: spec.assign }),
      ...(spec.output === undefined ? {} : { Output: spec.output }),
      Next: spec.next,
    },
    needs: call.needs,
  };
}

/** Every error that nothing before it has caught. */
export const anyError = ["States.ALL"] as const;

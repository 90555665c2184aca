/** Amazon States Language with JSONata, as far as the flows here use it. `N`: the names that a state may lead to. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: "FULL" | "NONE";
}

export interface Catcher<N extends string> {
  readonly ErrorEquals: readonly string[];
  readonly Next: N;
  readonly Assign?: JsonObject;
  readonly Output?: Json;
}

interface Named<T extends string> {
  readonly Type: T;
  readonly Comment?: string;
}

interface Going<N extends string> {
  readonly Next?: N;
  readonly End?: true;
}

interface Data {
  readonly Assign?: JsonObject;
  readonly Output?: Json;
}

export interface TaskState<N extends string> extends Named<"Task">, Going<N>, Data {
  readonly Resource: string;
  readonly Arguments: JsonObject;
  readonly TimeoutSeconds: number;
  readonly HeartbeatSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch: readonly Catcher<N>[];
}

export interface PassState<N extends string> extends Named<"Pass">, Going<N>, Data {}

export interface WaitState<N extends string> extends Named<"Wait">, Going<N>, Data {
  readonly Seconds?: number;
  readonly Timestamp?: string;
}

export interface ChoiceRule<N extends string> extends Data {
  readonly Condition: string;
  readonly Next: N;
}

export interface ChoiceState<N extends string> extends Named<"Choice"> {
  readonly Choices: readonly ChoiceRule<N>[];
  readonly Default: N;
}

export interface MapState<N extends string> extends Named<"Map">, Going<N>, Data {
  readonly Items: string;
  readonly ItemSelector: JsonObject;
  readonly MaxConcurrency: number;
  readonly Label?: string;
  readonly ItemProcessor: States & {
    readonly ProcessorConfig: { readonly Mode: "INLINE" | "DISTRIBUTED"; readonly ExecutionType?: "STANDARD" };
  };
  readonly Catch: readonly Catcher<N>[];
}

export interface SucceedState extends Named<"Succeed"> {
  readonly Output?: Json;
}

export interface FailState extends Named<"Fail"> {
  readonly Error: string;
  readonly Cause: string;
}

export type State<N extends string = string> =
  | TaskState<N>
  | PassState<N>
  | WaitState<N>
  | ChoiceState<N>
  | MapState<N>
  | SucceedState
  | FailState;

/** States and where they begin: a whole flow, or what a Map does for each item. */
export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** What CreateStateMachine takes. */
export interface Definition extends States {
  readonly Comment: string;
  readonly QueryLanguage: "JSONata";
  readonly TimeoutSeconds: number;
}

/** What the state machine's role must be allowed for a state. */
export interface Need {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** What for, as it stands in the list of grants. */
  readonly why: string;
  /** IAM condition block. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A state together with what it needs. */
export interface Step<N extends string = string> {
  readonly state: State<N>;
  readonly needs: readonly Need[];
}

/** Steps by the names of their states; each leads to one of `Target`. */
export type Steps<Name extends string, Target extends string> = Readonly<Record<Name, Step<Target>>>;

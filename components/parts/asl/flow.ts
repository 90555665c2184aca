import { jsonata } from "./expression";
import type { Catcher, Json, JsonObject, Need, States, Step } from "./types";

interface DataSpec {
  readonly comment?: string;
  readonly assign?: JsonObject;
  readonly output?: Json;
}

interface GoingSpec<N extends string> extends DataSpec {
  /** @default the flow ends here */
  readonly next?: N;
}

/** Sets variables, or makes the output. */
export function pass<N extends string = never>(spec: GoingSpec<N>): Step<N> {
  return { state: { Type: "Pass", ...data(spec), ...going(spec.next) }, needs: [] };
}

export interface RuleSpec<N extends string> extends DataSpec {
  /** JSONata without `{% %}`. */
  readonly when: string;
  readonly next: N;
}

/** The first rule that holds says where to go; there is always a default. */
export function choice<N extends string>(spec: {
  readonly comment?: string;
  readonly rules: readonly [RuleSpec<N>, ...RuleSpec<N>[]];
  readonly otherwise: N;
}): Step<N> {
  return {
    state: {
      Type: "Choice",
      ...(spec.comment === undefined ? {} : { Comment: spec.comment }),
      Choices: spec.rules.map(({ when, next, assign, output }) => ({
        Condition: jsonata(when),
        ...data({ assign, output }),
        Next: next,
      })),
      Default: spec.otherwise,
    },
    needs: [],
  };
}

export function waitSeconds<N extends string>(seconds: number, spec: GoingSpec<N>): Step<N> {
  return { state: { Type: "Wait", Seconds: seconds, ...data(spec), ...going(spec.next) }, needs: [] };
}

/** @param timestamp JSONata that gives ISO 8601 */
export function waitUntil<N extends string>(timestamp: string, spec: GoingSpec<N>): Step<N> {
  return { state: { Type: "Wait", Timestamp: timestamp, ...data(spec), ...going(spec.next) }, needs: [] };
}

export function succeed(output: Json, comment?: string): Step<never> {
  return { state: { Type: "Succeed", ...data({ comment, output }) }, needs: [] };
}

export function fail(error: string, cause: string, comment?: string): Step<never> {
  return { state: { Type: "Fail", ...data({ comment }), Error: error, Cause: cause }, needs: [] };
}

export interface MapSpec<N extends string> extends GoingSpec<N> {
  /** JSONata that gives a list. */
  readonly items: string;
  /** What an item's flow gets; of a distributed map it sees nothing else. */
  readonly itemSelector: JsonObject;
  readonly concurrency: number;
  readonly each: Machine;
  readonly catch: readonly [Catcher<N>, ...Catcher<N>[]];
  /** Each item as an execution of its own, with a history of its own. */
  readonly distributed?: { readonly label: string; readonly stateMachineArn: string };
}

export function map<N extends string>(spec: MapSpec<N>): Step<N> {
  const { distributed } = spec;
  return {
    state: {
      Type: "Map",
      ...data({ comment: spec.comment }),
      Items: spec.items,
      ItemSelector: spec.itemSelector,
      MaxConcurrency: spec.concurrency,
      ...(distributed === undefined ? {} : { Label: distributed.label }),
      ItemProcessor: {
        ProcessorConfig:
          distributed === undefined ? { Mode: "INLINE" } : { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: spec.each.StartAt,
        States: spec.each.States,
      },
      Catch: spec.catch,
      ...data({ assign: spec.assign, output: spec.output }),
      ...going(spec.next),
    },
    needs: [...spec.each.needs, ...(distributed === undefined ? [] : ownExecutions(distributed.stateMachineArn))],
  };
}

/** A distributed map starts, watches and stops executions of the state machine that it stands in. */
function ownExecutions(stateMachineArn: string): Need[] {
  return [
    { actions: ["states:StartExecution"], resources: [stateMachineArn], why: "the distributed Map starts its parts" },
    {
      actions: ["states:DescribeExecution", "states:StopExecution"],
      resources: [`${stateMachineArn.replace(":stateMachine:", ":execution:")}/*`],
      why: "the distributed Map watches and stops its parts",
    },
  ];
}

export interface Machine extends States {
  readonly needs: readonly Need[];
}

/** Puts steps together: a name that a state leads to and that isn't there doesn't compile. */
export function machine<N extends string>(
  startAt: NoInfer<N>,
  steps: { readonly [K in N]: Step<NoInfer<N>> },
): Machine {
  const entries = Object.entries<Step>(steps);
  return {
    StartAt: startAt,
    States: Object.fromEntries(entries.map(([name, { state }]) => [name, state])),
    needs: entries.flatMap(([, { needs }]) => needs),
  };
}

/** What isn't given is absent: the language's validator refuses a name that its state doesn't have, whatever its value. */
function data({ comment, assign, output }: DataSpec) {
  return {
    ...(comment === undefined ? {} : { Comment: comment }),
    ...(assign === undefined ? {} : { Assign: assign }),
    ...(output === undefined ? {} : { Output: output }),
  };
}

function going<N extends string>(next: N | undefined): { Next: N } | { End: true } {
  return next === undefined ? { End: true } : { Next: next };
}

import jsonata from "jsonata";
import { stateBytes } from "../../../components/fivetran-dbt-orchestration/limits";
import { expressionOf } from "../../../components/parts/asl/expression";
import type {
  Catcher,
  Definition,
  Json,
  JsonObject,
  MapState,
  State,
  States,
} from "../../../components/parts/asl/types";

/** What a task ends with other than by its result. */
export class TaskError extends Error {
  constructor(
    readonly error: string,
    override readonly cause = "",
  ) {
    super(error);
  }
}

/** Time of a run, in milliseconds; waits and time-outs move it on. */
export class Clock {
  now = Date.parse("2026-05-01T05:00:00.000Z");
  pass(seconds: number): void {
    this.now += seconds * 1000;
  }
}

export interface Call {
  readonly state: string;
  readonly arguments: JsonObject;
}

export interface Ended {
  readonly status: "SUCCEEDED" | "FAILED";
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** Names of the states, in the order they were entered. */
  readonly visited: readonly string[];
  readonly calls: readonly Call[];
}

export interface World {
  /** Answers a task, or throws a TaskError. */
  readonly task: (call: Call, clock: Clock) => Json | Promise<Json>;
  /** Told before each state; may throw a TaskError to end the execution. */
  readonly enter?: (state: string) => Promise<void>;
  /** ARN of the execution. */
  readonly execution?: string;
  readonly input?: JsonObject;
  readonly clock?: Clock;
}

/** Read once: thousands of simulated runs evaluate the same ones. */
const expressions = new Map<string, jsonata.Expression>();

class FlowFailed extends TaskError {}

/** As Step Functions: what is larger ends the execution, and no Catch hears of it. */
function bounded<T extends Json>(what: string, value: T): T {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > stateBytes) throw new FlowFailed("States.DataLimitExceeded", `${what} has ${bytes} bytes`);
  return value;
}

/** Runs a definition as Step Functions does, with every expression evaluated; retries are left out. */
export async function simulate(definition: Definition, world: World): Promise<Ended> {
  const run = new Run(world);
  try {
    const output = await run.scope(definition, world.input ?? {}, {}, {});
    return { status: "SUCCEEDED", output, visited: run.visited, calls: run.calls };
  } catch (failure) {
    if (!(failure instanceof TaskError)) throw failure;
    return { status: "FAILED", error: failure.error, cause: failure.cause, visited: run.visited, calls: run.calls };
  }
}

type Variables = Record<string, Json>;

class Run {
  readonly visited: string[] = [];
  readonly calls: Call[] = [];
  readonly clock: Clock;

  constructor(readonly world: World) {
    this.clock = world.clock ?? new Clock();
  }

  async scope(states: States, input: Json, outer: Variables, context: JsonObject): Promise<Json> {
    const variables = { ...outer };
    let name = states.StartAt;
    let data = input;
    for (let steps = 0; steps < 5_000; steps += 1) {
      const state = states.States[name];
      if (state === undefined) throw new Error(`no state ${name}`);
      this.visited.push(name);
      await this.world.enter?.(name);
      const next = await this.step(name, state, data, variables, context);
      data = next.data;
      if (next.name === undefined) return data;
      name = next.name;
    }
    throw new Error(`${name}: the flow doesn't end`);
  }

  private async step(name: string, state: State, input: Json, variables: Variables, own: JsonObject) {
    const context: JsonObject = {
      Execution: { Id: this.world.execution ?? "arn:aws:states:us-east-1:123456789012:execution:runs:me", Name: "me" },
      Task: { Token: `token of ${name}` },
      State: { Name: name, RetryCount: 0 },
      ...own,
    };
    const evaluate = (value: Json, more: JsonObject = {}): Promise<Json> =>
      this.evaluate(value, { ...variables, states: { input, context, ...more } });
    const finish = async (from: { Assign?: JsonObject; Output?: Json }, fallback: Json, more: JsonObject = {}) => {
      const output = from.Output === undefined ? fallback : await evaluate(from.Output, more);
      const assigned = (await evaluate(from.Assign ?? {}, more)) as JsonObject;
      Object.assign(variables, bounded(`${name}: Assign`, assigned));
      return bounded(`${name}: output`, output);
    };
    const caught = async (failure: unknown, catchers: readonly Catcher<string>[]) => {
      if (!(failure instanceof TaskError) || failure instanceof FlowFailed) throw failure;
      const catcher = catchers.find((each) => matches(each, failure.error));
      if (catcher === undefined) throw failure;
      const errorOutput = { Error: failure.error, Cause: failure.cause };
      return { name: catcher.Next as string | undefined, data: await finish(catcher, errorOutput, { errorOutput }) };
    };
    switch (state.Type) {
      case "Pass":
        return { name: state.Next, data: await finish(state, input) };
      case "Wait": {
        const until = state.Timestamp === undefined ? undefined : String(await evaluate(state.Timestamp));
        if (until === undefined) this.clock.pass(state.Seconds ?? 0);
        else this.clock.now = Math.max(this.clock.now, Date.parse(until));
        return { name: state.Next, data: await finish(state, input) };
      }
      case "Choice": {
        for (const rule of state.Choices) {
          const holds = await evaluate(rule.Condition);
          if (typeof holds !== "boolean") throw new Error(`${name}: ${rule.Condition} is ${JSON.stringify(holds)}`);
          if (holds) return { name: rule.Next, data: await finish(rule, input) };
        }
        return { name: state.Default, data: input };
      }
      case "Task":
        try {
          const asked = bounded(`${name}: Arguments`, (await evaluate(state.Arguments)) as JsonObject);
          const call = { state: name, arguments: asked };
          this.calls.push(call);
          const result = bounded(`${name}: result`, await this.world.task(call, this.clock));
          return { name: state.Next, data: await finish(state, result, { result }) };
        } catch (failure) {
          return caught(failure, state.Catch);
        }
      case "Map":
        try {
          const result = bounded(`${name}: result`, await this.items(state, evaluate, variables, context));
          return { name: state.Next, data: await finish(state, result, { result }) };
        } catch (failure) {
          return caught(failure, state.Catch);
        }
      case "Succeed":
        return { name: undefined, data: await finish(state, input) };
      case "Fail":
        throw new FlowFailed(String(await evaluate(state.Error)), String(await evaluate(state.Cause)));
    }
  }

  private async items(
    state: MapState<string>,
    evaluate: (value: Json) => Promise<Json>,
    variables: Variables,
    context: JsonObject,
  ): Promise<Json[]> {
    const items = await evaluate(state.Items);
    if (!Array.isArray(items)) throw new TaskError("States.QueryEvaluationError", `Items is ${JSON.stringify(items)}`);
    const distributed = state.ItemProcessor.ProcessorConfig.Mode === "DISTRIBUTED";
    const results: Json[] = [];
    for (const [Index, Value] of items.entries()) {
      const own = { Map: { Item: { Index, Value } } };
      const bindings = { ...variables, states: { input: {}, context: { ...context, ...own } } };
      const input = await this.evaluate(state.ItemSelector, bindings);
      // The items run side by side: each begins at the Map's own time.
      const begun = this.clock.now;
      results.push(await this.scope(state.ItemProcessor, input, distributed ? {} : variables, own));
      this.clock.now = Index === items.length - 1 ? this.clock.now : begun;
    }
    return results;
  }

  private async evaluate(value: Json, bindings: Readonly<Record<string, Json>>): Promise<Json> {
    if (typeof value === "string") return this.expression(value, bindings);
    if (Array.isArray(value)) return Promise.all(value.map((each: Json) => this.evaluate(each, bindings)));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(async ([key, each]) => [key, await this.evaluate(each, bindings)]);
    return Object.fromEntries(await Promise.all(entries));
  }

  private async expression(text: string, bindings: Readonly<Record<string, Json>>): Promise<Json> {
    const source = expressionOf(text);
    if (source === undefined) return text;
    const own = {
      millis: () => this.clock.now,
      now: () => new Date(this.clock.now).toISOString(),
      parse: (json: string) => JSON.parse(json),
    };
    const expression = expressions.get(source) ?? jsonata(source);
    expressions.set(source, expression);
    const result: unknown = await expression.evaluate(undefined, { ...bindings, ...own });
    // As Step Functions: an expression without a value is an error of the state.
    if (result === undefined) throw new TaskError("States.QueryEvaluationError", `no value: ${source}`);
    return JSON.parse(JSON.stringify(result)) as Json;
  }
}

function matches({ ErrorEquals }: Catcher<string>, error: string): boolean {
  return ErrorEquals.includes("States.ALL") || ErrorEquals.includes(error);
}

/** The value of one expression. */
export async function evaluate(text: string, variables: Readonly<Record<string, Json>>): Promise<unknown> {
  return jsonata(expressionOf(text) ?? "").evaluate(undefined, { ...variables });
}

import { taskToken } from "./expression";
import type { Definition, MapState, State, States, TaskState } from "./types";

/** What the language allows and a flow here must not do, one line each, beginning with the state's name. */
export function rules(definition: Definition): string[] {
  return scopes(definition).flatMap(({ scope, outer }) => [
    ...reachProblems(scope),
    ...targetProblems(scope),
    ...Object.entries(scope.States).flatMap(([name, state]) =>
      [
        ...(state.Type === "Task" ? taskProblems(state) : []),
        ...(state.Type === "Task" || state.Type === "Map" ? catchProblems(state) : []),
        ...(state.Type === "Map" ? mapProblems(state) : []),
        ...shadowed(state, outer),
      ].map((problem) => `"${name}": ${problem}`),
    ),
  ]);
}

interface Scope {
  readonly scope: States;
  /** Variables of the flows around it. */
  readonly outer: ReadonlySet<string>;
}

function scopes(scope: States, outer: ReadonlySet<string> = new Set()): Scope[] {
  const own = new Set([...outer, ...Object.values(scope.States).flatMap(assigned)]);
  const inner = Object.values(scope.States).flatMap((state) =>
    state.Type === "Map" ? scopes(state.ItemProcessor, own) : [],
  );
  return [{ scope, outer }, ...inner];
}

/** Where a state may lead to. */
export function targetsOf(state: State): string[] {
  switch (state.Type) {
    case "Choice":
      return [...state.Choices.map(({ Next }) => Next), state.Default];
    case "Task":
    case "Map":
      return [...next(state), ...state.Catch.map(({ Next }) => Next)];
    case "Pass":
    case "Wait":
      return next(state);
    default:
      return [];
  }
}

function next({ Next }: { readonly Next?: string }): string[] {
  return Next === undefined ? [] : [Next];
}

function reachProblems({ StartAt, States }: States): string[] {
  const reached = new Set<string>();
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = States[name];
    if (reached.has(name) || state === undefined) continue;
    reached.add(name);
    open.push(...targetsOf(state));
  }
  return Object.keys(States)
    .filter((name) => !reached.has(name))
    .map((name) => `"${name}": nothing leads to it`);
}

/** The language's own rules say that a target is missing, and not where. */
function targetProblems({ States }: States): string[] {
  return Object.entries(States).flatMap(([name, state]) =>
    targetsOf(state)
      .filter((target) => States[target] === undefined)
      .map((target) => `"${name}": leads to "${target}", which isn't there`),
  );
}

function taskProblems({ Resource, Arguments, TimeoutSeconds, HeartbeatSeconds }: TaskState<string>): string[] {
  const problems: string[] = [];
  if (!(TimeoutSeconds > 0)) problems.push("needs TimeoutSeconds, or it may wait for ever");
  if (Resource.endsWith(".waitForTaskToken")) {
    if (HeartbeatSeconds === undefined) {
      problems.push("waits for a token and needs HeartbeatSeconds, after which it is polled");
    } else if (HeartbeatSeconds >= TimeoutSeconds) {
      problems.push(`HeartbeatSeconds (${HeartbeatSeconds}) must be less than TimeoutSeconds (${TimeoutSeconds})`);
    }
    if (!holdsToken(Arguments)) {
      problems.push(`waits for a token that it hands to nobody: put "${taskToken}" into its payload`);
    }
  } else if (HeartbeatSeconds !== undefined) {
    problems.push("has HeartbeatSeconds, but nothing sends it heartbeats");
  }
  return problems;
}

function holdsToken(value: unknown): boolean {
  if (typeof value === "string") return value.includes("$states.context.Task.Token");
  return typeof value === "object" && value !== null && Object.values(value).some(holdsToken);
}

function catchProblems({ Catch = [] }: TaskState<string> | MapState<string>): string[] {
  return Catch.at(-1)?.ErrorEquals.includes("States.ALL") === true
    ? []
    : ["needs a Catch of States.ALL at the end, or its errors have no route"];
}

/** Items that a Map runs at once at most, by mode. */
export const mapConcurrency = { INLINE: 40, DISTRIBUTED: 10_000 } as const;

function mapProblems({ MaxConcurrency, ItemProcessor }: MapState<string>): string[] {
  const mode = ItemProcessor.ProcessorConfig.Mode;
  const most = mapConcurrency[mode];
  return MaxConcurrency >= 1 && MaxConcurrency <= most
    ? []
    : [`MaxConcurrency is ${MaxConcurrency}; a Map of mode ${mode} runs 1 to ${most} items at once`];
}

function assigned(state: State): string[] {
  const own = "Assign" in state && state.Assign !== undefined ? Object.keys(state.Assign) : [];
  const caught =
    state.Type === "Task" || state.Type === "Map" ? state.Catch.flatMap(({ Assign = {} }) => Object.keys(Assign)) : [];
  const chosen = state.Type === "Choice" ? state.Choices.flatMap(({ Assign = {} }) => Object.keys(Assign)) : [];
  return [...own, ...caught, ...chosen];
}

function shadowed(state: State, outer: ReadonlySet<string>): string[] {
  return assigned(state)
    .filter((name) => outer.has(name))
    .map((name) => `assigns $${name}, which is a variable of the flow around it; give it another name`);
}

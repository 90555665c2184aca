import { caseProblems } from "./argumentCase";
import { taskToken } from "./expression";
import { expressionProblems } from "./expressionRules";
import type { Definition, MapState, State, States, TaskState } from "./types";
import { assignedBy, type Variables, variablesOf } from "./variables";

/** What the language allows and a flow here must not do, one line each, beginning with the state's name. */
export function rules(definition: Definition): string[] {
  return scopes(definition).flatMap((scope) => [
    ...reachProblems(scope.flow),
    ...targetProblems(scope.flow),
    ...Object.entries(scope.flow.States).flatMap(([name, state]) =>
      [
        ...(state.Type === "Task" ? [...taskProblems(state), ...caseProblems(state)] : []),
        ...(state.Type === "Task" || state.Type === "Map" ? catchProblems(state) : []),
        ...(state.Type === "Map" ? mapProblems(state) : []),
        ...shadowed(state, scope.around),
        ...expressionProblems(state, { name, ...scope }),
      ].map((problem) => `"${name}": ${problem}`),
    ),
  ]);
}

interface Scope {
  readonly flow: States;
  readonly variables: Variables;
  /** Variables of the flows around it, whether it sees them or not: none may be assigned anew. */
  readonly around: ReadonlySet<string>;
  /** Of these, those that it doesn't see. */
  readonly hidden: ReadonlySet<string>;
  readonly insideMap: boolean;
}

/** The whole flow and those of its Maps' items; an inline Map's items see what is set as the Map begins. */
function scopes(flow: States, outer: Partial<Scope> & { readonly seen?: ReadonlySet<string> } = {}): Scope[] {
  const { seen = new Set(), around = new Set(), hidden = new Set(), insideMap = false } = outer;
  const variables = variablesOf(flow, seen);
  const own = new Set([...around, ...Object.values(flow.States).flatMap(assignedBy)]);
  const inner = Object.entries(flow.States).flatMap(([name, state]) => {
    if (state.Type !== "Map") return [];
    const isInline = state.ItemProcessor.ProcessorConfig.Mode === "INLINE";
    const visible = isInline ? { seen: variables.at(name), hidden } : { seen: new Set<string>(), hidden: own };
    return scopes(state.ItemProcessor, { ...visible, around: own, insideMap: true });
  });
  return [{ flow, variables, around, hidden, insideMap }, ...inner];
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

function shadowed(state: State, outer: ReadonlySet<string>): string[] {
  return assignedBy(state)
    .filter((name) => outer.has(name))
    .map((name) => `assigns $${name}, which is a variable of the flow around it; give it another name`);
}

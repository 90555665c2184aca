import type { State, States } from "./types";

/** One way from a state to the next, and the variables that are set on it. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly sets: readonly string[];
}

function names(assign: object | undefined): string[] {
  return Object.keys(assign ?? {});
}

function waysOf(from: string, state: State): Way[] {
  const onward = (holder: { readonly Next?: string; readonly Assign?: object }): Way[] =>
    holder.Next === undefined ? [] : [{ from, to: holder.Next, sets: names(holder.Assign) }];
  switch (state.Type) {
    case "Choice":
      return [...state.Choices.flatMap(onward), { from, to: state.Default, sets: [] }];
    case "Task":
    case "Map":
      return [...onward(state), ...state.Catch.flatMap(onward)];
    case "Pass":
    case "Wait":
      return onward(state);
    default:
      return [];
  }
}

/** Every variable that a state sets on one way or another. */
export function assignedBy(state: State): string[] {
  const own = "Assign" in state ? names(state.Assign) : [];
  return [...new Set([...own, ...waysOf("", state).flatMap(({ sets }) => sets)])];
}

/** What is known of the variables of one flow. */
export interface Variables {
  /** Those that have a value as the state begins, whatever way led to it. */
  readonly at: (state: string) => ReadonlySet<string>;
  /** A state from which one comes to `state` without the variable; undefined when nothing sets it at all. */
  readonly missingFrom: (state: string, variable: string) => string | undefined;
}

/**
 * Follows every way through a flow. A variable counts where all ways have set it: to read one that has no value ends the
 * execution, and nothing catches that in a state without a Catch.
 *
 * @param outer variables that the flow sees from the one around it
 */
export function variablesOf({ StartAt, States }: States, outer: ReadonlySet<string>): Variables {
  const ways = Object.entries(States).flatMap(([name, state]) => waysOf(name, state));
  const at = new Map<string, ReadonlySet<string>>([[StartAt, outer]]);
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { to, sets } of ways.filter(({ from }) => from === name)) {
      const brought = new Set([...(at.get(name) ?? []), ...sets]);
      const before = at.get(to);
      const now = before === undefined ? brought : new Set([...before].filter((each) => brought.has(each)));
      if (before !== undefined && before.size === now.size) continue;
      at.set(to, now);
      open.push(to);
    }
  }
  const everything = new Set(Object.values(States).flatMap(assignedBy));
  return {
    at: (state) => at.get(state) ?? new Set(),
    missingFrom: (state, variable) =>
      everything.has(variable)
        ? (ways.find(({ from, to, sets }) => to === state && !sets.includes(variable) && !at.get(from)?.has(variable))
            ?.from ?? "the start")
        : undefined,
  };
}

import { expressionOf } from "./expression";
import type { State } from "./types";

/** Where an expression stands in a state, and what may be said there. */
export interface Place {
  /** For example `Catch[0].Assign.cause`. */
  readonly path: string;
  /** The expression without `{% %}`. */
  readonly expression: string;
  /** Members of `$states` beside `input` and `context` that have a value there. */
  readonly members: readonly ("result" | "errorOutput")[];
  /** Whether `$states.context.Task.Token` has one. */
  readonly token: boolean;
  /** Whether `$states.context.Map` has one, in a state that isn't inside a Map. */
  readonly item: boolean;
}

/** Every expression of a state; of a Map without those of its items' flow. */
export function placesOf(state: State): Place[] {
  const nothing = { members: [], token: false, item: false } as const;
  const result = { ...nothing, members: ["result"] } as const;
  switch (state.Type) {
    case "Task": {
      const token = state.Resource.endsWith(".waitForTaskToken");
      return [
        ...within(state.Arguments, "Arguments", { ...nothing, token }),
        ...outcome(state, "", result),
        ...caught(state.Catch),
      ];
    }
    case "Map":
      return [
        ...within(state.Items, "Items", nothing),
        ...within(state.ItemSelector, "ItemSelector", { ...nothing, item: true }),
        ...outcome(state, "", result),
        ...caught(state.Catch),
      ];
    case "Choice":
      return state.Choices.flatMap((rule, i) => [
        ...within(rule.Condition, `Choices[${i}].Condition`, nothing),
        ...outcome(rule, `Choices[${i}].`, nothing),
      ]);
    case "Wait":
      return [...within(state.Timestamp, "Timestamp", nothing), ...outcome(state, "", nothing)];
    case "Fail":
      return [...within(state.Error, "Error", nothing), ...within(state.Cause, "Cause", nothing)];
    default:
      return outcome(state, "", nothing);
  }
}

type Scope = Omit<Place, "path" | "expression">;

function caught(catchers: readonly { readonly Assign?: unknown; readonly Output?: unknown }[]): Place[] {
  const scope: Scope = { members: ["errorOutput"], token: false, item: false };
  return catchers.flatMap((catcher, i) => outcome(catcher, `Catch[${i}].`, scope));
}

function outcome(holder: { readonly Assign?: unknown; readonly Output?: unknown }, prefix: string, scope: Scope) {
  return [...within(holder.Assign, `${prefix}Assign`, scope), ...within(holder.Output, `${prefix}Output`, scope)];
}

function within(value: unknown, path: string, scope: Scope): Place[] {
  if (typeof value === "string") {
    const expression = expressionOf(value);
    return expression === undefined ? [] : [{ path, expression, ...scope }];
  }
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, each]) =>
    within(each, isList ? `${path}[${key}]` : `${path}.${key}`, scope),
  );
}

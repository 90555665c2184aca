import type { Catcher, Definition, State, States } from "./types";

/** A Mermaid state diagram of a definition; words on an arrow are the errors that lead there. */
export function diagram(definition: Definition): string {
  return ["stateDiagram-v2", "  direction TB", ...linesOf(definition, "  "), ""].join("\n");
}

function linesOf(scope: States, indent: string): string[] {
  const names = Object.keys(scope.States);
  return [
    ...names.flatMap((name) => declaration(name, scope.States[name], indent)),
    `${indent}[*] --> ${id(scope.StartAt)}`,
    ...names.flatMap((name) => arrows(name, scope.States[name]).map((arrow) => `${indent}${arrow}`)),
  ];
}

function declaration(name: string, state: State | undefined, indent: string): string[] {
  const head = `${indent}state "${label(name, state)}" as ${id(name)}`;
  if (state?.Type !== "Map") return [head];
  return [`${head} {`, ...linesOf(state.ItemProcessor, `${indent}  `), `${indent}}`];
}

/** Mermaid's identifiers are words. */
function id(name: string): string {
  return name.replace(/\W+/g, "_");
}

/** What a state is beside its name, where the name doesn't say it. */
function label(name: string, state: State | undefined): string {
  switch (state?.Type) {
    case "Task":
      return `${name}<br/>${state.Resource.replace(/^arn:aws:states:::(aws-sdk:)?/, "")}`;
    case "Wait":
      return `${name}<br/>wait`;
    case "Choice":
      return `${name}?`;
    case "Map": {
      const mode = state.ItemProcessor.ProcessorConfig.Mode.toLowerCase();
      return `${name}<br/>Map, ${mode}, ${state.MaxConcurrency} at once`;
    }
    default:
      return name;
  }
}

function arrows(name: string, state: State | undefined): string[] {
  if (state === undefined) return [];
  const from = id(name);
  const to = (target: string, words = ""): string => `${from} --> ${id(target)}${words === "" ? "" : ` : ${words}`}`;
  switch (state.Type) {
    case "Choice":
      return unique([...state.Choices.map(({ Next }) => to(Next)), to(state.Default, "otherwise")]);
    case "Task":
    case "Map":
      return unique([...onward(state, to, from), ...state.Catch.map((each) => to(each.Next, errorsOf(each)))]);
    case "Pass":
    case "Wait":
      return onward(state, to, from);
    default:
      return [`${from} --> [*]`];
  }
}

function onward({ Next }: { readonly Next?: string }, to: (target: string) => string, from: string): string[] {
  return [Next === undefined ? `${from} --> [*]` : to(Next)];
}

function errorsOf({ ErrorEquals }: Catcher<string>): string {
  return ErrorEquals.map((error) => (error === "States.ALL" ? "any error" : error.replace(/^.*\./, ""))).join(", ");
}

/** Two rules of a choice may lead to the same state. */
function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

import { type Place, placesOf } from "./places";
import { type Reading, read } from "./reading";
import type { State } from "./types";
import type { Variables } from "./variables";

/** What an expression may refer to where it stands. */
export interface Surroundings {
  readonly name: string;
  readonly variables: Variables;
  /** Variables of the flow around a distributed Map, which its items don't see. */
  readonly hidden: ReadonlySet<string>;
  readonly insideMap: boolean;
}

/** Mistakes in a state's expressions that Step Functions would only find while it runs, with the expression. */
export function expressionProblems(state: State, surroundings: Surroundings): string[] {
  return placesOf(state).flatMap((place) => {
    const reading = tryReading(place.expression);
    const problems =
      typeof reading === "string"
        ? [`isn't JSONata: ${reading}`]
        : [
            ...[...reading.calls].flatMap(callProblem),
            ...[...reading.variables].flatMap((variable) => variableProblem(variable, state, surroundings)),
            ...reading.states.flatMap((members) => statesProblem(members, place, surroundings)),
          ];
    return problems.map((problem) => `${place.path}: ${problem}, in {% ${shortened(place.expression)} %}`);
  });
}

function tryReading(expression: string): Reading | string {
  try {
    return read(expression);
  } catch (error) {
    return error instanceof Error ? error.message : String(Reflect.get(Object(error), "message"));
  }
}

function shortened(expression: string): string {
  return expression.length <= 120 ? expression : `${expression.slice(0, 120)}…`;
}

function callProblem(name: string): string[] {
  if (name === "eval") return ["$eval isn't allowed in Step Functions; $parse reads JSON"];
  return functions.has(name) ? [] : [`calls $${name}, which neither JSONata nor Step Functions has`];
}

function variableProblem(variable: string, state: State, { name, variables, hidden }: Surroundings): string[] {
  if (functions.has(variable) || variables.at(name).has(variable)) return [];
  if (hidden.has(variable)) {
    return [
      `$${variable} is of the flow around the distributed Map, which its items don't see; pass it in ItemSelector`,
    ];
  }
  if ("Assign" in state && Object.hasOwn(state.Assign ?? {}, variable)) {
    return [`$${variable} has its value only in the states after this one`];
  }
  const from = variables.missingFrom(name, variable);
  return [
    from === undefined ? `no state assigns $${variable}` : `$${variable} has no value when one comes from "${from}"`,
  ];
}

function statesProblem(members: readonly string[], { members: own, token, item }: Place, { insideMap }: Surroundings) {
  const [member = "", ...deeper] = members;
  const said = `$states${members.map((each) => `.${each}`).join("")}`;
  switch (member) {
    case "input":
      return [];
    case "result":
    case "errorOutput": {
      if (own.includes(member)) return [];
      const where = member === "result" ? "Assign and Output of a Task or Map" : "Assign and Output of a Catch";
      return [`${said} has no value here, only in ${where}`];
    }
    case "context":
      if (deeper[0] === "Task" && !token)
        return [`${said} has a value only in Arguments of a task that waits for its token`];
      if (deeper[0] === "Map" && !item && !insideMap)
        return [`${said} has a value only in ItemSelector and inside a Map`];
      return [];
    default:
      return [`${said} isn't there; $states has input, result, errorOutput and context`];
  }
}

/** Of JSONata 2, without $eval, and those that Step Functions adds. */
const functions: ReadonlySet<string> = new Set(
  [
    "sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match",
    "contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power",
    "random boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert",
    "type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl",
    "toMillis fromMillis clone now millis",
    "partition range hash uuid parse",
  ].flatMap((line) => line.split(" ")),
);

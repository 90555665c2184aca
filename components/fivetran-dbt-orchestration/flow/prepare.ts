import { jsonata, literal, noText } from "../../parts/asl/expression";
import { choice, pass } from "../../parts/asl/flow";
import type { Steps } from "../../parts/asl/types";
import type { FlowSettings } from "../settings";

export type PrepareStates = "Prepare run" | "Is the input right" | "Wrong input";

/**
 * A run's variables, before anything has happened. Its input may have `include`, `exclude` and `dbt_command`; the
 * webhook adds `started_by`. What isn't there, or null, is as the component has it.
 */
export function prepareStates<N extends string>(
  settings: FlowSettings,
  next: N,
): Steps<PrepareStates, PrepareStates | N | "Notify"> {
  return {
    "Prepare run": pass({
      assign: {
        execution: jsonata("$states.context.Execution.Id"),
        run: jsonata("$states.context.Execution.Name"),
        include: listOf("include", settings.include.length === 0 ? "null" : literal(settings.include)),
        exclude: listOf("exclude", literal(settings.exclude)),
        command: listOf("dbt_command", literal(settings.dbtCommand)),
        startedBy: jsonata(
          "$type($states.input.started_by.connection_id) = 'string' ? $states.input.started_by.connection_id : ''",
        ),
        wrong: jsonata(`$join([${lists.map(problemOf).join(", ")}], ' ')`),
        queuedAt: jsonata("$millis()"),
        holder: noText,
        connections: [],
        results: [],
        failed: [],
        skipped: [],
        synced: 0,
        failures: noText,
        dbt: "NOT_RUN",
        outcome: "SUCCEEDED",
        error: noText,
        cause: noText,
      },
      output: {},
      next: "Is the input right",
    }),
    "Is the input right": choice<PrepareStates | N>({
      comment: "A list that can't be read must not become the list of all connections.",
      rules: [{ when: "$wrong != ''", next: "Wrong input" }],
      otherwise: next,
    }),
    "Wrong input": pass({
      assign: { outcome: "FAILED", error: "WrongInput", cause: jsonata("$wrong") },
      next: "Notify",
    }),
  };
}

const lists = ["include", "exclude", "dbt_command"] as const;
type ListName = (typeof lists)[number];

/** What the input says, a text as a list of one; else the fallback. */
function listOf(name: ListName, fallback: string): string {
  return jsonata(`$type(${given(name)}) in ['string', 'array'] ? [${given(name)}] : ${fallback}`);
}

/** What is wrong with a list of the input, as an expression that has no value when nothing is. */
function problemOf(name: ListName): string {
  const said = `$exists(${given(name)}) and $type(${given(name)}) != 'null'`;
  const mixed = `$count([${given(name)}][$type($) != 'string' or $ = '']) > 0`;
  const problem = `'The input has ${name} ' & $substring($string(${given(name)}), 0, 200) & ', and it has to be a list of texts.'`;
  const empty = `$type(${given(name)}) = 'array' and $count(${given(name)}) = 0`;
  const none = "'The input has an empty dbt_command; leave it out, or give the words after dbt.'";
  return [`(${said} and ${mixed} ? ${problem})`, ...(name === "dbt_command" ? [`(${empty} ? ${none})`] : [])].join(
    ", ",
  );
}

function given(name: ListName): string {
  return `$states.input.${name}`;
}

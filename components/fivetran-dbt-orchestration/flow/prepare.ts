import { jsonata, literal, noText } from "../../parts/asl/expression";
import { choice, pass } from "../../parts/asl/flow";
import type { Steps } from "../../parts/asl/types";
import type { FlowSettings } from "../settings";
import { failure } from "./outcome";

export type PrepareStates = "Prepare run" | "Is the input right";

/** Characters of a run's input: with everything else it has to fit into a state's variables. */
const longestInput = 60_000;

/**
 * A run's variables, before anything has happened. Its input may have `include`, `exclude` and `dbt_command`; the
 * webhook adds `started_by`. What isn't there, or null, is as the component has it.
 */
export function prepareStates<N extends string>(
  settings: FlowSettings,
  next: N,
): Steps<PrepareStates, PrepareStates | N | "Notify"> {
  const { include, exclude, dbtCommand } = settings;
  return {
    "Prepare run": pass({
      assign: {
        execution: jsonata("$states.context.Execution.Id"),
        run: jsonata("$states.context.Execution.Name"),
        include: listOf("include", include.length === 0 ? "null" : literal(include)),
        exclude: listOf("exclude", literal(exclude)),
        command: listOf("dbt_command", literal(dbtCommand)),
        startedBy: jsonata(
          "$type($states.input.started_by.connection_id) = 'string' ? $states.input.started_by.connection_id : ''",
        ),
        wrong: jsonata(`${tooLong} ? 'The input has more than ${longestInput} characters.' : ${problems}`),
        queuedAt: jsonata("$millis()"),
        holder: noText,
        dead: noText,
        connections: [],
        failed: [],
        skipped: [],
        synced: 0,
        dbtStarts: 0,
        dbt: "NOT_RUN",
        outcome: "SUCCEEDED",
        error: noText,
        cause: noText,
      },
      output: {},
      next: "Is the input right",
    }),
    "Is the input right": choice<PrepareStates | N | "Notify">({
      comment: "A list that can't be read must not become the list of all connections.",
      rules: [{ when: "$wrong != ''", assign: failure("WrongInput", jsonata("$wrong")), next: "Notify" }],
      otherwise: next,
    }),
  };
}

const tooLong = `$length($string($states.input)) > ${longestInput}`;
const lists = ["include", "exclude", "dbt_command"] as const;
type ListName = (typeof lists)[number];

/** What the input says, a text as a list of one; else the fallback. */
function listOf(name: ListName, fallback: string): string {
  const said = given(name);
  return jsonata(`$not(${tooLong}) and $type(${said}) in ['string', 'array'] ? [${said}] : ${fallback}`);
}

/** What is wrong with a list of the input, as an expression that has no value when nothing is. */
function problemOf(name: ListName): string {
  const said = given(name);
  const exists = `$exists(${said}) and $type(${said}) != 'null'`;
  const mixed = `$count([${said}][$type($) != 'string' or $ = '']) > 0`;
  const problem = `'The input has ${name} ' & $substring($string(${said}), 0, 200) & ', and it has to be a list of texts.'`;
  const wrong = `(${exists} and ${mixed} ? ${problem})`;
  if (name !== "dbt_command") return wrong;
  const empty = `$type(${said}) = 'array' and $count(${said}) = 0`;
  return `${wrong}, (${empty} ? 'The input has an empty dbt_command; leave it out, or give the words after dbt.')`;
}

function given(name: ListName): string {
  return `$states.input.${name}`;
}

const problems = `$join([${lists.map(problemOf).join(", ")}], ' ')`;

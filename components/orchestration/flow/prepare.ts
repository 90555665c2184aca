import type { FlowSettings } from "../settings";
import { jsonata, literal, noText } from "../states/expression";
import { pass } from "../states/flow";
import type { Steps } from "../states/types";

/** A run's variables, before anything has happened. Its input may have `include`, `exclude` and `dbt_command`. */
export function prepareStates<N extends string>(settings: FlowSettings, next: N): Steps<"Prepare run", N> {
  return {
    "Prepare run": pass({
      assign: {
        execution: jsonata("$states.context.Execution.Id"),
        run: jsonata("$states.context.Execution.Name"),
        include: listOf("include", settings.include),
        exclude: listOf("exclude", settings.exclude),
        command: listOf("dbt_command", settings.dbtCommand),
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
      next,
    }),
  };
}

function listOf(input: string, fallback: readonly string[]): string {
  return jsonata(`$exists($states.input.${input}) ? [$states.input.${input}] : ${literal(fallback)}`);
}

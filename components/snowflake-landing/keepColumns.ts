import * as pulumi from "@pulumi/pulumi";
import type { TablePlan } from "./plan";

/**
 * Why this update of a table is refused: it would drop columns, with their data, that `dropColumns` doesn't name.
 * Undefined if it wouldn't.
 */
export function droppedColumnsProblem(
  before: readonly string[],
  { names, columns, dropColumns }: Pick<TablePlan, "names" | "columns" | "dropColumns">,
): string | undefined {
  const kept = new Set([...columns.map(({ column }) => column), ...dropColumns]);
  const lost = before.filter((name) => !kept.has(name));
  if (lost.length === 0) return undefined;
  return (
    `table ${names.table} would lose ${lost.length === 1 ? "the column" : "the columns"} ${lost.join(", ")} with all data in it. ` +
    `Fix: keep declaring ${lost.length === 1 ? "it" : "them"} (a renamed column is a new one beside the old), ` +
    `or name ${lost.length === 1 ? "it" : "them"} in the table's dropColumns: ${JSON.stringify(lost)}.`
  );
}

/** Looks at what the table has in the state, which the program can't see, before an update, in a preview too. */
export function keepColumns(at: string, owner: string, plan: TablePlan): pulumi.ResourceHookBinding | undefined {
  // Programs under test with Pulumi's mocks have no engine that could call a hook.
  if (!("registerResourceHook" in (pulumi.runtime.getMonitor() ?? {}))) return undefined;
  const refuse: pulumi.ResourceHookFunction = ({ oldInputs }) => {
    const columns: readonly { readonly name: string }[] = oldInputs?.columns ?? [];
    const problem = droppedColumnsProblem(
      columns.map(({ name }) => name),
      plan,
    );
    if (problem !== undefined) throw new Error(`${owner}: ${problem}`);
  };
  return { beforeUpdate: [new pulumi.ResourceHook(`${at}-keep-columns`, refuse, { onDryRun: true })] };
}

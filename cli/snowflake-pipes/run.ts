import type { PipesOptions } from "./options";
import { type PipePorts, pausePipes, repairPipe, withoutDoubles } from "./pipes";

/** @returns whether every file is in its table once */
export async function run({ action, pipes }: PipesOptions, ports: PipePorts): Promise<boolean> {
  if (action === "pause") {
    await pausePipes(pipes, ports);
    return true;
  }
  let whole = true;
  for (const pipe of pipes) {
    const { refreshed, missing, doubled } = await repairPipe(pipe, ports);
    ports.print(`${pipe.pipe}: ${refreshed.length} files loaded that were missing`);
    if (missing.length > 0) {
      ports.print(
        `${missing.length} files are still not in ${pipe.table}; COPY_HISTORY says why:\n  ${missing.join("\n  ")}`,
      );
    }
    if (doubled > 0)
      ports.print(
        `${doubled} rows are more than once in ${pipe.table}. Its owner removes them with:\n  ${withoutDoubles(pipe)}`,
      );
    whole &&= missing.length === 0 && doubled === 0;
  }
  return whole;
}

import { isNamed } from "../../functions/shared/retry";
import { HELP, parseOptions } from "./options";
import { type Example, type Preview, preview } from "./preview";

export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  try {
    const found = await preview(options, options.table);
    console.log(options.json ? JSON.stringify(found, undefined, 2) : textOf(found));
    return found.accepted ? 0 : 1;
  } catch (error) {
    if (isNamed(error, "UnreadableFile")) {
      console.error((error as Error).message);
      return 2;
    }
    if (!isNamed(error, "ExportRefused")) throw error;
    console.error(`The import would refuse it: ${(error as Error).message}`);
    return 1;
  }
}

/** For a terminal. */
export function textOf({ accepted, problems, changes, counts, examples }: Preview): string {
  const lines = [...problems.map((problem) => `Problem: ${problem}`), ...changes.map((change) => `Columns: ${change}`)];
  if (counts !== undefined) {
    const { inserted, updated, deleted, unchanged } = counts;
    const before = updated + deleted + unchanged;
    const share = before === 0 ? "" : ` (${((deleted / before) * 100).toFixed(2)} % of the rows before)`;
    lines.push(`${inserted} inserted, ${updated} updated, ${deleted} deleted${share}, ${unchanged} unchanged`);
  }
  for (const [op, shown] of Object.entries(examples)) {
    for (const example of shown) lines.push(`  ${op} ${lineOf(example)}`);
  }
  if (!accepted) lines.push("The import would refuse this export.");
  return lines.join("\n");
}

function lineOf({ key, row }: Example): string {
  return row === undefined ? JSON.stringify(key) : `${JSON.stringify(key)} ${JSON.stringify(row)}`;
}

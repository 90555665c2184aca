/** `npm run planted`: mistakes that were made once are planted again, and the tests have to notice. */
import { join } from "node:path";
import { parseFlags, runCommand, UsageError } from "../../cli/shared/commandLine";
import { namedTests } from "../promises";
import { type Fault, FaultError, isLocal, mistakeOf, nameOf, readFaults } from "./faults";
import { plantAll } from "./plant";
import { copyTree, removeTree } from "./tree";

const HELP = `Usage: npm run planted -- [options]

Plants each fault of test/planted/*.yaml in a copy of the working tree (below .local), runs the tests that are named
with it, and requires that one whose name begins with the fault's row fails. The tests are run without a fault first.

  --row ROW     only the faults of this row, for example I13; may be given several times
  --all         also the faults that only tests with the local cloud or the Pulumi engine notice
  --list        says what would be planted, and where
  --jobs N      works in N copies side by side (1)
  --timeout S   seconds that the tests of one fault may take (180)

Ends with 0 when all are noticed, 1 when one isn't or an entry no longer fits its file, 2 when the arguments are wrong.`;

const root = join(__dirname, "../..");

async function main(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, {
    row: { type: "string", multiple: true },
    all: { type: "boolean" },
    list: { type: "boolean" },
    jobs: { type: "string", default: "1" },
    timeout: { type: "string", default: "180" },
    help: { type: "boolean" },
  });
  if (flags.help) {
    console.log(HELP);
    return 0;
  }
  const timeoutMs = Number(flags.timeout) * 1000;
  if (!(timeoutMs > 0)) throw new UsageError(`--timeout ${flags.timeout} isn't a number of seconds`);
  const jobs = Number(flags.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) throw new UsageError(`--jobs ${flags.jobs} isn't a whole number above 0`);
  const chosen = choose(readFaults(root), flags.row);
  const named = namedTests();
  const mistakes = chosen.flatMap((fault) => mistakeOf(fault, root, named) ?? []);
  if (mistakes.length > 0) throw new FaultError(`\n${mistakes.join("\n")}`);
  const faults = chosen.filter((fault) => flags.all || !isLocal(fault));
  if (flags.list) {
    for (const fault of faults) console.log(`${nameOf(fault)}\n    ${fault.file}`);
    console.log(`${faults.length} faults`);
    return 0;
  }
  if (faults.length < chosen.length) console.log(`${chosen.length - faults.length} left to --all.`);
  const copies = Array.from({ length: jobs }, () => copyTree(root));
  process.once("exit", () => copies.forEach(removeTree));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
  const outcomes = await plantAll(copies, faults, { print: console.log, timeoutMs });
  const missed = outcomes.filter(({ noticedBy }) => noticedBy === undefined);
  console.log(`\n${outcomes.length - missed.length} noticed, ${missed.length} not noticed`);
  for (const { fault, reason } of missed) console.log(`  ${nameOf(fault)} (${fault.file}): ${reason}`);
  return missed.length > 0 ? 1 : 0;
}

function choose(faults: readonly Fault[], rows: readonly string[] | undefined): readonly Fault[] {
  const unknown = rows?.find((row) => !faults.some((fault) => fault.row === row));
  if (unknown !== undefined) throw new UsageError(`--row ${unknown}: test/planted has no fault of it`);
  return rows === undefined ? faults : faults.filter(({ row }) => rows.includes(row));
}

runCommand("npm run planted --", () => main(process.argv.slice(2)));

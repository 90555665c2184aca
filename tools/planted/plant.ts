/** Plants one fault after the other, and asks the tests of its row. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rowsOf } from "../promises";
import { type Fault, groupsOf, nameOf, plantedText } from "./faults";
import { runTests, type TestRun } from "./mocha";

export interface Outcome {
  readonly fault: Fault;
  /** The test that noticed it; undefined: none did. */
  readonly noticedBy?: string;
  /** Why it counts as not noticed. */
  readonly reason?: string;
}

export interface PlantPorts {
  readonly print: (line: string) => void;
  /** Milliseconds that the tests of one fault may take. */
  readonly timeoutMs: number;
}

/**
 * @param folders copies of the project, as many as are worked in side by side; they are as they were afterwards
 * @throws FaultError for an entry that fits its file no longer
 */
export async function plantAll(
  folders: readonly string[],
  faults: readonly Fault[],
  ports: PlantPorts,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const groups = groupsOf(faults);
  const work = async (folder: string): Promise<void> => {
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      for await (const outcome of plantGroup(folder, group, ports)) {
        outcomes.push(outcome);
        const { fault, noticedBy, reason } = outcome;
        ports.print(`${noticedBy === undefined ? "✘" : "✔"} ${outcomes.length}/${faults.length} ${nameOf(fault)}`);
        ports.print(`    ${noticedBy ?? reason}`);
      }
    }
  };
  await Promise.all(folders.map(work));
  return outcomes;
}

async function* plantGroup(folder: string, group: readonly Fault[], ports: PlantPorts): AsyncGenerator<Outcome> {
  const files = group[0]?.tests ?? [];
  const rows = [...new Set(group.map(({ row }) => row))];
  // A test that fails by itself would notice anything.
  const failing = troubleWithout(await runTests(folder, { rows, files }, ports.timeoutMs * group.length));
  for (const fault of group) {
    yield failing === undefined ? await plant(folder, fault, ports) : { fault, reason: failing };
  }
}

function troubleWithout({ passed, failed, broken }: TestRun): string | undefined {
  const [first] = failed;
  if (broken !== undefined) return `without any fault, ${broken}`;
  if (first !== undefined) return `without any fault, "${first.title}" fails: ${first.message}`;
  return passed === 0 ? "no test ran" : undefined;
}

async function plant(folder: string, fault: Fault, { timeoutMs }: PlantPorts): Promise<Outcome> {
  const path = join(folder, fault.file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, plantedText(fault, text));
  try {
    const run = await runTests(folder, { rows: [fault.row], files: fault.tests, grep: fault.grep }, timeoutMs);
    return { fault, ...judge(fault.row, run) };
  } finally {
    writeFileSync(path, text);
  }
}

function judge(row: string, { passed, failed, broken }: TestRun): Omit<Outcome, "fault"> {
  const noticing = failed.find(({ title }) => rowsOf(title).includes(row));
  if (noticing !== undefined) return { noticedBy: noticing.title };
  const [first] = failed;
  if (broken !== undefined) return { reason: broken };
  if (first !== undefined) return { reason: `"${first.title}" fails, which isn't a test of ${row}: ${first.message}` };
  return { reason: passed === 0 ? "no test ran" : `${passed} tests pass all the same` };
}

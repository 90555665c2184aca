/** Plants one fault after the other, and asks the tests of its row. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
 * @param folder a copy of the project, which is as it was afterwards
 * @throws FaultError for an entry that fits its file no longer
 */
export async function plantAll(folder: string, faults: readonly Fault[], ports: PlantPorts): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let begun = 0;
  for (const group of groupsOf(faults)) {
    const files = group[0]?.tests ?? [];
    // A test that fails by itself would notice anything.
    const unplanted = await runTests(
      folder,
      { rows: [...new Set(group.map(({ row }) => row))], files },
      ports.timeoutMs * group.length,
    );
    const failing = troubleWithout(unplanted);
    for (const fault of group) {
      begun++;
      const outcome = failing === undefined ? await plant(folder, fault, ports) : { fault, reason: failing };
      outcomes.push(outcome);
      const { noticedBy, reason } = outcome;
      ports.print(`${noticedBy === undefined ? "✘" : "✔"} ${begun}/${faults.length} ${nameOf(fault)}`);
      ports.print(`    ${noticedBy ?? reason}`);
    }
  }
  return outcomes;
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

/** What a test's name begins with, for example `F4, F5: …`. */
function rowsOf(title: string): string[] {
  const [, rows = ""] = /^((?:[A-Z]\d+)(?:(?:, | and |, and )[A-Z]\d+)*):/.exec(title) ?? [];
  return rows.split(/, and | and |, /);
}

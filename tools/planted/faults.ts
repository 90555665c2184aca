/** The faults of test/planted: a row of the requirements with the mistakes that its tests have to notice. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const entry = z.strictObject({
  fault: z.string().min(1),
  file: z.string().min(1),
  find: z.string().min(1),
  replace: z.string(),
  tests: z.array(z.string()).min(1),
  grep: z.string().min(1).optional(),
});
const fileOfFaults = z.record(z.string().regex(/^[A-Z]\d+$/), z.array(entry).min(1));

export interface Fault {
  /** The row whose tests have to notice it. */
  readonly row: string;
  /** What is wrong, in a sentence. */
  readonly fault: string;
  /** Where it is planted. */
  readonly file: string;
  /** Text that stands there exactly once. */
  readonly find: string;
  /** What stands there instead. */
  readonly replace: string;
  /** Files of tests, at least one of which has a test whose name begins with the row. */
  readonly tests: readonly string[];
  /** Of the row's tests only those whose names hold it. @default all of them */
  readonly grep?: string;
}

/** A mistake in the faults themselves. */
export class FaultError extends Error {
  override readonly name = "FaultError";
}

/** @throws FaultError for a file that isn't of the form */
export function readFaults(root: string): Fault[] {
  const folder = join(root, "test/planted");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .flatMap((file) => {
      const read = fileOfFaults.safeParse(parsed(`test/planted/${file}`, readFileSync(join(folder, file), "utf8")));
      if (!read.success) throw new FaultError(`test/planted/${file}: ${z.prettifyError(read.error)}`);
      return Object.entries(read.data).flatMap(([row, entries]) => entries.map((each) => ({ row, ...each })));
    });
}

function parsed(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new FaultError(`${name}: ${(cause as Error).message}`, { cause });
  }
}

/** How an entry is called in messages. */
export function nameOf({ row, fault }: Pick<Fault, "row" | "fault">): string {
  return `${row}: ${fault}`;
}

/** The file's text with the fault in it. @throws FaultError unless the text to replace stands there exactly once */
export function plantedText(fault: Fault, text: string): string {
  const pieces = text.split(fault.find);
  if (pieces.length !== 2) {
    throw new FaultError(
      `${nameOf(fault)}: the text to replace stands ${pieces.length - 1} times in ${fault.file}, not once. ` +
        `Fix: give a text of the file as it is now: ${JSON.stringify(fault.find)}`,
    );
  }
  if (fault.find === fault.replace) throw new FaultError(`${nameOf(fault)}: nothing is changed.`);
  return pieces.join(fault.replace);
}

/** What keeps a fault from being planted and noticed; undefined where nothing does. */
export function mistakeOf(
  fault: Fault,
  root: string,
  named: readonly { readonly file: string; readonly rows: readonly string[] }[],
): string | undefined {
  const lost = [fault.file, ...fault.tests].find((file) => !existsSync(join(root, file)));
  if (lost !== undefined) return `${nameOf(fault)}: ${lost} isn't there.`;
  const isNamed = named.some(({ file, rows }) => fault.tests.includes(file) && rows.includes(fault.row));
  if (!isNamed) return `${nameOf(fault)}: no test of ${fault.tests.join(", ")} begins with ${fault.row}.`;
  try {
    plantedText(fault, readFileSync(join(root, fault.file), "utf8"));
    return undefined;
  } catch (error) {
    if (error instanceof FaultError) return error.message;
    throw error;
  }
}

/** Whether it takes the local cloud or the Pulumi engine to notice it. */
export function isLocal({ tests }: Fault): boolean {
  return tests.every((test) => /^test\/(local|engine)\//.test(test));
}

/** Faults of the same tests together, in the order in which they come. */
export function groupsOf(faults: readonly Fault[]): Fault[][] {
  const groups = new Map<string, Fault[]>();
  for (const fault of faults) {
    const key = [...fault.tests].sort().join("\n");
    groups.set(key, [...(groups.get(key) ?? []), fault]);
  }
  return [...groups.values()];
}

/** Runs one kind of test in processes of its own, and counts. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { descendants, describeProcess, startedThen } from "../../local/processes/processTable";
import { localFolder, repository as root } from "../../local/setup/paths";

export const kinds = ["checks", "unit", "policy", "engine", "local"] as const;
export type Kind = (typeof kinds)[number];

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
  /** What failed, a line each: the test's name and the first line of its error. */
  readonly failures: readonly string[];
}

export interface SuiteOptions {
  /** Only tests whose names contain it. */
  readonly grep?: string;
  /** Where its output goes: the terminal, or a file of this descriptor. */
  readonly output: "inherit" | number;
  /** Where property tests begin. @default 0 */
  readonly seed?: number;
  /** How long a finished run may take to close by itself. @default 10000 */
  readonly graceMs?: number;
}

export function runSuite(kind: Kind, options: SuiteOptions): Promise<Totals> {
  return kind === "checks" ? checks(options) : runFolder(join("test", kind), options);
}

/** The exit code of everything that ran, and what is to be said about it. */
export function verdict({ passed, failed }: Pick<Totals, "passed" | "failed">, grep?: string) {
  const isNothing = passed + failed === 0;
  const complaint = isNothing && (grep ? `no test's name contains ${JSON.stringify(grep)}` : "no test ran");
  return { code: failed > 0 || passed === 0 ? 1 : 0, complaint: complaint || undefined };
}

const running = new Set<ChildProcess>();
let isStopping = false;

/** Ends what runs and what that has started: as Ctrl-C does, then, after the seconds, by force. */
export async function stopSuites(seconds: number): Promise<void> {
  isStopping = true;
  const children = [...running];
  const started = await descendants();
  const ended = Promise.all(children.map((child) => new Promise((resolve) => child.once("exit", resolve))));
  for (const child of children) child.kill("SIGINT");
  const late = setTimeout(() => {
    for (const child of children) child.kill("SIGKILL");
  }, seconds * 1_000);
  await ended;
  clearTimeout(late);
  for (const { pid, startedAt } of started) {
    if (startedThen(await describeProcess(pid), startedAt)) process.kill(pid, "SIGKILL");
  }
}

function run(args: readonly string[], output: "inherit" | number, env: NodeJS.ProcessEnv = {}): Promise<number> {
  // What waits for its turn doesn't begin any more.
  if (isStopping) return Promise.resolve(1);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", output, output],
      env: { ...process.env, ...env },
    });
    running.add(child);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      running.delete(child);
      resolve(signal ? 1 : (code ?? 1));
    });
  });
}

async function checks({ output }: SuiteOptions): Promise<Totals> {
  const failures: string[] = [];
  let passed = 0;
  for (const [what, script, args] of [
    ["formatting and lint", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]],
    ["types", "typescript/bin/tsc", ["--noEmit"]],
  ] as const) {
    const isRight = (await run([join(root, "node_modules", script), ...args], output)) === 0;
    say(output, `  ${isRight ? "✔" : "✘"} ${what}`);
    if (isRight) passed++;
    else failures.push(what);
  }
  return { passed, failed: failures.length, pending: 0, failures };
}

/** What the reporter writes. */
interface Written extends Totals {
  /** Tests that ran, by the full path of their file. */
  readonly files: Readonly<Record<string, number>>;
  /** What kept the run open when its tests were done; empty: nothing. */
  readonly open: string;
}

/**
 * Runs the tests of a folder; hooks.ts in it is loaded first.
 * @param folder from the project's folder, or absolute
 */
export async function runFolder(folder: string, { grep, output, seed = 0, graceMs }: SuiteOptions): Promise<Totals> {
  const files = readdirSync(resolve(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(folder, file))
    .sort();
  if (files.length === 0) throw new Error(`${folder} holds no *.test.ts`);
  const hooks = join(folder, "hooks.ts");
  const temporary = emptyFolder(folder);
  const totals = join(temporary, "totals.json");
  const args = [
    join(root, "node_modules/mocha/bin/mocha.js"),
    ...["--reporter", join(root, "test/runner/totals.cjs")],
    ...(grep ? ["--fgrep", grep] : []),
    ...["--file", join(root, "test/runner/seed.ts")],
    ...(existsSync(resolve(root, hooks)) ? ["--file", hooks] : []),
    ...files,
  ];
  const code = await run(args, output, {
    MOCHA_TOTALS_FILE: totals,
    PROPERTY_SEED: String(seed),
    MOCHA_GRACE_MS: String(graceMs ?? 10_000),
    TMPDIR: temporary,
  });
  if (!existsSync(totals)) {
    const problem = `${folder} ended with code ${code}, before its tests were done`;
    say(output, `  ✘ ${problem}`);
    return { passed: 0, failed: 1, pending: 0, failures: [problem] };
  }
  const counted = JSON.parse(readFileSync(totals, "utf8")) as Written;
  rmSync(totals);
  const problems = problemsOf(counted, { files, isWhole: !grep, code, left: leftIn(temporary) });
  for (const problem of problems) say(output, `  ✘ ${folder}: ${problem}`);
  const { passed, failed, pending, failures } = counted;
  return { passed, failed: failed + problems.length, pending, failures: [...failures, ...problems] };
}

interface Run {
  readonly files: readonly string[];
  /** Every test was to run. */
  readonly isWhole: boolean;
  readonly code: number;
  readonly left: readonly string[];
}

/** What is wrong with a run beside the tests that failed. */
function problemsOf({ failed, files: ran, open }: Written, { files, isWhole, code, left }: Run): string[] {
  const silent = isWhole ? files.filter((file) => !ran[resolve(root, file)]) : [];
  return [
    ...silent.map((file) => `${file} has no test that ran`),
    ...(open === "" ? [] : [`something was still open after the last test, and was ended: ${open}`]),
    // A crash after the last test: an unhandled rejection, a failed hook.
    ...(code !== 0 && failed === 0 && open === "" ? [`ended with code ${code} after its tests`] : []),
    ...(left.length === 0 ? [] : [`left in the temporary folder: ${left.join(", ")}`]),
  ];
}

/** What compilers keep between runs. */
const caches = /^(tsx-|ts-node-|node-compile-cache|v8-compile-cache)/;

/** A temporary folder for the tests of a folder, empty but for caches. */
function emptyFolder(folder: string): string {
  const temporary = join(localFolder, "test-tmp", folder.replaceAll(/[^\w-]+/g, "-"));
  mkdirSync(temporary, { recursive: true });
  for (const name of leftIn(temporary)) rmSync(join(temporary, name), { recursive: true, force: true });
  return temporary;
}

function leftIn(temporary: string): string[] {
  return readdirSync(temporary).filter((name) => !caches.test(name));
}

function say(output: "inherit" | number, line: string): void {
  if (output === "inherit") console.log(line);
  else writeSync(output, `${line}\n`);
}

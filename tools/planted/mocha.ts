/** Runs the tests of a row, and tells which of them failed. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Tests, or what came of them. */
export interface TestsOf {
  readonly rows: readonly string[];
  readonly files: readonly string[];
  /** Of the rows' tests only those whose names hold it. */
  readonly grep?: string;
}

export interface TestRun {
  readonly passed: number;
  /** The failed tests' own names, with what they said. */
  readonly failed: readonly { readonly title: string; readonly message: string }[];
  /** Why there is no result: the tests couldn't be loaded, or didn't end. */
  readonly broken?: string;
}

interface Report {
  readonly stats: { readonly passes: number };
  readonly failures: readonly { readonly title: string; readonly err: { readonly message?: string } }[];
}

const TOLD_CHARACTERS = 400;

/**
 * Stops at the first failure.
 * @param folder where the tests, and what they test, are
 * @param timeoutMs after which the tests are ended
 */
export async function runTests(folder: string, { rows, files, grep }: TestsOf, timeoutMs: number): Promise<TestRun> {
  const output = join(folder, ".local", "planted-tests.json");
  rmSync(output, { force: true });
  const wanted = `\\b(${rows.join("|")})\\b`;
  const pattern = grep === undefined ? wanted : `^(?=.*${wanted})(?=.*${literally(grep)})`;
  const mocha = join(folder, "node_modules/mocha/bin/mocha.js");
  const told = await run(
    folder,
    [mocha, "--bail", "--reporter", "json", "--reporter-option", `output=${output}`, "--grep", pattern, ...files],
    timeoutMs,
  );
  if (told.isLate) return { passed: 0, failed: [], broken: `the tests didn't end within ${timeoutMs / 1000} s` };
  if (!existsSync(output)) {
    return {
      passed: 0,
      failed: [],
      broken: `the tests couldn't be run: ${told.said.trim().slice(0, TOLD_CHARACTERS)}`,
    };
  }
  const { stats, failures } = JSON.parse(readFileSync(output, "utf8")) as Report;
  const failed = failures.map(({ title, err }) => ({ title, message: (err.message ?? "").slice(0, TOLD_CHARACTERS) }));
  return { passed: stats.passes, failed };
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function run(
  cwd: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<{ readonly said: string; readonly isLate: boolean }> {
  return new Promise((resolve, reject) => {
    // A group of its own: mocha starts another process, which has to end with it.
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "ignore", "pipe"], detached: true });
    let said = "";
    let isLate = false;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(0, 10 * TOLD_CHARACTERS);
    });
    const end = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, timeoutMs);
    process.once("exit", end);
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(timer);
      process.off("exit", end);
      resolve({ said, isLate });
    });
  });
}

/** Runs one kind of test in processes of its own, and counts. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../..");

export const kinds = ["checks", "unit", "policy", "engine", "local"] as const;
export type Kind = (typeof kinds)[number];

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
}

export interface SuiteOptions {
  /** Only tests whose names contain it. */
  readonly grep?: string;
  /** Where its output goes: the terminal, or a file of this descriptor. */
  readonly output: "inherit" | number;
}

export function runSuite(kind: Kind, options: SuiteOptions): Promise<Totals> {
  return kind === "checks" ? checks(options) : mocha(kind, options);
}

function run(args: readonly string[], output: "inherit" | number, env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", output, output],
      env: { ...process.env, ...env },
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

async function checks({ output }: SuiteOptions): Promise<Totals> {
  const results: boolean[] = [];
  for (const [what, script, args] of [
    ["formatting and lint", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]],
    ["types", "typescript/bin/tsc", ["--noEmit"]],
  ] as const) {
    const passed = (await run([join(root, "node_modules", script), ...args], output)) === 0;
    console.log(`  ${passed ? "✔" : "✘"} ${what}`);
    results.push(passed);
  }
  return { passed: results.filter(Boolean).length, failed: results.filter((passed) => !passed).length, pending: 0 };
}

async function mocha(kind: Kind, { grep, output }: SuiteOptions): Promise<Totals> {
  const files = readdirSync(join(root, "test", kind), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join("test", kind, file))
    .sort();
  if (files.length === 0) throw new Error(`test/${kind} holds no *.test.ts`);
  const folder = mkdtempSync(join(tmpdir(), "totals-"));
  const totals = join(folder, "totals.json");
  try {
    const mochaBin = join(root, "node_modules/mocha/bin/mocha.js");
    const code = await run(
      [mochaBin, "--reporter", "test/runner/totals.cjs", ...(grep ? ["--fgrep", grep] : []), ...files],
      output,
      { MOCHA_TOTALS_FILE: totals },
    );
    const counted = JSON.parse(readFileSync(totals, "utf8")) as Totals;
    // A crash after the last test (an unhandled rejection, a failed hook) is a failure too.
    return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
  } catch (error) {
    console.error(`test/${kind} ended without totals: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, pending: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * `npm test [KIND …]`: formatting, types, then every kind of test, each in a process of its own.
 * Ends with the line `N passed, N failed`; the exit code is 0 only if something passed and nothing failed.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureTools } from "../local/setup/ensureTools";

const root = join(__dirname, "..");
const kinds = ["checks", "unit", "policy", "engine", "local"] as const;
type Kind = (typeof kinds)[number];

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
}

const usage = `npm test [-- KIND …]

Runs the tests of each KIND, all of them where none is given:
  checks   formatting and lint (biome), types (tsc)
  unit     components with Pulumi mocks, functions without AWS
  policy   the policy pack's rules
  engine   the real Pulumi engine: preview, up, up again, update, destroy
  local    data through the local cloud, with faults

npm run test:unit -- --grep I6   only the tests whose names contain I6`;

function parse(args: readonly string[]): { kinds: Kind[]; grep?: string } {
  const chosen: Kind[] = [];
  let grep: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--help" || arg === "-h") {
      console.log(usage);
      process.exit(0);
    } else if (arg === "--grep") {
      grep = args[++i];
      if (!grep) fail("--grep needs a text to look for in the tests' names");
    } else if ((kinds as readonly string[]).includes(arg)) {
      chosen.push(arg as Kind);
    } else {
      fail(`unknown argument ${JSON.stringify(arg)}; the kinds are ${kinds.join(", ")}`);
    }
  }
  return { kinds: chosen.length > 0 ? chosen : [...kinds], grep };
}

function fail(message: string): never {
  console.error(`npm test: ${message}`);
  process.exit(2);
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

async function checks(): Promise<Totals> {
  const results: boolean[] = [];
  for (const [what, script, args] of [
    ["formatting and lint", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]],
    ["types", "typescript/bin/tsc", ["--noEmit"]],
  ] as const) {
    const passed = (await run(process.execPath, [join(root, "node_modules", script), ...args])) === 0;
    console.log(`  ${passed ? "✔" : "✘"} ${what}`);
    results.push(passed);
  }
  return { passed: results.filter(Boolean).length, failed: results.filter((passed) => !passed).length, pending: 0 };
}

async function mocha(kind: Kind, grep: string | undefined): Promise<Totals> {
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
      process.execPath,
      [mochaBin, "--reporter", "test/runner/totals.cjs", ...(grep ? ["--fgrep", grep] : []), ...files],
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

async function main(): Promise<void> {
  const { kinds: chosen, grep } = parse(process.argv.slice(2));
  if (chosen.includes("engine") || chosen.includes("local")) await ensureTools();
  const sum = { passed: 0, failed: 0, pending: 0 };
  for (const kind of chosen) {
    const start = Date.now();
    console.log(`\n${kind}`);
    const totals = kind === "checks" ? await checks() : await mocha(kind, grep);
    sum.passed += totals.passed;
    // Mocha refuses `.skip`; a test that skips itself while running counts as failed, so that nothing is left out silently.
    sum.failed += totals.failed + totals.pending;
    console.log(
      `  ${kind}: ${totals.passed} passed, ${totals.failed} failed in ${((Date.now() - start) / 1000).toFixed(1)} s`,
    );
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

void main();

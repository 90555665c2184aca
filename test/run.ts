/**
 * `npm test [KIND …]`: formatting, types, then every kind of test, each in a process of its own.
 * Ends with the line `N passed, N failed`; the exit code is 0 only if something passed and nothing failed.
 */
import { createHash, randomInt } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { takeLock } from "../local/processes/lock";
import { runMain } from "../local/processes/mainProcess";
import { ensureTools } from "../local/setup/ensureTools";
import { localFolder, repository } from "../local/setup/paths";
import { type Kind, kinds, runSuite, type SuiteOptions, stopSuites, type Totals, verdict } from "./runner/suites";

const usage = `npm test [-- KIND …]

Runs the tests of each KIND, all of them where none is given:
  checks   formatting and lint (biome), types (tsc)
  unit     components with Pulumi mocks, functions without AWS
  policy   the policy pack's rules
  engine   the real Pulumi engine: preview, up, up again, update, destroy
  local    data through the local cloud, with faults

--grep TEXT  only the tests whose names contain it
--seed N     where property tests begin; "random" draws one. Without it: by the code, so that a commit is
             judged the same everywhere, and each commit tries something new

npm run test:unit -- --grep I6   only the tests whose names contain I6`;

function parse(args: readonly string[]): { kinds: Kind[]; grep?: string; seed: number } {
  const chosen: Kind[] = [];
  let grep: string | undefined;
  let seed: number | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--help" || arg === "-h") {
      console.log(usage);
      process.exit(0);
    } else if (arg === "--grep") {
      grep = args[++i];
      if (!grep) fail("--grep needs a text to look for in the tests' names");
    } else if (arg === "--seed") {
      const given = args[++i];
      seed = given === "random" ? randomInt(2 ** 31) : Number(given || Number.NaN);
      if (!Number.isInteger(seed) || Math.abs(seed) >= 2 ** 31)
        fail("--seed needs a whole number of 32 bits, or random");
    } else if ((kinds as readonly string[]).includes(arg)) {
      chosen.push(arg as Kind);
    } else {
      fail(`unknown argument ${JSON.stringify(arg)}; the kinds are ${kinds.join(", ")}`);
    }
  }
  // Formatting and types are no tests with names.
  const all = grep ? kinds.filter((kind) => kind !== "checks") : [...kinds];
  return { kinds: chosen.length > 0 ? chosen : all, grep, seed: seed ?? seedOfCode() };
}

/** Follows from the code that is tested, so that a change of it tries something new, and a page of the docs doesn't. */
function seedOfCode(): number {
  const hash = createHash("sha256");
  for (const folder of ["components", "functions", "cli", "policy", "stacks", "local", "test"]) {
    for (const file of readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).sort()) {
      if (file.endsWith(".ts")) hash.update(readFileSync(join(repository, folder, file)));
    }
  }
  return hash.digest().readUInt32BE() >>> 1;
}

function fail(message: string): never {
  console.error(`npm test: ${message}`);
  process.exit(2);
}

/**
 * The local cloud's tests wait more than they compute, so they run beside all others; what they say comes in one piece
 * when they are done.
 */
function lanes(chosen: readonly Kind[]): readonly (readonly Kind[])[] {
  const others = chosen.filter((kind) => kind !== "local");
  return chosen.includes("local") && others.length > 0 ? [others, ["local"]] : [chosen];
}

async function runLane(lane: readonly Kind[], options: SuiteOptions): Promise<Totals> {
  const { grep, output } = options;
  const sum = { passed: 0, failed: 0, pending: 0, failures: [] as string[] };
  const print = (line: string) => (output === "inherit" ? console.log(line) : writeSync(output, `${line}\n`));
  for (const kind of lane) {
    const start = Date.now();
    print(`\n${kind}`);
    const totals = await runSuite(kind, options);
    const isEmpty = !grep && totals.passed + totals.failed + totals.pending === 0;
    if (isEmpty) print(`  ✘ ${kind}: no test ran`);
    const { failures } = totals;
    sum.failures.push(...(isEmpty ? ["no test ran"] : failures).map((failure) => `${kind}: ${failure}`));
    if (totals.pending > 0) sum.failures.push(`${kind}: ${totals.pending} skipped themselves`);
    sum.passed += totals.passed;
    // Mocha refuses `.skip`; a test that skips itself while running counts as failed, so that nothing is left out silently.
    sum.failed += totals.failed + totals.pending + (isEmpty ? 1 : 0);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    print(`  ${kind}: ${totals.passed} passed, ${totals.failed} failed in ${seconds} s`);
  }
  return sum;
}

async function runBeside(
  lane: readonly Kind[],
  options: Omit<SuiteOptions, "output">,
): Promise<Totals & { readonly said: string }> {
  const file = join(localFolder, "logs", "beside.txt");
  mkdirSync(join(localFolder, "logs"), { recursive: true });
  const descriptor = openSync(file, "w");
  try {
    const totals = await runLane(lane, { ...options, output: descriptor });
    return { ...totals, said: readFileSync(file, "utf8") };
  } finally {
    closeSync(descriptor);
  }
}

async function main(): Promise<number> {
  const { kinds: chosen, grep, seed } = parse(process.argv.slice(2));
  if (chosen.includes("engine") || chosen.includes("local")) {
    await takeLock(join(localFolder, "test.lock"), "npm test");
    await ensureTools();
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stopSuites(20).finally(() => process.kill(process.pid, signal)));
  }
  const [shown = [], beside] = lanes(chosen);
  if (beside) console.log(`Running ${beside.join(", ")} beside the others; its output follows theirs.`);
  console.log(`Property tests begin at seed ${seed}.`);
  const second = beside && runBeside(beside, { grep, seed });
  const totals = [await runLane(shown, { grep, seed, output: "inherit" })];
  if (second) {
    const { said, ...counted } = await second;
    process.stdout.write(said);
    totals.push(counted);
  }
  const passed = totals.reduce((sum, each) => sum + each.passed, 0);
  const failed = totals.reduce((sum, each) => sum + each.failed, 0);
  const failures = totals.flatMap((each) => each.failures);
  if (failures.length > 0) console.log(["", "Failed:", ...failures.map((failure) => `  ${failure}`)].join("\n"));
  console.log(`\n${passed} passed, ${failed} failed`);
  const { code, complaint } = verdict({ passed, failed }, grep);
  if (complaint) console.error(`npm test: ${complaint}`);
  return code;
}

runMain(main);

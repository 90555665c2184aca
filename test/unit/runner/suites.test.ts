import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeProcess } from "../../../local/processes/processTable";
import { repository } from "../../../local/setup/paths";
import { runFolder, verdict } from "../../runner/suites";

/** A process that was killed is there until the system has cleared it away. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++, await sleep(50)) {
    if ((await describeProcess(pid)) === undefined) return true;
  }
  return false;
}

const passes = 'it("S1: passes", () => undefined);';

describe("The runner of the tests", () => {
  const folders: string[] = [];
  const children: ChildProcess[] = [];
  after(() => {
    for (const child of children) child.kill("SIGKILL");
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  function folderOf(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), "runner-test-"));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  }

  async function run(files: Readonly<Record<string, string>>, grep?: string, seed?: number) {
    const folder = folderOf(files);
    const log = join(folder, "output.txt");
    const output = openSync(log, "w");
    try {
      const totals = await runFolder(folder, { output, grep, seed, graceMs: 300 });
      return { totals, said: readFileSync(log, "utf8") };
    } finally {
      closeSync(output);
    }
  }

  it("S9: counts what passes and what fails", async () => {
    const fails = 'it("S1: fails", () => { throw new Error("no"); });';
    const { totals } = await run({ "a.test.ts": passes, "b.test.ts": fails });
    assert.deepEqual(totals, { passed: 1, failed: 1, pending: 0, failures: ["S1: fails: no"] });
  });

  it("S9: a hook that fails is named among the failures", async () => {
    const { totals } = await run({ "a.test.ts": `before("the cloud", () => { throw new Error("no"); });\n${passes}` });
    assert.equal(totals.failures[0], '"before all" hook: the cloud for "S1: passes": no');
  });

  it("S9: property tests begin at the seed that the run was given", async () => {
    const draws = `import fc from ${JSON.stringify(require.resolve("fast-check"))};
      it("S1: draws", () => { throw new Error(String(fc.sample(fc.nat(), 1)[0])); });`;
    const drawn = async (seed: number) => (await run({ "a.test.ts": draws }, undefined, seed)).totals.failures[0];
    const first = await drawn(1);
    assert.match(first ?? "", /^S1: draws: \d+$/);
    assert.deepEqual([await drawn(1), (await drawn(2)) === first], [first, false]);
  });

  it("S9: a file without a test that ran is a failure, and named", async () => {
    const { totals, said } = await run({
      "a.test.ts": passes,
      "empty.test.ts": 'describe("nothing", () => undefined);',
    });
    assert.deepEqual([totals.passed, totals.failed], [1, 1]);
    assert.match(said, /empty\.test\.ts has no test that ran/);
  });

  it("S9: what is still open after the last test is named, ended, and a failure", async () => {
    const leaks = `import { createServer } from "node:http";
      it("S1: leaks", async () => {
        await new Promise<void>((resolve) => createServer().listen(0, "127.0.0.1", resolve));
      });`;
    const { totals, said } = await run({ "a.test.ts": leaks });
    assert.deepEqual([totals.passed, totals.failed], [1, 1]);
    assert.match(said, /still open after the last test, and was ended: .*listens on .*127\.0\.0\.1/);
  });

  it("S9: what is left in the temporary folder is a failure, and named", async () => {
    const leaves = `import { mkdtempSync } from "node:fs";
      import { tmpdir } from "node:os";
      import { join } from "node:path";
      it("S1: leaves a folder", () => { mkdtempSync(join(tmpdir(), "left-here-")); });`;
    const { totals, said } = await run({ "a.test.ts": leaves });
    assert.deepEqual([totals.passed, totals.failed], [1, 1]);
    assert.match(said, /left in the temporary folder: left-here-/);
  });

  it("S9: hooks.ts of the folder is loaded before its tests", async () => {
    const hooks = "before(() => { Object.assign(globalThis, { isUp: true }); });";
    const asks = 'it("S1: finds it", () => { if (!("isUp" in globalThis)) throw new Error("not up"); });';
    const none = { pending: 0, failures: [] };
    assert.deepEqual((await run({ "hooks.ts": hooks, "a.test.ts": asks })).totals, { ...none, passed: 1, failed: 0 });
    assert.deepEqual((await run({ "a.test.ts": asks })).totals.failures, ["S1: finds it: not up"]);
  });

  it("S9: a run that ends before its tests are done, or crashes after them, is a failure", async () => {
    const ends = await run({ "a.test.ts": 'it("S1: ends", () => process.exit(0));' });
    assert.deepEqual([ends.totals.passed, ends.totals.failed], [0, 1]);
    assert.match(ends.said, /ended with code 0, before its tests were done/);
    const crashes = `after(() => { setImmediate(() => { throw new Error("late"); }); });\n${passes}`;
    assert.ok((await run({ "a.test.ts": crashes })).totals.failed > 0);
  });

  it("S9: a text that no test's name contains counts nothing, and isn't told of files", async () => {
    const { totals, said } = await run({ "a.test.ts": passes }, "no such test");
    assert.deepEqual(totals, { passed: 0, failed: 0, pending: 0, failures: [] });
    assert.doesNotMatch(said, /has no test that ran/);
  });

  it("S9: nothing that ran is a failure, and a text that matches nothing is told", () => {
    const none = { passed: 0, failed: 0 };
    assert.deepEqual(verdict(none, "nobody"), { code: 1, complaint: 'no test\'s name contains "nobody"' });
    assert.deepEqual(verdict(none), { code: 1, complaint: "no test ran" });
    assert.deepEqual(verdict({ passed: 1, failed: 0 }, "somebody"), { code: 0, complaint: undefined });
    assert.equal(verdict({ passed: 1, failed: 1 }).code, 1);
  });

  it("S9: SIGINT ends npm test and everything that it runs, and nothing else begins", async () => {
    const script = join(folderOf({}), "stops.ts");
    const began = join(folderOf({}), "began.txt");
    const next = folderOf({
      "a.test.ts": `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(began)}, ""); ${passes}`,
    });
    const waits = folderOf({
      "a.test.ts": `import { spawn } from "node:child_process";
        it("S1: waits", async () => {
          const { pid } = spawn("sleep", ["300"], { stdio: "ignore" });
          console.log("pids", process.pid, pid);
          await new Promise((resolve) => setTimeout(resolve, 100_000));
        });`,
    });
    writeFileSync(
      script,
      `import { runFolder, stopSuites } from ${JSON.stringify(join(repository, "test/runner/suites.ts"))};
       process.once("SIGINT", () => void stopSuites(5).then(() => process.exit(130)));
       void runFolder(${JSON.stringify(waits)}, { output: "inherit" })
         .then(() => runFolder(${JSON.stringify(next)}, { output: "inherit" }));`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      cwd: repository,
      stdio: ["ignore", "pipe", 2],
    });
    children.push(child);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const [, ...pids] = await new Promise<RegExpExecArray>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`ended with ${code} before its test ran`)));
      let said = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const found = /pids (\d+) (\d+)/.exec(said);
        if (found) resolve(found);
      });
    });
    child.kill("SIGINT");
    assert.equal(await ended, 130);
    for (const pid of pids) assert.ok(await isGone(Number(pid)), `${pid} is still there`);
    assert.equal(existsSync(began), false, "what waited for its turn has begun");
  });
});

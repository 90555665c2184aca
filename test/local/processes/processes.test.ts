import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "../../../local/processes/child";
import { stopLeftovers, writeDown } from "../../../local/processes/leftovers";
import { startServices } from "../../../local/processes/services";
import { temporaryFolder } from "../../../local/processes/temporary";
import { ensureServiceTools } from "../../../local/setup/ensureTools";
import { repository } from "../../../local/setup/paths";
import { newEnough } from "../../../local/setup/pulumiCli";

describe("The local cloud's processes", () => {
  const children: ChildProcess[] = [];
  let folder: string;

  before(async function () {
    this.timeout(300_000);
    await ensureServiceTools();
    folder = await mkdtemp(join(tmpdir(), "processes-test-"));
  });

  after(async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  function alive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  async function gone(pid: number): Promise<boolean> {
    for (let tries = 0; tries < 50 && alive(pid); tries++) await sleep(100);
    return !alive(pid);
  }

  it("S1, S6: stop() ends both services and removes their temporary files", async () => {
    const services = await startServices({ tools: await ensureServiceTools(), logSuffix: "processes-test" });
    assert.notDeepEqual(await readdir(services.temporaryFolder), [], "the services write there");
    await services.stop();
    assert.equal(existsSync(services.temporaryFolder), false);
    assert.ok((await gone(services.aws.pid)) && (await gone(services.snowflake.pid)));
  });

  for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
    it(`S1: the services end with a run that got ${signal}`, async () => {
      const script = join(folder, `${signal}.mts`);
      const local = join(repository, "local");
      await writeFile(
        script,
        `import { startServices } from ${JSON.stringify(join(local, "processes", "services.ts"))};
         import { ensureServiceTools } from ${JSON.stringify(join(local, "setup", "ensureTools.ts"))};
         const services = await startServices({ tools: await ensureServiceTools(), logSuffix: "${signal}" });
         console.log(JSON.stringify([services.aws.pid, services.snowflake.pid]));
         await new Promise((resolve) => setTimeout(resolve, 60_000));`,
      );
      const args = ["--import", "tsx", script];
      const run = spawn(process.execPath, args, { cwd: repository, stdio: ["ignore", "pipe", "inherit"] });
      children.push(run);
      const line = await new Promise<string>((resolve, reject) => {
        run.stdout.once("data", (data: Buffer) => resolve(String(data)));
        run.once("exit", (code) => reject(new Error(`The run ended with ${code} before its services were up`)));
      });
      const pids = JSON.parse(line) as number[];
      const ended = new Promise<NodeJS.Signals | null>((resolve) => run.once("exit", (_code, by) => resolve(by)));
      run.kill(signal);
      assert.equal(await ended, signal);
      for (const pid of pids) assert.ok(await gone(pid), `${pid} is still there`);
    });
  }

  it("S6: temporary files of a run that was killed are removed by the next one, those of a live one aren't", async () => {
    const base = join(folder, "tmp");
    const dead = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
    children.push(dead);
    await new Promise((resolve) => dead.once("exit", resolve));
    const left = join(base, `${dead.pid}-left`);
    await mkdir(left, { recursive: true });
    const mine = await temporaryFolder(base);
    await temporaryFolder(base);
    assert.deepEqual([existsSync(left), existsSync(mine)], [false, true]);
  });

  it("S1: a leftover is stopped only when start and command line are those written down", async () => {
    const script = join(folder, "sleeper.cjs");
    await writeFile(script, "setInterval(() => {}, 1000);");
    const start = () => {
      const child = spawn(process.execPath, [script], { detached: true, stdio: "ignore" });
      children.push(child);
      assert.ok(child.pid);
      return child.pid;
    };
    const pids = join(folder, "pids");
    const mine = start();
    await writeDown(pids, mine, script);
    assert.deepEqual(await stopLeftovers(pids), [], "its starter, this process, is still there");
    const file = join(pids, `${mine}.json`);
    const written = { ...JSON.parse(await readFile(file, "utf8")), parent: 0 };
    await writeFile(file, JSON.stringify({ ...written, startedAt: "Thu Jan  1 00:00:00 1970" }));
    assert.deepEqual(await stopLeftovers(pids), [], "another process has the pid now");
    assert.ok(alive(mine));
    await writeFile(file, JSON.stringify(written));
    assert.deepEqual(await stopLeftovers(pids), [mine]);
    assert.deepEqual(await readdir(pids), []);
  });

  it("S1: a child that ends at once is told with the end of its log", async () => {
    const script = join(folder, "fails.cjs");
    await writeFile(script, 'console.error("no such thing"); process.exit(3);');
    const logFile = join(folder, "fails.log");
    const args = { name: "fails", command: process.execPath, script, args: [], env: process.env, logFile };
    const started = startChild({ ...args, healthUrl: "http://127.0.0.1:9/" });
    await assert.rejects(started, /fails isn't ready: ended with code 3[\s\S]*no such thing/);
  });

  it("S1: a Pulumi CLI that is too old isn't used", () => {
    assert.deepEqual(["v3.199.9", "v3.200.0", "v3.250.0", "v4.0.0", "broken"].map(newEnough), [
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});

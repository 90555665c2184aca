import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeLock } from "../../../../local/processes/lock";
import { repository } from "../../../../local/setup/paths";

describe("The lock of a run", () => {
  const children: ChildProcess[] = [];
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lock-test-"));
    file = join(folder, "run.lock");
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  /** A process that takes the lock and says what came of it. */
  async function other(): Promise<{ said: string; child: ChildProcess }> {
    const script = join(folder, "other.mts");
    await writeFile(
      script,
      `import { takeLock } from ${JSON.stringify(join(repository, "local/processes/lock.ts"))};
       await takeLock(${JSON.stringify(file)}, "npm run local").then(() => console.log("taken"), (error) => console.log(error.message));
       setInterval(() => undefined, 1000);`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      cwd: repository,
      stdio: ["ignore", "pipe", 2],
    });
    children.push(child);
    const said = await new Promise<string>((resolve, reject) => {
      child.stdout?.once("data", (data: Buffer) => resolve(String(data).trim()));
      child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
    });
    return { said, child };
  }

  it("S6: a second run is refused with the first one's pid, until that gives the lock back", async () => {
    const release = await takeLock(file, "npm run local");
    const { said } = await other();
    assert.match(
      said,
      new RegExp(`^npm run local already runs in this checkout \\(process ${process.pid}, since .*Fix:`),
    );
    release();
    assert.equal((await other()).said, "taken");
  });

  it("S6: the lock of a run that was killed is taken over", async () => {
    const { said, child } = await other();
    assert.equal(said, "taken");
    await assert.rejects(takeLock(file, "npm run local"), new RegExp(`process ${child.pid},`));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    assert.equal(existsSync(file), true);
    const release = await takeLock(file, "npm run local");
    assert.equal(JSON.parse(await readFile(file, "utf8")).pid, process.pid);
    release();
    assert.equal(existsSync(file), false);
  });

  it("S6: a pid that another process has now, and a lock that was cut off, are stale", async () => {
    for (const text of [
      JSON.stringify({ pid: process.pid, startedAt: "Thu Jan  1 00:00:00 1970", token: "x" }),
      '{"pi',
    ]) {
      await writeFile(file, text);
      (await takeLock(file, "npm run local"))();
    }
  });

  it("S6: of several that find the same stale lock one has it", async () => {
    await writeFile(file, '{"pi');
    const taken = await Promise.allSettled(Array.from({ length: 5 }, () => takeLock(file, "npm run local")));
    assert.equal(taken.filter(({ status }) => status === "fulfilled").length, 1);
    for (const each of taken) if (each.status === "fulfilled") each.value();
  });
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { descendants, describeProcess, type ProcessFacts, startedThen } from "../../../local/processes/processTable";
import { repository } from "../../../local/setup/paths";

/** What each process of a run is known by, and what it is killed after. */
const victims: readonly (readonly [name: string, isIt: (command: string) => boolean, last?: string])[] = [
  ["npm", (command) => command.startsWith("npm run local")],
  ["npm, later", (command) => command.startsWith("npm run local"), "snowflake_server.py"],
  ["the command that npm starts", (command) => command.includes("tools/ensure.mjs"), "snowflake_server.py"],
  ["the run", (command) => command.includes("local/run.ts") && command.includes("--import"), "provider/dockerBuild.ts"],
  ["the engine", (command) => command.includes("bin/pulumi up"), "provider/aws.ts"],
  ["a provider", (command) => command.includes("provider/aws.ts")],
  ["the local AWS", (command) => command.includes("aws_server.py"), "provider/aws.ts"],
  ["the local Snowflake", (command) => command.includes("snowflake_server.py")],
];

describe("A run of which a process is killed", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "kills-test-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, isIt, last] of victims) {
    it(`S6: after kill -9 of ${name} the run fails, and nothing of it stays behind`, async function () {
      this.timeout(240_000);
      const run = await started(join(folder, `${name}.log`));
      const seen = new Map<number, ProcessFacts>();
      const find = async (isWanted: (command: string) => boolean): Promise<ProcessFacts> => {
        for (let tries = 0; tries < 600; tries++, await sleep(200)) {
          for (const each of [...(await descendants(run.pid)), await describeProcess(run.pid)]) {
            if (each) seen.set(each.pid, each);
          }
          const found = [...seen.values()].find(({ command }) => isWanted(command));
          if (found) return found;
          if (run.code() !== undefined) break;
        }
        throw new Error(`it isn't there; the run said:\n${await run.output()}`);
      };
      if (last) await find((command) => command.includes(last));
      const victim = await find(isIt);
      for (const each of await descendants(run.pid)) seen.set(each.pid, each);
      process.kill(victim.pid, "SIGKILL");
      const left = await leftAfter(seen.values(), 30);
      assert.deepEqual(left, [], await run.output());
      assert.notEqual(await run.ended, 0, await run.output());
    });
  }
});

async function started(logFile: string) {
  const log = openSync(logFile, "w");
  const child = spawn("npm", ["run", "local"], { cwd: repository, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  let code: number | null | undefined;
  const ended = new Promise<number | null>((resolve) => {
    child.on("exit", (status) => {
      code = status;
      resolve(status);
    });
  });
  assert.ok(child.pid);
  return { pid: child.pid, ended, code: () => code, output: () => readFile(logFile, "utf8") };
}

/** Those of the processes that are still there after the seconds; they are ended then. */
async function leftAfter(processes: Iterable<ProcessFacts>, seconds: number): Promise<string[]> {
  let left = [...processes];
  for (let tries = 0; tries < seconds * 2 && left.length > 0; tries++, await sleep(500)) {
    const now = await Promise.all(left.map(async (each) => ({ each, now: await describeProcess(each.pid) })));
    left = now.filter(({ each, now }) => startedThen(now, each.startedAt)).map(({ each }) => each);
  }
  for (const { pid } of left) process.kill(pid, "SIGKILL");
  return left.map(({ pid, command }) => `${pid} ${command}`);
}

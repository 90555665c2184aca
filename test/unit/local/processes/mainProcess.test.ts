import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../../../local/setup/paths";

const local = (path: string) => JSON.stringify(join(repository, "local", path));

describe("The frame of a command", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "main-test-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Runs a command of this body. @returns its exit code or signal, and what it said */
  async function command(body: string): Promise<{ code: number | NodeJS.Signals | null; said: string }> {
    const script = join(folder, `command-${Math.random().toString(36).slice(2)}.mts`);
    await writeFile(
      script,
      `import { runMain } from ${local("processes/mainProcess.ts")};
       import { startChild } from ${local("processes/child.ts")};
       import { freePort } from ${local("processes/freePort.ts")};
       ${body}`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", script], { cwd: repository });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    const code = await new Promise<number | NodeJS.Signals | null>((resolve) =>
      child.on("close", (status, signal) => resolve(signal ?? status)),
    );
    return { code, said: Buffer.concat(chunks).toString() };
  }

  /** A service that isn't ended by SIGTERM for five seconds. */
  async function stubborn(): Promise<string> {
    const script = join(folder, "stubborn.cjs");
    await writeFile(
      script,
      `require("node:http").createServer((_, answer) => answer.end("ok")).listen(Number(process.argv[2]), "127.0.0.1");
       process.on("SIGTERM", () => setTimeout(() => process.exit(0), 5_000));`,
    );
    return `const port = await freePort();
      const child = await startChild({
        name: "stubborn", command: process.execPath, script: ${JSON.stringify(script)}, args: [String(port)],
        env: process.env, logFile: ${JSON.stringify(join(folder, "stubborn.log"))}, healthUrl: "http://127.0.0.1:" + port,
      });`;
  }

  it("S6: a run that fails ends with 1, also when a child ignores SIGTERM for 5 s", async () => {
    const { code, said } = await command(
      `runMain(async () => {
         ${await stubborn()}
         try { throw new Error("the run failed"); } finally { await child.stop(); console.log("stopped " + child.pid); }
       });`,
    );
    assert.match(said, /stopped \d+\nthe run failed/);
    assert.equal(code, 1);
  });

  it("S6: a run that never settles, with nothing left to wait for, is a failure", async () => {
    assert.equal((await command("runMain(() => new Promise(() => undefined));")).code, 1);
  });

  it("S6: what keeps a finished run open is named, and ended with it", async () => {
    const { code, said } = await command(
      `import { spawn } from "node:child_process";
       runMain(async () => { spawn("sleep", ["300"], { stdio: "ignore" }); return 0; }, 300);`,
    );
    assert.match(said, /Ended what still ran: sleep 300 \(\d+\)/);
    assert.equal(code, 0);
    const timer = await command("runMain(async () => { setInterval(() => undefined, 1000); return 3; }, 300);");
    assert.match(timer.said, /Ended with what was still open: .*Timeout/);
    assert.equal(timer.code, 3);
  });

  it("S13: what a run throws is told with its causes", async () => {
    const { code, said } = await command(`runMain(async () => { await fetch("http://127.0.0.1:1/"); return 0; });`);
    assert.match(said, /fetch failed: .*(ECONNREFUSED|bad port)/);
    assert.equal(code, 1);
  });
});

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../../../../local/setup/paths";

/** Ends with 7 when its parent is gone; says when it looks. */
const program = `import { endWithParent } from ${JSON.stringify(join(repository, "local/processes/endWithParent.ts"))};
setInterval(() => undefined, 1000);
endWithParent(() => process.exit(7));
console.log("looks");`;

describe("A plugin of the engine", () => {
  const children: ChildProcess[] = [];
  let folder: string;
  let script: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "parent-test-"));
    script = join(folder, "plugin.mts");
    await writeFile(script, program);
  });
  after(async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  function started(env: Record<string, string> = {}) {
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      cwd: repository,
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    return { child, ended: new Promise<number | null>((resolve) => child.once("exit", resolve)) };
  }

  it("S6: ends when its parent was gone before it could look", async () => {
    const { ended } = started({ LOCAL_PARENT_PID: "1073741823" });
    assert.equal(await ended, 7);
  });

  it("S6: ends when the pipe to its standard input ends, as it does with a killed engine", async () => {
    const { child, ended } = started();
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.stdin?.end();
    assert.equal(await ended, 7);
  });

  it("S6: stays while its parent does", async () => {
    const { child, ended } = started({ LOCAL_PARENT_PID: String(process.pid) });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill("SIGTERM");
    assert.equal(await ended, null, "ended by the signal, not by itself");
  });
});

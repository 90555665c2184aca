import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeProcess, startedThen } from "./processTable";

/** What is written down about a child, to know it again after its parent was killed. */
interface Written {
  readonly pid: number;
  /** When the process started, as the system tells it; a reused pid has another. */
  readonly startedAt: string;
  /** A part of its command line that no foreign process has: the script's path. */
  readonly script: string;
  /** Who started it; while that process lives, the child is its own business. */
  readonly parent: number;
  readonly parentStartedAt: string;
}

/** Writes a child down. */
export async function writeDown(folder: string, pid: number, script: string): Promise<void> {
  const [child, parent] = await Promise.all([describeProcess(pid), describeProcess(process.pid)]);
  if (!child || !parent) return; // gone already; what waits for its health reports it
  const written: Written = {
    pid,
    startedAt: child.startedAt,
    script,
    parent: process.pid,
    parentStartedAt: parent.startedAt,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${pid}.json`), JSON.stringify(written));
}

export function strikeOut(folder: string, pid: number): Promise<void> {
  return rm(join(folder, `${pid}.json`), { force: true });
}

/**
 * Stops what an earlier run left behind when it was killed: only processes whose start and command line are still
 * those written down, and whose starter is gone.
 *
 * @returns the pids that were stopped.
 */
export async function stopLeftovers(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  const stopped: number[] = [];
  for (const name of names.filter((one) => /^\d+\.json$/.test(one))) {
    const file = join(folder, name);
    const written = parse(await readFile(file, "utf8").catch(() => ""));
    if (written) {
      const parent = await describeProcess(written.parent);
      if (startedThen(parent, written.parentStartedAt)) continue;
      const child = await describeProcess(written.pid);
      if (startedThen(child, written.startedAt) && child.command.includes(written.script)) {
        stopGroup(written.pid, "SIGKILL");
        stopped.push(written.pid);
      }
    }
    await rm(file, { force: true });
  }
  return stopped;
}

/** Signals a process group; one that is gone already is as wanted. */
export function stopGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function parse(text: string): Written | undefined {
  try {
    return JSON.parse(text) as Written;
  } catch {
    return undefined; // cut off while it was written: nothing to go by, so nothing is stopped
  }
}

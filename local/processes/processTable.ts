/** What the system says about processes. */
import { runCommand } from "../setup/command";

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** As the system tells it; a reused pid has another. */
  readonly startedAt: string;
  readonly command: string;
}

/** Whether it is the process that started at that time: some systems tell the same start a second apart. */
export function startedThen(found: ProcessFacts | undefined, startedAt: string): found is ProcessFacts {
  return found !== undefined && Math.abs(Date.parse(found.startedAt) - Date.parse(startedAt)) <= 2_000;
}

/** A process; undefined when there is none of that pid. */
export async function describeProcess(pid: number): Promise<ProcessFacts | undefined> {
  const lines = await ps(["-p", String(pid)]).catch(() => []); // ps fails when there is none
  return lines.at(0);
}

/** Processes that this one has started, and those that they have started. */
export async function descendants(of: number = process.pid): Promise<ProcessFacts[]> {
  const all = await ps(["-A"]);
  const found: ProcessFacts[] = [];
  const parents = [of];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    const own = all.filter((each) => each.parent === parent);
    found.push(...own);
    parents.push(...own.map(({ pid }) => pid));
  }
  // The ps that was asked has ended by now; tsx's compiler ends with its process.
  return found.filter(({ command }) => !command.startsWith("ps -ww") && !command.includes("esbuild --service="));
}

async function ps(which: readonly string[]): Promise<ProcessFacts[]> {
  const env = { PATH: process.env.PATH, LC_ALL: "C" };
  // "lstart" is 24 characters wide on Linux and macOS alike.
  const text = await runCommand("ps", ["-ww", "-o", "pid=,ppid=,lstart=,command=", ...which], { env });
  return text.split("\n").flatMap((line) => {
    const [, pid, parent, startedAt, command] = /^\s*(\d+)\s+(\d+)\s+(.{24})\s+(.*)$/.exec(line) ?? [];
    if (!pid || !parent || !startedAt || command === undefined) return [];
    return { pid: Number(pid), parent: Number(parent), startedAt, command };
  });
}

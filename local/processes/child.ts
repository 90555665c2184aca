import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { Socket } from "node:net";
import { dirname, join } from "node:path";
import { localFolder } from "../setup/paths";
import { stopGroup, strikeOut, writeDown } from "./leftovers";

/** Where running children are written down. */
export const pidFolder = join(localFolder, "pids");

export interface ChildArgs {
  readonly name: string;
  readonly command: string;
  /** The script, first of the arguments; by its path the process is known again. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** File that takes both outputs. */
  readonly logFile: string;
  /** Answers 200 when the child is ready. */
  readonly healthUrl: string;
  /** @default 30000 */
  readonly healthMilliseconds?: number;
}

export interface Child {
  readonly pid: number;
  /** Resolves when the child has ended without having been stopped: what it is called, how it ended, the end of its log. */
  readonly died: Promise<Error>;
  /** Ends the child and everything it started. */
  stop(): Promise<void>;
}

/**
 * Starts a child in a process group of its own and waits until it is ready. Its standard input is a pipe that this
 * process holds, so that the child sees its end when this process is gone, however it went.
 *
 * @throws Error with the end of the log when the child ends or isn't ready in time; it is stopped then.
 */
export async function startChild(args: ChildArgs): Promise<Child> {
  await mkdir(dirname(args.logFile), { recursive: true });
  const log = openSync(args.logFile, "w");
  const child = spawn(args.command, [args.script, ...args.args], {
    env: args.env,
    detached: true,
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${args.name} can't be started: ${await ended}`);
  // Neither the child nor its pipe keeps this process alive.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  const emergency = () => stopGroup(pid, "SIGKILL");
  process.on("exit", emergency);
  let isStopped = false;
  const stop = async () => {
    isStopped = true;
    process.off("exit", emergency);
    await end(child, pid, ended);
    await strikeOut(pidFolder, pid);
  };
  const died = new Promise<Error>((resolve) => {
    void ended.then(async (outcome) => {
      if (!isStopped) resolve(new Error(`${args.name} ${outcome}. ${await endOfLog(args.logFile)}`));
    });
  });
  try {
    await writeDown(pidFolder, pid, args.script);
    await ready(args, ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid, died, stop };
}

async function end(child: ChildProcess, pid: number, ended: Promise<string>): Promise<void> {
  // This process waits for it now, however long it takes.
  child.ref();
  stopGroup(pid, "SIGTERM");
  const late = setTimeout(() => stopGroup(pid, "SIGKILL"), 2_000);
  await ended;
  clearTimeout(late);
  // What the child itself had started may have outlived it.
  stopGroup(pid, "SIGKILL");
  child.stdin?.destroy();
}

async function ready(args: ChildArgs, ended: Promise<string>): Promise<void> {
  const deadline = Date.now() + (args.healthMilliseconds ?? 30_000);
  let outcome: string | undefined;
  void ended.then((text) => {
    outcome = text;
  });
  while (outcome === undefined && Date.now() < deadline) {
    const answer = await fetch(args.healthUrl, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${args.name} isn't ready: ${outcome ?? "no answer in time"}. ${await endOfLog(args.logFile)}`);
}

async function endOfLog(file: string): Promise<string> {
  const said = (await readFile(file, "utf8").catch(() => "")).trim().slice(-1_500);
  return said === "" ? `${file} is empty` : `${file} ends with:\n${said}`;
}

import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeProcess, startedThen } from "./processTable";

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
  /** Tells two that write at the same time apart. */
  readonly token: string;
}

/** Longer than a process takes from its last look at a stale lock until it has written its own. */
const settleMs = 200;

/**
 * Takes a lock that goes with this process, so that what is written beside it has one writer. A lock whose holder is
 * gone is taken over.
 *
 * @param what is started once at most, for example "npm run local"
 * @returns what gives it back; it is given back at the end of this process, too
 * @throws Error with the holder's pid
 */
export async function takeLock(file: string, what: string): Promise<() => void> {
  await mkdir(dirname(file), { recursive: true });
  const own = await describeProcess(process.pid);
  if (own === undefined) throw new Error("ps doesn't know this process");
  const mine: Holder = { pid: process.pid, startedAt: own.startedAt, token: randomUUID() };
  const text = JSON.stringify(mine);
  const refusal = ({ pid, startedAt }: Holder) =>
    new Error(
      `${what} already runs in this checkout (process ${pid}, since ${startedAt}), and two would write to the same ` +
        `places. Fix: wait until it has ended, or end it: kill ${pid}`,
    );
  const isNew = await writeFile(file, text, { flag: "wx" }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
  if (!isNew) {
    const holder = await livingHolder(file);
    if (holder) throw refusal(holder);
    const unfinished = `${file}.${mine.token}`;
    await writeFile(unfinished, text);
    await rename(unfinished, file);
    // Another one may have found the lock stale as well: the last to write has it.
    await sleep(settleMs);
    const holderNow = read(await readFile(file, "utf8").catch(() => ""));
    if (holderNow?.token !== mine.token) throw holderNow ? refusal(holderNow) : new Error(`${file} was taken away`);
  }
  const release = () => {
    process.off("exit", release);
    if (readSync(file)?.token === mine.token) rmSync(file, { force: true });
  };
  process.on("exit", release);
  return release;
}

async function livingHolder(file: string): Promise<Holder | undefined> {
  const holder = read(await readFile(file, "utf8").catch(() => ""));
  if (holder === undefined) return undefined;
  return startedThen(await describeProcess(holder.pid), holder.startedAt) ? holder : undefined;
}

function readSync(file: string): Holder | undefined {
  try {
    return read(readFileSync(file, "utf8"));
  } catch {
    return undefined; // somebody took the folder away: there is no lock any more
  }
}

/** Undefined: cut off while it was written. */
function read(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

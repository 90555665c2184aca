import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Benchmark } from "../benchmark";
import type { Measured } from "../ingestion/contender";
import { nextMessage } from "../processes";
import { grouped, median, printTable } from "../table";

const AIM = 0.7;
const MOST_MB = 256;
const CONTENDERS = {
  kit: "kit, rows in the answer",
  file: "kit, rows in a file",
  plain: "plain handler: one array, JSON.stringify",
} as const;
type Contender = keyof typeof CONTENDERS;
const names = Object.keys(CONTENDERS) as Contender[];

/**
 * Rows per CPU second through the kit, which checks keys, counts bytes and hands over page by page, beside a handler
 * that gathers everything and writes it out. Both parse the same pages and end with the answer's text.
 */
export const connector: Benchmark = {
  title: `rows per CPU second (aim: at least ${AIM} times a plain handler's), peak memory at most ${MOST_MB} MB`,
  run: async ({ rounds, full }) => {
    const results = await measureAll(rounds);
    const rate = (name: Contender) => median(results[name].map(({ items, cpuSeconds }) => items / cpuSeconds));
    printTable(
      ["", "rows", "CPU s", "rows per CPU s", "to the plain one"],
      names.map((name) => [
        CONTENDERS[name],
        grouped(results[name][0]?.items ?? 0),
        grouped(median(results[name].map(({ cpuSeconds }) => cpuSeconds)), 3),
        grouped(rate(name)),
        `${(rate(name) / rate("plain")).toFixed(2)} x`,
      ]),
    );
    console.log("");
    const peaks = await memory(full ? [100_000, 1_000_000, 5_000_000] : [100_000, 1_000_000]);
    return rate("kit") >= AIM * rate("plain") && peaks.every((peak) => peak <= MOST_MB);
  },
};

async function measureAll(rounds: number): Promise<Record<Contender, Measured[]>> {
  const children = new Map(
    names.map((name): [Contender, ChildProcess] => [name, fork(join(__dirname, "child.ts"), [name])]),
  );
  const results: Record<Contender, Measured[]> = { kit: [], file: [], plain: [] };
  try {
    for (const child of children.values()) await nextMessage(child);
    // Two rounds warm the compiler up; each round is several runs, because one is short.
    for (let round = -2; round < rounds; round += 1) {
      for (const [name, child] of children) {
        for (let run = 0; run < 5; run += 1) {
          child.send("run");
          const measured = (await nextMessage(child)) as Measured;
          if (round >= 0) results[name].push(measured);
        }
      }
    }
  } finally {
    for (const child of children.values()) child.kill();
  }
  return results;
}

/** Peak memory of the kit over more and more rows, in MB. */
async function memory(sizes: readonly number[]): Promise<number[]> {
  const peaks: { rows: number; requests: number; peakMb: number }[] = [];
  for (const rows of sizes) {
    const child = fork(join(__dirname, "memory.ts"), [String(rows)], {
      execArgv: [...process.execArgv, "--max-old-space-size=128"],
    });
    peaks.push({ rows, ...((await nextMessage(child)) as { requests: number; peakMb: number }) });
  }
  printTable(
    ["rows through the kit", "requests", "peak MB"],
    peaks.map(({ rows, requests, peakMb }) => [grouped(rows), grouped(requests), grouped(peakMb)]),
  );
  return peaks.map(({ peakMb }) => peakMb);
}

import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import type { Benchmark } from "../benchmark";
import { nextMessage } from "../processes";
import { grouped, printTable } from "../table";
import type { Report, Request } from "./child";

const MB = 1_000_000;
const SIZES = [10 * MB, 200 * MB];
const FULL_SIZES = [...SIZES, 2_000 * MB];
const MAX_MB = 256;
/** Once a process is warm, more input may not take more memory: the largest size against the one before. */
const FLAT = 1.2;
// As on Lambda, where the heap is bounded by the function's memory.
const NODE_OPTIONS = ["--no-warnings", "--max-old-space-size=230"];

/** Peak memory of collect and load over tables of rising size, a new process for each. */
export const memory: Benchmark = {
  title: `peak memory of a process (aim: at most ${MAX_MB} MB, and no more for ten times the input)`,
  run: async ({ full }) => {
    const folder = mkdtempSync(join(tmpdir(), "memory-"));
    // A process that outlives an interrupted run ends with its channel; the folder goes with the run.
    const server = fork(join(__dirname, "../ingestion/server.ts"));
    try {
      const endpoint = `http://127.0.0.1:${await nextMessage(server)}`;
      const programs = bundle(folder);
      const rows: string[][] = [];
      const peaks = new Map<string, number[]>([
        ["collect", []],
        ["load", []],
      ]);
      for (const bytes of full ? FULL_SIZES : SIZES) {
        const parts = join(folder, String(bytes));
        mkdirSync(parts);
        let request: Request = { bytes, folder: parts, messages: [] };
        let landed = 0;
        for (const name of ["collect", "load"]) {
          const { records, messages, peakMB, seconds } = await run(join(programs, `${name}.js`), request, endpoint);
          if (name === "load" && records !== landed)
            throw new Error(`${landed} records landed, ${records} were loaded.`);
          landed = records;
          request = { ...request, messages };
          peaks.get(name)?.push(peakMB);
          rows.push([name, grouped(bytes / MB), grouped(records), grouped(seconds, 1), grouped(peakMB)]);
        }
        rmSync(parts, { recursive: true });
      }
      printTable(["", "MB of CSV", "records", "s", "peak MB"], rows);
      let met = true;
      for (const [name, of] of peaks) {
        const growth = (of.at(-1) ?? 0) / (of.at(-2) ?? 1);
        const flat = !full || growth <= FLAT;
        console.log(
          `${name}: ${growth.toFixed(2)} x the memory for ten times the input or more${full ? "" : " (see --full)"}`,
        );
        met &&= flat && Math.max(...of) <= MAX_MB;
      }
      return met;
    } finally {
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

// Plain JavaScript, as deployed: what compiles TypeScript on the way would be measured with it.
function bundle(folder: string): string {
  const outdir = join(folder, "programs");
  buildSync({
    entryPoints: [join(__dirname, "collect.ts"), join(__dirname, "load.ts")],
    outdir,
    bundle: true,
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  return outdir;
}

async function run(program: string, request: Request, endpoint: string): Promise<Report> {
  const child = fork(program, { execArgv: NODE_OPTIONS, env: { PATH: process.env.PATH, BENCH_ENDPOINT: endpoint } });
  try {
    child.send(request);
    return (await nextMessage(child)) as Report;
  } finally {
    child.kill();
  }
}

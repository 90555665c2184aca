import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Benchmark } from "../benchmark";
import { nextMessage } from "../processes";
import { grouped, median, printTable } from "../table";
import type { Measured } from "./contender";

const AIM = 4;
const CONTENDERS = {
  ours: "load function, from its gzipped landing part",
  peer: "csv-parse + lib-dynamodb, from the CSV file",
} as const;
type Contender = keyof typeof CONTENDERS;

/**
 * Items per CPU second of the load function, beside the usual way. Both start from their usual input, which holds the
 * same rows, write the same items to the same server over HTTP and keep 8 batches in flight.
 */
export const ingestion: Benchmark = {
  title: `items per CPU second (aim: at least ${AIM} times the peer's)`,
  run: async ({ rounds }) => {
    const server = fork(join(__dirname, "server.ts"));
    const port = await nextMessage(server);
    const env = { ...process.env, BENCH_ENDPOINT: `http://127.0.0.1:${port}` };
    const children = { ours: start("ours", env), peer: start("peer", env) };
    const results: Record<Contender, Measured[]> = { ours: [], peer: [] };
    try {
      for (const child of Object.values(children)) await nextMessage(child);
      // Two rounds warm the compiler up.
      for (let round = -2; round < rounds; round += 1) {
        for (const name of ["ours", "peer"] as const) {
          const measured = await measure(children[name]);
          if (round >= 0) results[name].push(measured);
        }
      }
    } finally {
      for (const child of [server, ...Object.values(children)]) child.kill();
    }
    const rate = (name: Contender) => median(results[name].map(({ items, cpuSeconds }) => items / cpuSeconds));
    const row = (name: Contender) => [
      CONTENDERS[name],
      grouped(results[name][0]?.items ?? 0),
      grouped(median(results[name].map(({ cpuSeconds }) => cpuSeconds)), 2),
      grouped(median(results[name].map(({ seconds }) => seconds)), 2),
      grouped(rate(name)),
      `${(rate(name) / rate("peer")).toFixed(2)} x`,
    ];
    printTable(["", "items", "CPU s", "s", "items per CPU s", "to the peer"], [row("ours"), row("peer")]);
    return rate("ours") >= AIM * rate("peer");
  },
};

function start(name: Contender, env: NodeJS.ProcessEnv): ChildProcess {
  return fork(join(__dirname, `${name}.ts`), { env });
}

async function measure(child: ChildProcess): Promise<Measured> {
  child.send("run");
  return (await nextMessage(child)) as Measured;
}

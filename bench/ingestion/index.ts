import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Benchmark } from "../benchmark";
import { grouped, median, printTable } from "../table";
import type { Measured } from "./contender";

const AIM = 4;
const CONTENDERS = { ours: "load function", peer: "csv-parse + lib-dynamodb" } as const;
type Contender = keyof typeof CONTENDERS;

/** Items per CPU second of the load function, beside the usual way, on the same rows. */
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

/** The child's next message. @throws Error when it ends instead. */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      once(child, "message", stop).then(([message]) => message as unknown),
      once(child, "exit", stop).then(([code]) => {
        throw new Error(`A process of the benchmark ended with ${code}.`);
      }),
    ]);
  } finally {
    stop.abort();
  }
}

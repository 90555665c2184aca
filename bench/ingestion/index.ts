import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Benchmark } from "../benchmark";
import { nextMessage } from "../processes";
import { grouped, median, printTable } from "../table";
import type { Measured } from "./contender";
import type { Written } from "./server";

const AIM = 4;
const CONTENDERS = {
  ours: "collect + load, from the CSV file",
  peer: "csv-parse + lib-dynamodb, from the CSV file",
} as const;
type Contender = keyof typeof CONTENDERS;
const NAMES = ["ours", "peer"] as const;

/**
 * Items per CPU second of both functions together, beside the usual way. Both read the same file, write the same items,
 * which the server compares first, over HTTP to the same server, and keep 8 batches in flight. What S3 takes for the
 * file and the landing parts isn't counted.
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
      await compare(server, children);
      // Two rounds warm the compiler up.
      for (let round = -2; round < rounds; round += 1) {
        for (const name of NAMES) {
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
    printTable(["", "items", "CPU s", "s", "items per CPU s", "to the peer"], NAMES.map(row));
    return rate("ours") >= AIM * rate("peer");
  },
};

/** @throws Error when the contenders don't write the same items. */
async function compare(server: ChildProcess, children: Readonly<Record<Contender, ChildProcess>>): Promise<void> {
  const written: Written[] = [];
  for (const name of NAMES) {
    server.send("compare");
    await measure(children[name]);
    server.send("tell");
    written.push((await nextMessage(server)) as Written);
  }
  const [ours, peer] = written;
  if (ours?.items !== peer?.items || ours?.digest !== peer?.digest || ours?.items === 0) {
    throw new Error(`The contenders write different items: ${JSON.stringify({ ours, peer })}.`);
  }
  console.log(`The same ${grouped(ours?.items ?? 0)} items, by hash ${ours?.digest.slice(0, 16)}.\n`);
}

function start(name: Contender, env: NodeJS.ProcessEnv): ChildProcess {
  return fork(join(__dirname, `${name}.ts`), { env });
}

async function measure(child: ChildProcess): Promise<Measured> {
  child.send("run");
  return (await nextMessage(child)) as Measured;
}

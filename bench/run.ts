import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark";

// Loaded by name, so that one benchmark doesn't pay for what another imports.
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  ingestion: async () => (await import("./ingestion/index.js")).ingestion,
  scaling: async () => (await import("./scaling/index.js")).scaling,
  memory: async () => (await import("./memory/index.js")).memory,
  bundles: async () => (await import("./bundles.js")).bundles,
  preview: async () => (await import("./preview.js")).preview,
  policies: async () => (await import("./policies/index.js")).policies,
  delta: async () => (await import("./delta/index.js")).delta,
  kafka: async () => (await import("./kafka/index.js")).kafka,
  connector: async () => (await import("./connector/index.js")).connector,
};

const HELP = `Usage: npm run bench -- [name …] [--rounds N] [--full]

Names: ${Object.keys(benchmarks).join(", ")}; without a name all of them run.

  --rounds N  measured rounds, in which a benchmark and its peer take turns (default 5)
  --full      also what takes minutes
  --help      this text

Ends with 1 when an aim is missed, with 2 when the arguments are wrong.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "5" },
      full: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) return refuse(`--rounds ${values.rounds} isn't a number of rounds`);
  const unknown = positionals.filter((name) => benchmarks[name] === undefined);
  if (unknown.length > 0) return refuse(`No benchmark ${unknown.join(", ")}`);
  let met = true;
  for (const name of positionals.length > 0 ? positionals : Object.keys(benchmarks)) {
    const benchmark = await benchmarks[name]?.();
    if (benchmark === undefined) continue;
    console.log(`\n${name}: ${benchmark.title}\n`);
    met = (await benchmark.run({ full: values.full, rounds })) && met;
  }
  return met ? 0 : 1;
}

function refuse(problem: string): number {
  console.error(`${problem}.\n\n${HELP}`);
  return 2;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error && "code" in error ? `${error.message}\n\n${HELP}` : error);
    process.exitCode = 2;
  },
);

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Benchmark } from "./benchmark";
import { grouped, median, printTable } from "./table";

const FUNCTIONS = join(__dirname, "../functions");
const MAX_KB = 800;
const MAX_LOAD_MS = 100;

/** Size of each function's bundle, and how long its modules take to load. */
export const bundles: Benchmark = {
  title: `minified bundle (aim: at most ${MAX_KB} KB) and module load (aim: at most ${MAX_LOAD_MS} ms)`,
  run: async ({ rounds }) => {
    const folder = mkdtempSync(join(tmpdir(), "bundles-"));
    try {
      const rows: string[][] = [];
      let met = true;
      const names = readdirSync(FUNCTIONS).filter((name) => existsSync(join(FUNCTIONS, name, "handler.ts")));
      for (const name of names.sort()) {
        const bundle = join(folder, `${name}.mjs`);
        await bundleTo(join(FUNCTIONS, name, "handler.ts"), bundle);
        const kilobytes = statSync(bundle).size / 1000;
        const times = Array.from({ length: rounds }, () => loadTime(bundle, folder));
        met &&= kilobytes <= MAX_KB && median(times) <= MAX_LOAD_MS;
        rows.push([name, grouped(kilobytes), grouped(median(times)), grouped(Math.min(...times))]);
      }
      // The peer: what a handler costs that does nothing but import the one client it needs.
      const bare = join(folder, "bare.mjs");
      await bundleTo(undefined, bare);
      const times = Array.from({ length: rounds }, () => loadTime(bare, folder));
      const size = grouped(statSync(bare).size / 1000);
      rows.push(["(DynamoDB client alone)", size, grouped(median(times)), grouped(Math.min(...times))]);
      printTable(["function", "KB", "load ms, median", "best"], rows);
      return met;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function bundleTo(entry: string | undefined, outfile: string): Promise<void> {
  const contents = 'export * as client from "@aws-sdk/client-dynamodb";';
  await build({
    ...(entry === undefined ? { stdin: { contents, resolveDir: __dirname } } : { entryPoints: [entry] }),
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    // Libraries in CommonJS that esbuild can't turn into ESM ask for require.
    banner: { js: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' },
    logLevel: "error",
  });
}

// Every handler reads its environment and config.json when it is loaded; a proxy has a value for each name.
function loadTime(bundle: string, folder: string): number {
  writeFileSync(join(folder, "config.json"), '{"sources":[],"limits":{}}');
  const script = `
    const known = { ...process.env, KEY_ATTRIBUTES: JSON.stringify(["pk", "sk"]), LAMBDA_TASK_ROOT: ${JSON.stringify(folder)}, AWS_REGION: "us-east-1" };
    delete known.AWS_ENDPOINT_URL;
    process.env = new Proxy(known, {
      get: (env, name) => env[name] ?? (/^[A-Z][A-Z0-9_]*$/.test(String(name)) && !/^(AWS_|POWERTOOLS|_X_|NODE|LAMBDA)/.test(String(name)) ? "1" : undefined),
    });
    const start = performance.now();
    await import(${JSON.stringify(bundle)});
    console.log("loaded in " + (performance.now() - start));
    process.exit(0);`;
  const output = execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
  });
  return Number(/loaded in ([\d.]+)/.exec(output)?.[1]);
}

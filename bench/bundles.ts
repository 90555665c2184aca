import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { functionFolders, makeBundle } from "../components/parts/bundle";
import { VERSION_ORDERS } from "../functions/export-delta-import/shared/versionOrder";
import type { Benchmark } from "./benchmark";
import { grouped, median, printTable } from "./table";

const MAX_KB = 800;
const MAX_LOAD_MS = 100;
const MIN_RUNS = 15;
/** What the functions read beside their code when they are loaded; each heeds its own. */
const config = JSON.stringify({ sources: [], limits: {}, tables: [], prefix: "", versionOrder: VERSION_ORDERS[0] });
const PEER = "(DynamoDB client alone)";

/** Size of each function's bundle as it is deployed, and how long its modules take to load in a new Node.js. */
export const bundles: Benchmark = {
  title: `minified bundle (aim: at most ${MAX_KB} KB) and module load (aim: at most ${MAX_LOAD_MS} ms)`,
  run: async ({ rounds }) => {
    const folder = mkdtempSync(join(tmpdir(), "bundles-"));
    try {
      const codes = new Map(functionFolders().map((name) => [name, makeBundle(name).code]));
      // The peer: what a handler costs that does nothing but import the one client it needs, whole.
      codes.set(PEER, bundleOfClient());
      const times = new Map<string, number[]>();
      for (const [name, code] of codes) {
        mkdirSync(join(folder, name), { recursive: true });
        writeFileSync(join(folder, name, "index.mjs"), code);
        writeFileSync(join(folder, name, "config.json"), config);
        times.set(name, []);
      }
      // They take turns, so that a disturbance of the machine meets all of them.
      for (let run = 0; run < Math.max(rounds, MIN_RUNS); run += 1) {
        for (const [name, list] of times) list.push(loadTime(join(folder, name)));
      }
      const ofPeer = median(times.get(PEER) ?? []);
      let met = true;
      const rows = [...codes].map(([name, code]) => {
        const kilobytes = Buffer.byteLength(code) / 1000;
        const list = times.get(name) ?? [];
        if (name !== PEER) met &&= kilobytes <= MAX_KB && median(list) <= MAX_LOAD_MS;
        const toPeer = `${(median(list) / ofPeer).toFixed(2)} x`;
        return [name, grouped(kilobytes), grouped(median(list)), grouped(Math.min(...list)), toPeer];
      });
      printTable(["function", "KB", "load ms, median", "best", "to the client"], rows);
      return met;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function bundleOfClient(): string {
  const contents = 'export * as client from "@aws-sdk/client-dynamodb";';
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: __dirname },
    write: false,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
    mainFields: ["module", "main"],
    banner: { js: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' },
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

// Every handler reads its environment and config.json when it is loaded; a proxy has a value for each name.
function loadTime(folder: string): number {
  const script = `
    const known = { PATH: process.env.PATH, KEY_ATTRIBUTES: '["pk","sk"]', VERSION_ORDER: ${JSON.stringify(VERSION_ORDERS[0])}, LAMBDA_TASK_ROOT: ${JSON.stringify(folder)}, AWS_REGION: "us-east-1" };
    process.env = new Proxy(known, {
      get: (env, name) => env[name] ?? (/^[A-Z][A-Z0-9_]*$/.test(String(name)) && !/^(AWS_|POWERTOOLS|_X_|NODE|LAMBDA)/.test(String(name)) ? "1" : undefined),
    });
    const start = performance.now();
    await import(${JSON.stringify(join(folder, "index.mjs"))});
    console.log("loaded in " + (performance.now() - start));
    process.exit(0);`;
  // Plain Node.js: the options that this process was started with load tsx.
  const output = execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
    encoding: "utf8",
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
  });
  return Number(/loaded in ([\d.]+)/.exec(output)?.[1]);
}

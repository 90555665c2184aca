import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../shared/commandLine";
import type { Row } from "./checkAnswer";
import { loadConnector } from "./inProcess";
import { HELP, type InvokeOptions, parseOptions } from "./options";
import { type PlayOptions, type Progress, play, playTest } from "./play";
import { progressLine, stderrLog, summaryLines } from "./report";
import type { LocalStore } from "./store";

export async function run(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const secrets = readObject("secrets", options.secrets);
  const state = options.state !== undefined && existsSync(options.state) ? readObject("state", options.state) : {};
  const { invoke, bucket } = await connect(options);
  if (options.method === "s3" && bucket === undefined) {
    throw new UsageError(`--method s3 needs a connector written with the kit; ${options.connector} isn't`);
  }
  const request: PlayOptions = {
    invoke,
    secrets,
    state,
    payload: options.payload,
    ...(options.method === "s3" ? { bucket } : {}),
    onProgress: showProgress,
  };
  if (options.test) {
    await playTest(request);
    console.log("Connection test passed.");
    return 0;
  }
  const result = await play(request);
  if (process.stdout.isTTY) process.stdout.write("\n");
  console.log(`\n${summaryLines(result).join("\n")}`);
  if (options.rows !== undefined) writeRows(options.rows, result.store);
  const text = JSON.stringify(result.state, undefined, 2);
  if (options.state === undefined) console.log(`State: ${text}`);
  else {
    writeFileSync(options.state, `${text}\n`);
    console.log(`State written to ${options.state}.`);
  }
  return 0;
}

async function connect(options: InvokeOptions): Promise<Pick<PlayOptions, "invoke" | "bucket">> {
  if (options.connector !== undefined) {
    // A handler of the kit wants it when it is called itself; nothing is written under this name.
    process.env.PIPELINE ??= "fivetran-invoke";
    return loadConnector(options.connector, options.timeoutMs, stderrLog(console.error), options.startFrom);
  }
  // Loaded only when needed: a connector in this process does without the SDK.
  const { lambdaConnector } = await import("./inLambda.js");
  return lambdaConnector({ ...options, functionName: options.function ?? "" });
}

function showProgress(progress: Progress): void {
  const line = progressLine(progress);
  process.stdout.write(process.stdout.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
}

function readObject(option: string, path: string): Row {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // Without the cause: the parser's message quotes the file, which may be the one with the secrets.
    const reason = error instanceof SyntaxError ? "it isn't JSON" : (error as Error).message;
    throw new UsageError(`--${option} ${path}: ${reason}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new UsageError(`--${option} ${path} isn't a JSON object`);
  }
  return parsed as Row;
}

function writeRows(folder: string, store: LocalStore): void {
  mkdirSync(folder, { recursive: true });
  for (const table of store.tables) {
    const lines = store.rows(table).map((row) => `${JSON.stringify(row)}\n`);
    writeFileSync(join(folder, `${table.replace(/[^\w.-]/g, "_")}.ndjson`), lines.join(""));
  }
}

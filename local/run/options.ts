import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { StackConfig } from "../../stacks/schema";

export interface RunOptions {
  readonly keep: boolean;
  readonly list: boolean;
  readonly report?: string;
  /** Where the page goes. */
  readonly page?: string;
  /** The user's own files, instead of the samples. */
  readonly files: readonly OwnFile[];
  /** Folder with the user's own exports, instead of the samples. */
  readonly exports?: string;
  /** Secrets of the user's own connectors, by the connector's name. */
  readonly secrets: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Seconds until the data has to be there. */
  readonly timeout: number;
}

export interface OwnFile {
  readonly source: string;
  readonly path: string;
  /** The object's key in the source's bucket. */
  readonly key: string;
}

/** What the stack has. */
export interface Known {
  readonly sources: Sources;
  readonly connectors: readonly { readonly name: string }[];
}

type Sources = readonly Pick<StackConfig["sources"][number], "name" | "prefix" | "suffix">[];

export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const help = `npm run local [-- OPTIONS]

Starts an embedded local cloud, runs a real pulumi up of the stack "local" with the policy pack on, sends real
tables through every pipeline, calls the connectors as Fivetran does, runs the orchestration (Fivetran's syncs, then
dbt), produces to the Kafka sinks' topics, and counts in the stores what arrived. Needs no account and no Docker; the
Kafka broker is built with Go.

  --keep               stay up afterwards; prints the endpoints, how to drop a file, and where the page is served.
                       Ctrl-C ends it
  --list               only list the sources and tables of the local stack
  --file SOURCE=PATH   send your own file through a source instead of the samples; may be repeated.
                       The source "inbox" takes anything: format and compression are detected
  --exports FOLDER     send your own full exports instead of the samples: FOLDER/tables.json (the argument "tables" of
                       ExportDeltaImport, added to the stack's) and FOLDER/TENANT/TABLE/VERSION/FILE.gz. They are
                       uploaded version by version, and the target has to be the last one
  --secrets NAME=FILE  call your own connector NAME with the secrets in FILE, JSON as Fivetran sends it: a
                       connection test and one sync over its own source. May be repeated. The example connector
                       has a local source and needs none
  --report FILE        write what is printed at the end as JSON; its form is RunReport in local/run/report.ts
  --page FILE          write it as one HTML page to look at, which needs nothing else: what arrived, what didn't and
                       why, what flowed where, runs on a timeline, who may do what, policies, resources
  --timeout SECONDS    how long the data may take to arrive (default 300)
  --help               this text

Exit code 0: everything arrived. 1: something didn't, or failed. 2: wrong arguments. 130: Ctrl-C.`;

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(args: readonly string[], known: Known): RunOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const timeout = Number(values.timeout ?? 300);
  if (!Number.isInteger(timeout) || timeout < 1) {
    throw new UsageError(`--timeout ${values.timeout} isn't a number of seconds, for example 300`);
  }
  return {
    keep: values.keep ?? false,
    list: values.list ?? false,
    report: values.report && placeOf(values.report, "--report"),
    page: values.page && placeOf(values.page, "--page"),
    files: (values.file ?? []).map((text) => fileOf(text, known.sources)),
    exports: exportsOf(values.exports),
    secrets: new Map((values.secrets ?? []).map((text) => secretsOf(text, known.connectors))),
    timeout,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        keep: { type: "boolean" },
        list: { type: "boolean" },
        report: { type: "string" },
        page: { type: "string" },
        exports: { type: "string" },
        secrets: { type: "string", multiple: true },
        file: { type: "string", multiple: true },
        timeout: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A file to write, told at once: the run takes minutes before it writes. */
function placeOf(file: string, option: string): string {
  const folder = dirname(file);
  if (!existsSync(folder))
    throw new UsageError(`${option} ${file}: there is no folder ${folder}. Fix: mkdir -p ${folder}`);
  if (existsSync(file) && !statSync(file).isFile()) throw new UsageError(`${option} ${file}: ${file} isn't a file`);
  return file;
}

function exportsOf(folder: string | undefined): string | undefined {
  if (folder !== undefined && !existsSync(join(folder, "tables.json"))) {
    throw new UsageError(
      `--exports ${folder}: there is no ${join(folder, "tables.json")}, which says how the tables are read`,
    );
  }
  return folder;
}

function secretsOf(text: string, connectors: Known["connectors"]): [string, Readonly<Record<string, unknown>>] {
  const at = text.indexOf("=");
  const [name, path] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1) throw new UsageError(`--secrets ${text}: write it as CONNECTOR=FILE, for example crm=.local/crm.json`);
  if (!connectors.some((each) => each.name === name)) {
    const known = connectors.map((each) => each.name).join(", ") || "none";
    throw new UsageError(`--secrets ${text}: there is no connector ${JSON.stringify(name)}; there are ${known}`);
  }
  return [name, parsed(path, `--secrets ${text}`)];
}

function parsed(path: string, option: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) throw new UsageError(`${option}: there is no file ${path}`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    value = undefined; // the parser's message would quote the secrets
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError(`${option}: ${path} isn't a JSON object, for example {"apiKey":"…"}`);
}

function fileOf(text: string, sources: Sources): OwnFile {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--file ${text}: write it as SOURCE=PATH, for example inbox=orders.csv`);
  const name = text.slice(0, at);
  const path = text.slice(at + 1);
  const source = sources.find((each) => each.name === name);
  if (source === undefined) {
    const known = sources.map((each) => each.name).join(", ");
    throw new UsageError(`--file ${text}: there is no source ${JSON.stringify(name)}; there are ${known}`);
  }
  if (!existsSync(path)) throw new UsageError(`--file ${text}: there is no file ${path}`);
  if (!statSync(path).isFile()) throw new UsageError(`--file ${text}: ${path} isn't a file`);
  const { prefix = "", suffix = "" } = source;
  const key = prefix + basename(path);
  if (!key.endsWith(suffix)) {
    const others = sources.filter((each) => basename(path).endsWith(each.suffix ?? "")).map((each) => each.name);
    throw new UsageError(
      `--file ${text}: the source ${name} takes only files whose names end in ${suffix}. ` +
        `Fix: rename the file${others.length > 0 ? `, or send it to ${others.join(" or ")}` : ""}`,
    );
  }
  return { source: name, path, key };
}

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

export const HELP = `Usage: npm run replay -- --source NAME [options]

Sends the collect queue an event for each object of a source that the ledger doesn't have as done: events that were
missed, and files that stopped half-way.

What to replay:
  --source NAME       source, as the pipeline names it
  --prefix P          only keys that begin with P
  --since ISO         only objects written at that time or later, for example 2026-01-31 or 2026-01-31T12:00:00Z
  --force             also objects that are loaded or quarantined: forgets their ledger entries, so that they are
                      collected and loaded anew. Items that a newer upload has written stay as they are.
  --dry-run           lists what would be sent, sends and changes nothing

Where (each is read from --outputs when not given):
  --bucket NAME       source bucket
  --queue-url URL     the collect queue
  --ledger-table NAME the ledger
  --outputs FILE      JSON of \`pulumi stack output --json\` with collectQueueUrl, ledgerTableName and
                      sourceBuckets ({source: bucket}), at its top level or inside the one output named by --component
  --component NAME    that output

Region, credentials and endpoints come from the environment, as with the AWS CLI.
Ends with 0 when all was sent, 1 when something failed, 2 when the arguments are wrong.`;

export interface ReplayOptions {
  readonly source: string;
  readonly prefix: string;
  readonly since?: Date;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly ledgerTable: string;
}

/** A mistake in the command line; the message says which and what to give. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(args: readonly string[], readFile = readText): ReplayOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const source = values.source;
  if (!source) throw new UsageError("--source is missing: give the source's name");
  const outputs = values.outputs === undefined ? {} : readOutputs(values.outputs, values.component, readFile);
  const need = (flag: string, given: string | undefined, output: unknown): string => {
    if (given) return given;
    if (typeof output === "string" && output !== "") return output;
    throw new UsageError(
      `--${flag} is missing${values.outputs ? ` and not in ${values.outputs} either` : ": give it, or --outputs"}`,
    );
  };
  const since = values.since === undefined ? undefined : new Date(values.since);
  if (since !== undefined && Number.isNaN(since.getTime())) {
    throw new UsageError(`--since ${values.since} isn't a time: write it like 2026-01-31T12:00:00Z`);
  }
  const buckets = outputs.sourceBuckets as Record<string, unknown> | undefined;
  return {
    source,
    prefix: values.prefix ?? "",
    since,
    force: values.force ?? false,
    dryRun: values["dry-run"] ?? false,
    bucket: need("bucket", values.bucket, buckets?.[source]),
    queueUrl: need("queue-url", values["queue-url"], outputs.collectQueueUrl),
    ledgerTable: need("ledger-table", values["ledger-table"], outputs.ledgerTableName),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        source: { type: "string" },
        prefix: { type: "string" },
        since: { type: "string" },
        force: { type: "boolean" },
        "dry-run": { type: "boolean" },
        bucket: { type: "string" },
        "queue-url": { type: "string" },
        "ledger-table": { type: "string" },
        outputs: { type: "string" },
        component: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

function readOutputs(path: string, component: string | undefined, readFile: (path: string) => string) {
  let outputs: unknown;
  try {
    outputs = JSON.parse(readFile(path));
  } catch (cause) {
    throw new UsageError(`--outputs ${path}: ${(cause as Error).message}`, { cause });
  }
  const chosen = component === undefined ? outputs : (outputs as Record<string, unknown> | null)?.[component];
  if (typeof chosen !== "object" || chosen === null) {
    throw new UsageError(
      component ? `--component ${component} is no object in ${path}` : `--outputs ${path} is no JSON object`,
    );
  }
  return chosen as Record<string, unknown>;
}

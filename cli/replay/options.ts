import { outputsFlags, parseFlags, StackOutputs, switches, textFlags, UsageError } from "../shared/commandLine";

export const HELP = `Usage: npx pulumi-data-pipelines replay --source NAME [options]

Sends the collect queue an event for each object of a source that the ledger doesn't have as done: events that were
missed, and files that stopped half-way.

What to replay:
  --source NAME       source, as the pipeline names it
  --prefix P          only keys that begin with P
  --since ISO         only objects written at that time or later, for example 2026-01-31 or 2026-01-31T12:00:00Z
  --force             also objects that are loaded or quarantined: a new attempt, collected and loaded
                      anew. Items that a newer upload has written stay as they are. Snowpipe loads the new attempt's
                      files too: its rows are there twice, told apart by their file.
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

const flags = {
  ...outputsFlags,
  ...textFlags("source", "prefix", "since", "bucket", "queue-url", "ledger-table"),
  ...switches("force", "dry-run"),
};

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions(args: readonly string[], readFile?: (path: string) => string): ReplayOptions | undefined {
  const values = parseFlags(args, flags);
  if (values.help) return undefined;
  const source = values.source;
  if (!source) throw new UsageError("--source is missing: give the source's name");
  const outputs = new StackOutputs(values, readFile);
  const since = values.since === undefined ? undefined : new Date(values.since);
  if (since !== undefined && Number.isNaN(since.getTime())) {
    throw new UsageError(`--since ${values.since} isn't a time: write it like 2026-01-31T12:00:00Z`);
  }
  const buckets = outputs.get("sourceBuckets") as Record<string, unknown> | undefined;
  return {
    source,
    prefix: values.prefix ?? "",
    since,
    force: values.force ?? false,
    dryRun: values["dry-run"] ?? false,
    bucket: outputs.need("bucket", values.bucket, buckets?.[source]),
    queueUrl: outputs.need("queue-url", values["queue-url"], outputs.get("collectQueueUrl")),
    ledgerTable: outputs.need("ledger-table", values["ledger-table"], outputs.get("ledgerTableName")),
  };
}

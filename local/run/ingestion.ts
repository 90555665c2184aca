/** Files through S3ToDynamoDb: put into their sources' buckets, counted in the table and in quarantine. */
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { DetectedFormat, FileEntry } from "../../functions/s3-to-dynamodb/ledger/types";
import type { StackConfig } from "../../stacks/schema";
import { countItems, fileKey, type Quarantined, readQuarantine } from "./counts";
import { type Entries, type Ingested, isSettled } from "./ingested";
import type { Pipeline, Plan, Run } from "./pipeline";
import { number } from "./print";
import type { FileReport } from "./report";
import { secondsSince, until } from "./waiting";

export function ingestion({ config, ingested }: Plan): Pipeline | undefined {
  const { files } = ingested;
  if (files.length === 0) return undefined;
  return {
    name: "files",
    title: `Sending ${files.length} files to their sources`,
    async send({ clients, outputs }) {
      for (const { source, name, body } of files) {
        await clients.s3.send(new PutObjectCommand({ Bucket: outputs.sourceBuckets[source], Key: name, Body: body }));
      }
    },
    async wait(run) {
      const seconds = await settle(ingested, run);
      const entries = await ingested.entries(run);
      const isComplete = seconds.size === files.length;
      const items = isComplete ? await ingested.items(run) : await countItems(run.clients, run.outputs.tableName);
      const quarantine = await readQuarantine(run.clients, run.outputs.landingBucketName);
      const reports = files.map((file) => {
        const key = fileKey(file.source, file.name);
        const counted = { items: items.get(key) ?? 0, quarantined: quarantine.get(key) ?? [] };
        const about = { source: file.source, file: file.name, seconds: seconds.get(key) ?? null };
        return fileReport(
          { ...about, target: run.outputs.tableName, read: file.records, entry: entries.get(key), ...counted },
          config,
        );
      });
      const rows = [...items.values()].reduce((sum, count) => sum + count, 0);
      return {
        files: reports,
        tables: [{ name: run.outputs.tableName, rows }],
        lines: [],
        problems: reports.flatMap((report) => problemsOf(report, run.timeoutSeconds)),
      };
    },
    async hints({ outputs }) {
      const source = inboxOf(config);
      return [
        {
          title: `Drop a file into the source ${source}`,
          command: `aws s3 cp FILE s3://${outputs.sourceBuckets[source]}/`,
        },
        {
          title: "Look at the table",
          command: `aws dynamodb scan --table-name ${outputs.tableName} --max-items 5`,
        },
      ];
    },
  };
}

/** The seconds that each file took, by its key; a file that isn't settled in time has none. */
async function settle(ingested: Ingested, run: Run): Promise<ReadonlyMap<string, number>> {
  const start = Date.now();
  const seconds = new Map<string, number>();
  await until(run.timeoutSeconds, async () => {
    const entries = await ingested.entries(run);
    for (const { source, name } of ingested.files) {
      const key = fileKey(source, name);
      if (!seconds.has(key) && isSettled(entries.get(key))) seconds.set(key, secondsSince(start));
    }
    run.tell(`${seconds.size} of ${ingested.files.length} through, ${number(loadedOf(entries))} records in DynamoDB`);
    return seconds.size === ingested.files.length;
  });
  return seconds;
}

function loadedOf(entries: Entries): number {
  return [...entries.values()].reduce((sum, { loaded }) => sum + loaded, 0);
}

interface Counted {
  readonly source: string;
  readonly file: string;
  readonly target?: string;
  readonly seconds: number | null;
  /** Records by a reader of ours; of the user's own file only the pipeline has counted them. */
  readonly read: number | undefined;
  readonly entry: (Pick<FileEntry, "status" | "read" | "loaded" | "reason"> & DetectedFormat) | undefined;
  readonly items: number;
  readonly quarantined: readonly Quarantined[];
}

/** One file's line from what the stores hold of it. */
export function fileReport(counted: Counted, { sources }: Pick<StackConfig, "sources">): FileReport {
  const { source, file, target, seconds, entry, items, quarantined } = counted;
  const isKeyed = (sources.find(({ name }) => name === source)?.keyFields ?? []).length > 0;
  const refused = entry?.status === "quarantined" ? (entry.reason ?? "no reason given") : undefined;
  return {
    pipeline: "S3ToDynamoDb",
    source,
    file,
    target,
    detected: entry && detectedOf(entry),
    read: counted.read ?? entry?.read ?? 0,
    loaded: items,
    quarantined: quarantined.filter(({ record }) => record > 0).length,
    ...(isKeyed && entry && entry.loaded > items ? { replaced: entry.loaded - items } : {}),
    refused,
    reasons: quarantined.map(({ record, reason }) => ({ record, reason })),
    seconds,
  };
}

function detectedOf({ format, delimiter, encoding, compression }: DetectedFormat): DetectedFormat {
  return { format, delimiter, encoding, compression };
}

/** What is wrong with a file beside records that are unaccounted for. */
export function problemsOf({ source, file, loaded, refused, reasons, seconds }: FileReport, timeout: number): string[] {
  if (seconds === null) return [`${source}, ${file}: isn't through within ${timeout} s`];
  if (refused !== undefined) return [`${source}, ${file}: refused whole: ${refused}`];
  if (loaded > 0) return [];
  const why = reasons[0] === undefined ? "it has no records" : `for example ${reasons[0].reason}`;
  return [`${source}, ${file}: nothing of it was loaded; ${why}`];
}

/** The source that takes anything, else the last one. */
function inboxOf({ sources }: StackConfig): string {
  const inbox = sources.find(({ prefix = "", suffix = "", format = "auto", compression = "auto" }) => {
    return prefix === "" && suffix === "" && format === "auto" && compression === "auto";
  });
  return (inbox ?? sources.at(-1))?.name ?? "";
}

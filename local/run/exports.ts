/** Successive full exports through ExportDeltaImport, one after the other, each compared with a reckoning of its own. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AttributeValue, paginateScan } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { VersionEntry } from "../../functions/export-delta-import/registry/entries";
import { DynamoDbStore } from "../../functions/export-delta-import/registry/store";
import type { ImportSettings } from "../../stacks/schema";
import { type ExportFile, exportSamples } from "../samples/exports";
import { type ExpectedRow, type Reckoning, reckon } from "./exportReckoning";
import type { Pipeline, Plan, Run } from "./pipeline";
import { number, table } from "./print";
import type { DeltaReport, Outcome } from "./report";
import { secondsSince, until } from "./waiting";

type TableSettings = ImportSettings["tables"][number];

export function exports({ config, isOwnFiles, exportsFolder }: Plan): Pipeline | undefined {
  const settings = config.imports;
  if (settings === undefined) return undefined;
  const own = exportsFolder === undefined ? undefined : readExportsFolder(exportsFolder);
  const tables = [...(own?.tables ?? []), ...settings.tables.filter((each) => !own?.tables.some(isSame(each)))];
  const files = own?.files ?? exportSamples();
  return {
    name: "exports",
    title: `Uploading ${files.length} exports, one version after the other`,
    rests: isOwnFiles && own === undefined,
    async prepare(_cloud, all) {
      return { ...all, "data-pipelines:imports": { ...settings, tables } };
    },
    async wait(run) {
      const groups = grouped(files);
      // Tables side by side, as the lock allows it.
      const imports = groups.map((versions) => importTable(versions, settingsOf(tables, versions), run));
      return exportsOutcome(await Promise.all(imports));
    },
    async hints({ outputs }) {
      return [
        {
          title: "Upload an export",
          command: `aws s3 cp FILE.csv.gz s3://${outputs.imports?.exportsBucketName}/acme/airports/20260103_V0001/`,
        },
      ];
    },
  };
}

const isSame =
  (one: TableSettings) =>
  (other: TableSettings): boolean =>
    one.table === other.table;

/** `tables.json` and `TENANT/TABLE/VERSION/FILE.gz`. @throws Error when there is neither */
export function readExportsFolder(folder: string): {
  readonly tables: readonly TableSettings[];
  readonly files: readonly ExportFile[];
} {
  const tables = JSON.parse(readFileSync(join(folder, "tables.json"), "utf8")) as readonly TableSettings[];
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => ({ path, parts: path.split(/[\\/]/) }))
    .filter(({ parts }) => parts.length === 4 && parts[3]?.endsWith(".gz"))
    .map(({ path, parts: [tenant = "", name = "", version = "", file = ""] }) => ({
      tenant,
      table: name,
      version,
      name: file,
      body: readFileSync(join(folder, path)),
    }));
  if (files.length === 0) throw new Error(`${folder} has no TENANT/TABLE/VERSION/FILE.gz`);
  return { tables, files };
}

/** Each table's versions in their order, each version's files. */
function grouped(files: readonly ExportFile[]): ExportFile[][][] {
  const tables = new Map<string, Map<string, ExportFile[]>>();
  for (const file of [...files].sort((a, b) => (a.version < b.version ? -1 : a.version > b.version ? 1 : 0))) {
    const versions = tables.get(`${file.tenant}/${file.table}`) ?? new Map<string, ExportFile[]>();
    versions.set(file.version, [...(versions.get(file.version) ?? []), file]);
    tables.set(`${file.tenant}/${file.table}`, versions);
  }
  return [...tables.values()].map((versions) => [...versions.values()]);
}

function settingsOf(tables: readonly TableSettings[], versions: readonly (readonly ExportFile[])[]): TableSettings {
  const file = versions[0]?.[0];
  const found = tables.find((each) => each.table === file?.table) ?? tables.find((each) => each.table === "*");
  if (found === undefined) throw new Error(`There is no table ${file?.table} in tables.json or Pulumi.local.yaml`);
  return found;
}

interface TableOutcome {
  readonly deltas: readonly DeltaReport[];
  readonly table: { readonly name: string; readonly rows: number };
  readonly problems: readonly string[];
}

async function importTable(
  versions: readonly (readonly ExportFile[])[],
  settings: TableSettings,
  run: Run,
): Promise<TableOutcome> {
  const reckoning = await reckon(settings, versions);
  const deltas: DeltaReport[] = [];
  for (const [index, files] of versions.entries()) {
    run.tell(`${files[0]?.table} ${files[0]?.version}`);
    deltas.push(await importVersion(files, reckoning.differences[index], run));
  }
  const [[{ tenant = "", table: name = "" } = {}] = []] = versions;
  const rows = await targetRows(run, tenant, name);
  return {
    deltas,
    table: { name: `${run.outputs.imports?.targetTableName} ${tenant}/${name}`, rows: rows.size },
    problems: [...deltas.flatMap(problemsOf), ...differences(rows, reckoning, settings, `${tenant}/${name}`)],
  };
}

async function importVersion(
  files: readonly ExportFile[],
  expected: Reckoning["differences"][number] | undefined,
  { clients, outputs, timeoutSeconds }: Run,
): Promise<DeltaReport> {
  const { exportsBucketName = "", registryTableName = "" } = outputs.imports ?? {};
  const start = Date.now();
  for (const { tenant, table: name, version, name: file, body } of files) {
    const Key = `${tenant}/${name}/${version}/${file}`;
    await clients.s3.send(new PutObjectCommand({ Bucket: exportsBucketName, Key, Body: body }));
  }
  const [{ tenant = "", table: name = "", version = "" } = {}] = files;
  const registry = new DynamoDbStore(clients.dynamoDb, registryTableName);
  let entry: VersionEntry | undefined;
  await until(timeoutSeconds, async () => {
    const all = await registry.query<VersionEntry>(`${tenant}#${name}`, "version#");
    entry = all.map(({ item }) => item).find((each) => each.version === version);
    return ["imported", "refused", "failed", "approval"].includes(entry?.status ?? "");
  });
  const counts = entry?.delta?.counts ?? { inserted: 0, updated: 0, deleted: 0, unchanged: 0 };
  return {
    tenant,
    table: name,
    version,
    status: entry?.status ?? "unknown",
    reason: entry?.reason,
    ...counts,
    published: entry?.published ?? 0,
    applied: entry?.applied ?? 0,
    expected,
    seconds: secondsSince(start),
  };
}

function problemsOf({ tenant, table: name, version, status, reason, expected, ...delta }: DeltaReport): string[] {
  const what = `${tenant}/${name} ${version}`;
  if (status !== "imported") return [`${what}: is ${status}${reason === undefined ? "" : `: ${reason}`}`];
  const wrong = (["inserted", "updated", "deleted", "unchanged"] as const)
    .filter((count) => delta[count] !== expected?.[count])
    .map((count) => `${what}: ${delta[count]} ${count}, reckoned ${expected?.[count]}`);
  const changes = delta.inserted + delta.updated + delta.deleted;
  if (delta.published !== changes || delta.applied !== changes) {
    wrong.push(`${what}: ${changes} operations, but ${delta.published} published and ${delta.applied} applied`);
  }
  return wrong;
}

type Item = Record<string, AttributeValue>;

/** Rows in the target by their sort key, without what the apply function adds. */
async function targetRows({ clients, outputs }: Run, tenant: string, name: string): Promise<Map<string, Item>> {
  const rows = new Map<string, Item>();
  const pages = paginateScan({ client: clients.dynamoDb }, { TableName: outputs.imports?.targetTableName });
  for await (const { Items = [] } of pages) {
    for (const { pk, sk, _tenant, _table, _version, _order, ...row } of Items) {
      if (_tenant?.S === tenant && _table?.S === name) rows.set(`${pk?.S} ${sk?.S}`, row);
    }
  }
  return rows;
}

/** The target has to be the last export, row by row and value by value. */
export function differences(
  found: ReadonlyMap<string, Item>,
  { rows }: Pick<Reckoning, "rows">,
  { keyColumns }: Pick<TableSettings, "keyColumns">,
  what: string,
): string[] {
  const textOf = (row: ExpectedRow): string =>
    JSON.stringify(
      Object.entries(row)
        .filter(([, value]) => value !== null)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const expected = new Map(rows.map((row) => [textOf(normal(row)), row]));
  const wrong = [...found.values()].filter((item) => !expected.delete(textOf(normal(plain(item)))));
  const shown = [...expected.values()].slice(0, 3).map((row) => keyColumns.map((key) => row[key]).join(", "));
  return wrong.length === 0 && expected.size === 0
    ? []
    : [
        `${what}: the target isn't the last export: ${expected.size} rows missing (for example ${shown.join("; ")}), ${wrong.length} that aren't in it`,
      ];
}

function plain(item: Item): ExpectedRow {
  return Object.fromEntries(
    Object.entries(item).map(([name, { S, N, BOOL }]) => [name, S ?? N ?? (BOOL === undefined ? null : String(BOOL))]),
  );
}

/** Numbers as one writes them: DynamoDB keeps no zeros behind the point. */
function normal(row: ExpectedRow): ExpectedRow {
  const value = (text: string | null): string | null =>
    text !== null && /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
  return Object.fromEntries(Object.entries(row).map(([name, text]) => [name, value(text)]));
}

function exportsOutcome(outcomes: readonly TableOutcome[]): Outcome {
  const deltas = outcomes.flatMap((each) => each.deltas);
  const rows = deltas.map(
    ({ tenant, table: name, version, status, inserted, updated, deleted, unchanged, applied, seconds }) => [
      `${tenant}/${name}`,
      version,
      status,
      number(inserted),
      number(updated),
      number(deleted),
      number(unchanged),
      number(applied),
      seconds.toFixed(1),
    ],
  );
  const head = ["export", "version", "status", "inserted", "updated", "deleted", "unchanged", "applied", "seconds"];
  return {
    files: [],
    tables: outcomes.map((each) => each.table),
    details: { deltas },
    lines: ["", table(head, rows, 3)],
    problems: outcomes.flatMap((each) => each.problems),
  };
}

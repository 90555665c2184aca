import { createHash } from "node:crypto";
import type { FileEntry, Staged, VersionEntry } from "../../registry/entries";
import type { Lease } from "../../registry/lock";
import { filesOf } from "../../registry/readiness";
import { type TableConfig, tableConfig } from "../../shared/config";
import { cleanFilesTable, deltaTable, type GlueTable, partsTable } from "../../shared/glueTable";
import {
  compareSchemas,
  ExportRefused,
  exportSchema,
  type Schema,
  type SchemaComparison,
  schemaHash,
} from "../../shared/schema";
import {
  badKeysSql,
  countSql,
  deltaColumns,
  deltaSql,
  firstDeltaSql,
  keyCheckSql,
  type TableName,
  unloadSql,
} from "../../shared/sql";
import { deltaPrefix, stagedPrefix } from "../../shared/workKeys";
import type { ControlPorts } from "../ports";
import { importRequest } from "../request";

/** The statements of an import, and the tables that they read. */
export interface Plan {
  readonly tables: readonly GlueTable[];
  /** The tables' names alone, for dropping them. */
  readonly names: readonly string[];
  readonly checkKeys: string;
  readonly badKeys: string;
  readonly delta: string;
  readonly count: string;
}

/**
 * Compares the export's columns with those of the version that the target is at, and writes the statements.
 * @throws ExportRefused when the two can't be compared
 */
export async function plan(event: unknown, ports: ControlPorts): Promise<Plan> {
  const { tenant, table, lease, order, input } = importRequest(event);
  const attempt = input.count("attempt");
  await ports.lock.renew(lease);
  const { registry, settings } = ports;
  const config = tableConfig(ports.config, table);
  if (config === undefined)
    throw new ExportRefused(`Table ${table} isn't configured any more. Fix: list it in tables.`);
  const { item: head } = await registry.head(lease.pk);
  const before = head.order === "" ? undefined : await registry.version(lease.pk, head.order);
  if (head.order !== "" && before?.staged === undefined) {
    throw new Error(
      `The registry has lost what version ${head.version} of ${lease.pk} was, and with it what to compare with.`,
    );
  }
  const version = await registry.version(lease.pk, order);
  if (version === undefined) throw new ExportRefused(`Version ${order} isn't in the registry any more.`);
  const files = await filesRead(ports, lease, version);
  const schema = schemaOf(files, config, before?.staged?.schema);
  const compared = before?.staged === undefined ? undefined : compareSchemas(config, schema, before.staged.schema);

  const place = { tenant, table, order, token: lease.token };
  const prefix = stagedPrefix(place);
  const { delimiter, nullText, header } = config;
  // The version before was read by the rules of its own time.
  const clean = config.cleanFiles ? { delimiter, nullText, header } : undefined;
  const id = `v${lease.token}_${attempt}_${idOf(lease.pk)}`;
  const name = (part: string): TableName => ({ database: settings.database, table: `${id}_${part}` });
  const location = (key: string): string => `s3://${settings.workBucket}/${key}`;
  const source = (part: string, { schema: { columns }, prefix: at, clean }: Source): GlueTable =>
    clean === undefined
      ? partsTable(name(part).table, columns.length, location(at))
      : cleanFilesTable(name(part).table, columns.length, location(at), clean);
  const target = location(deltaPrefix(place, attempt));
  const tables = [
    source("new", { schema, prefix, clean }),
    ...(before?.staged === undefined ? [] : [source("old", before.staged)]),
    deltaTable(name("delta").table, deltaColumns(schema), target),
  ];
  await registry.change(lease, order, (entry) => ({
    ...entry,
    tables: [...(entry.tables ?? []), ...tables.map(({ Name }) => Name)],
    staged: {
      prefix,
      schema,
      clean,
      schemaHash: schemaHash(schema),
      changes: compared?.changes ?? [],
      badRecords: files.reduce((sum, { read }) => sum + (read?.badRecords ?? 0), 0),
    },
  }));
  return {
    tables,
    names: tables.map(({ Name }) => Name),
    checkKeys: keyCheckSql(name("new"), schema),
    badKeys: badKeysSql(name("new"), schema),
    delta: unloadSql(select(name, schema, compared), target),
    count: countSql(name("delta")),
  };
}

type Source = Pick<Staged, "schema" | "prefix" | "clean">;

function select(name: (part: string) => TableName, schema: Schema, compared: SchemaComparison | undefined): string {
  return compared === undefined ? firstDeltaSql(name("new"), schema) : deltaSql(name("new"), name("old"), compared);
}

/** The files of a version, each of which this import has read. */
async function filesRead({ registry }: ControlPorts, { pk, token }: Lease, version: VersionEntry) {
  const files = filesOf(version, await registry.files(pk, version.order));
  const unread = files.find(({ read }) => read?.token !== token || !read.done);
  if (unread !== undefined) throw new Error(`File ${unread.file} wasn't read by the import with token ${token}.`);
  return files;
}

/**
 * The schema that the files have in common. An export without a single record has the declared columns, or those of the
 * version before.
 */
function schemaOf(files: readonly FileEntry[], config: TableConfig, before: Schema | undefined): Schema {
  const [first, ...others] = files.flatMap(({ file, read }) =>
    read?.schema === undefined ? [] : [{ file, schema: read.schema }],
  );
  if (first === undefined) {
    if (config.columns.length > 0)
      return exportSchema(
        { ...config, header: false },
        config.columns.map(({ name }) => name),
      );
    if (before !== undefined) return before;
    throw new ExportRefused(
      "The export has neither a record nor a header, and no columns are declared. Fix: declare columns.",
    );
  }
  for (const { file, schema } of others) {
    if (JSON.stringify(schema) !== JSON.stringify(first.schema)) {
      throw new ExportRefused(
        `The files ${first.file} and ${file} of the version have different columns. Fix: export all files of a version with the same columns in the same order.`,
      );
    }
  }
  return first.schema;
}

/** Of this table alone, in the characters that Athena's names take. */
function idOf(pk: string): string {
  return createHash("sha256").update(pk).digest("hex").slice(0, 16);
}

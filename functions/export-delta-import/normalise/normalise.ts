import { ObjectGone, type ObjectSource, type SourceObject } from "../../s3-to-dynamodb/collect/ports";
import type { Log } from "../../shared/log";
import type { ImportCounts } from "../../shared/metrics";
import { PartWriter } from "../../shared/partWriter";
import { FileRefused, RAW_BYTES, type ReadState } from "../../shared/text/cut";
import { type FieldsCut, FieldsReader } from "../../shared/text/fields";
import { openText } from "../../shared/text/text";
import { dropBytes, openPacked, UnpackedBytes, type UnpackLimits } from "../../shared/text/unpack";
import { filesOfGroup, importRequest } from "../control/request";
import type { FileEntry, FileRead } from "../registry/entries";
import type { TableLock } from "../registry/lock";
import { filesOf } from "../registry/readiness";
import type { Registry } from "../registry/registry";
import { type DeltaConfig, type TableConfig, tableConfig } from "../shared/config";
import { ExportRefused, exportSchema, type Schema } from "../shared/schema";
import { cleanFileKey, type ImportPlace, partKey, quarantineKey } from "../shared/workKeys";
import type { WorkBucket } from "../work/workBucket";
import { MAX_ROW_BYTES, RowWriter } from "./rows";

export interface NormalisePorts {
  readonly config: DeltaConfig;
  readonly registry: Pick<Registry, "version" | "files" | "fileRead">;
  readonly lock: Pick<TableLock, "renew">;
  readonly exports: ObjectSource;
  readonly work: Pick<WorkBucket, "put">;
  /** Copies an object into the work bucket as it is. */
  readonly copy: (file: FileEntry, key: string) => Promise<void>;
  readonly limits: NormaliseLimits;
  readonly log: Pick<Log, "info" | "warn">;
  readonly count: (counts: ImportCounts) => void;
}

export interface NormaliseLimits extends UnpackLimits {
  /** Bytes of a part before it is packed. */
  readonly partBytes: number;
}

/** How far a group of files is. */
export interface Normalised {
  /** False: to be called again, the time was up. */
  readonly done: boolean;
}

/** Bad records that are kept beyond those that are let pass. */
const KEPT_BAD_RECORDS = 100;
const EXAMPLES = 3;

/**
 * Reads a group of an export's files from where it left off and writes them as parts that the query reads exactly.
 * @throws ExportRefused, FileRefused when a file can't be taken as it is
 */
export async function normalise(
  event: unknown,
  ports: NormalisePorts,
  deadline: { near(): boolean },
): Promise<Normalised> {
  const request = importRequest(event);
  const { tenant, table, lease, order } = request;
  await ports.lock.renew(lease);
  const config = tableConfig(ports.config, table);
  const version = await ports.registry.version(lease.pk, order);
  if (config === undefined || version === undefined) {
    throw new ExportRefused(`Version ${order} of ${lease.pk} isn't there any more, or its table isn't configured.`);
  }
  const files = filesOf(version, await ports.registry.files(lease.pk, order));
  const place: ImportPlace = { tenant, table, order, token: lease.token };
  for (const index of filesOfGroup(request, files.length)) {
    const file = files[index] as FileEntry;
    const before = file.read?.token === lease.token ? file.read : undefined;
    if (before?.done === true) continue;
    const save = (read: FileRead): Promise<void> => ports.registry.fileRead(lease, order, file.file, read);
    const read = config.cleanFiles
      ? await copyClean(ports, config, file, place, index)
      : await new FileReading(ports, config, file, place, index, before).run(save, deadline);
    await save(read);
    tell(ports, file, before, read);
    if (!read.done || deadline.near()) return { done: false };
  }
  return { done: true };
}

function tell(
  { count, log }: NormalisePorts,
  { bucket, key }: FileEntry,
  before: FileRead | undefined,
  read: FileRead,
) {
  const bad = read.badRecords - (before?.badRecords ?? 0);
  count({ RecordsRead: read.rows - (before?.rows ?? 0) + bad, RecordsQuarantined: bad > 0 ? bad : undefined });
  log.info("Read", { bucket, key, rows: read.rows, badRecords: read.badRecords, done: read.done });
}

/** The source promises what the reader would find out. */
async function copyClean(
  { copy }: NormalisePorts,
  config: TableConfig,
  file: FileEntry,
  place: ImportPlace,
  index: number,
): Promise<FileRead> {
  await copy(file, cleanFileKey(place, index));
  const schema = exportSchema(
    { ...config, header: false },
    config.columns.map(({ name }) => name),
  );
  return { token: place.token, done: true, offset: 0, line: 1, parts: 1, rows: 0, badRecords: 0, schema };
}

/** One file on its way into parts. */
class FileReading {
  private schema?: Schema;
  private rows?: RowWriter;
  private offset: number;
  private line: number;
  private readState?: ReadState;
  private parts: number;
  private rowCount: number;
  private badCount: number;
  private readonly firstLine: number;
  private readonly part = new PartWriter();
  private readonly quarantine: string[] = [];
  private readonly examples: string[] = [];

  constructor(
    private readonly ports: NormalisePorts,
    private readonly table: TableConfig,
    private readonly file: FileEntry,
    private readonly place: ImportPlace,
    private readonly index: number,
    before: FileRead | undefined,
  ) {
    this.offset = before?.offset ?? 0;
    this.line = before?.line ?? 1;
    this.readState = before?.state;
    this.parts = before?.parts ?? 0;
    this.rowCount = before?.rows ?? 0;
    this.badCount = before?.badRecords ?? 0;
    this.firstLine = this.line;
    if (before?.schema !== undefined) this.begin(before.schema);
  }

  async run(save: (read: FileRead) => Promise<void>, deadline: { near(): boolean }): Promise<FileRead> {
    const object = await this.open();
    try {
      const { chunks } = await openPacked(object.read(), "gzip");
      const bytes = new UnpackedBytes(this.ports.limits, object.size, true);
      const text = await openText(bytes.count(chunks), { format: "csv", encoding: this.table.encoding });
      const rules = { maxRecordBytes: 4 * MAX_ROW_BYTES };
      const form = { delimiter: this.table.delimiter, quote: this.table.quote, terminator: text.dialect.terminator };
      const header = this.schema?.columns.map(({ name }) => name);
      const from = { offset: this.offset, line: this.line, state: this.readState, header };
      const reader = new FieldsReader(from, rules, form);
      for await (const chunk of dropBytes(text.utf8, this.offset)) {
        if (await this.take(reader.push(chunk), save, deadline)) return this.state(false);
      }
      if (await this.take(reader.end(), save, deadline)) return this.state(false);
      await this.store();
      await this.tellBadRecords();
      return this.state(true);
    } finally {
      this.part.discard();
      object.close();
    }
  }

  private state(done: boolean): FileRead {
    const { offset, line, readState: state, parts, schema } = this;
    const { token } = this.place;
    return { token, done, offset, line, state, parts, rows: this.rowCount, badRecords: this.badCount, schema };
  }

  private begin(schema: Schema): void {
    this.schema = schema;
    this.rows = new RowWriter(this.table, schema);
  }

  private async open(): Promise<SourceObject> {
    const { bucket, key, versionId, etag } = this.file;
    const where = `s3://${bucket}/${key}`;
    let object: SourceObject;
    try {
      object = await this.ports.exports.open({ bucket, key, versionId });
    } catch (error) {
      if (!(error instanceof ObjectGone)) throw error;
      throw new ExportRefused(`${where} can't be read: ${error.message}.`);
    }
    if (object.etag === etag && object.size > 0) return object;
    object.close();
    throw new ExportRefused(
      object.size === 0
        ? `${where} is empty, not even a gzip file without records. Fix: export it again.`
        : `${where} was overwritten after its event. Fix: upload it under a new version.`,
    );
  }

  /** @returns true when the time is up; what was read is stored then */
  private async take(
    cuts: readonly FieldsCut[],
    save: (read: FileRead) => Promise<void>,
    deadline: { near(): boolean },
  ): Promise<boolean> {
    for (const cut of cuts) {
      await this.takeOne(cut);
      this.offset = cut.end;
      this.line = cut.nextLine;
      this.readState = cut.state;
      if (this.part.bytes < this.ports.limits.partBytes) continue;
      await this.store();
      await this.tellBadRecords();
      if (deadline.near()) return true;
      await save(this.state(false));
    }
    return false;
  }

  private async takeOne(cut: FieldsCut): Promise<void> {
    if (this.rows === undefined) {
      if (cut.fields === undefined)
        throw new FileRefused(`The first record can't be read (line ${cut.line}): ${cut.problem}.`);
      this.begin(exportSchema(this.table, cut.fields));
      if (this.table.header) return;
    }
    const row = (this.rows as RowWriter).line(cut);
    if ("problem" in row) return this.takeBad(row.problem, cut);
    this.rowCount++;
    if (this.part.add(row.line, row.bytes)) await this.part.flush();
  }

  private async takeBad(problem: string, { line, raw, fields }: FieldsCut): Promise<void> {
    this.badCount++;
    const { bucket, key } = this.file;
    const text = raw ?? fields?.join(this.table.delimiter).slice(0, RAW_BYTES);
    this.quarantine.push(`${JSON.stringify({ bucket, key, line, reason: problem, raw: text })}\n`);
    if (this.examples.length < EXAMPLES) this.examples.push(`line ${line}: ${problem}`);
    if (this.badCount >= this.table.maxBadRecords + KEPT_BAD_RECORDS) await this.tellBadRecords();
  }

  /** @throws ExportRefused when there are more than are let pass */
  private async tellBadRecords(): Promise<void> {
    if (this.quarantine.length === 0) return;
    const key = quarantineKey(this.place, this.index, this.firstLine);
    await this.ports.work.put(key, this.quarantine.join(""), "application/x-ndjson");
    const { maxBadRecords } = this.table;
    if (this.badCount <= maxBadRecords) return;
    const atLeast = this.badCount >= maxBadRecords + KEPT_BAD_RECORDS ? "at least " : "";
    throw new ExportRefused(
      `${this.file.file} has ${atLeast}${this.badCount} record${this.badCount === 1 ? "" : "s"} that can't be read, more than maxBadRecords (${maxBadRecords}): ${this.examples.join("; ")}. They are listed in ${key} of the work bucket. Fix: export them soundly, or declare the table as it is written.`,
    );
  }

  private async store(): Promise<void> {
    if (this.part.lines === 0) return;
    await this.ports.work.put(
      partKey(this.place, this.index, this.parts),
      await this.part.finish(),
      "application/gzip",
    );
    this.parts++;
  }
}

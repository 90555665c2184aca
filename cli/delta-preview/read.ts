import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { RowWriter } from "../../functions/export-delta-import/normalise/rows";
import type { TableConfig } from "../../functions/export-delta-import/shared/config";
import { exportSchema, type Schema } from "../../functions/export-delta-import/shared/schema";
import { isNamed } from "../../functions/shared/retry";
import { FieldsReader } from "../../functions/shared/text/fields";
import { openText } from "../../functions/shared/text/text";
import { openPacked } from "../../functions/shared/text/unpack";

/** An export as the import reads it. */
export interface ReadExport {
  /** Undefined: there is nothing in it, not even a header. */
  readonly schema?: Schema;
  readonly rows: number;
  readonly bad: readonly { readonly line: number; readonly problem: string }[];
  readonly badRecords: number;
}

/** The file can't be read at all. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

const SHOWN = 10;
/** As the import's own limit of a record. */
const MAX_RECORD_BYTES = 4 * 350 * 1024;

/** Writes an export's rows as a part of the import would have them. @throws UnreadableFile, ExportRefused */
export async function readExport(path: string, to: string, table: TableConfig): Promise<ReadExport> {
  const out = createWriteStream(to);
  const reading = new Reading(table, async (line) => {
    if (!out.write(line)) await once(out, "drain");
  });
  try {
    const { chunks } = await openPacked(createReadStream(path), "auto");
    const text = await openText(chunks, { format: "csv", encoding: table.encoding });
    const form = { delimiter: table.delimiter, quote: table.quote, terminator: text.dialect.terminator };
    const from = { offset: 0, line: 1, state: undefined, header: undefined };
    const reader = new FieldsReader(from, { maxRecordBytes: MAX_RECORD_BYTES }, form);
    for await (const chunk of text.utf8) await reading.take(reader.push(chunk));
    await reading.take(reader.end());
  } catch (error) {
    // Damaged, of another kind, not there, or a folder.
    const isUnreadable = isNamed(error, "FileRefused") || (error as NodeJS.ErrnoException).syscall !== undefined;
    if (!isUnreadable) throw error;
    throw new UnreadableFile(`${path} can't be read: ${(error as Error).message}`, { cause: error });
  } finally {
    out.end();
    await finished(out);
  }
  return reading.result();
}

class Reading {
  private schema?: Schema;
  private rows?: RowWriter;
  private count = 0;
  private badRecords = 0;
  private readonly bad: { line: number; problem: string }[] = [];

  constructor(
    private readonly table: TableConfig,
    private readonly write: (line: string) => Promise<void>,
  ) {}

  async take(cuts: ReturnType<FieldsReader["push"]>): Promise<void> {
    for (const cut of cuts) {
      if (this.rows === undefined) {
        if (cut.fields === undefined) throw new UnreadableFile(`Line ${cut.line} can't be read: ${cut.problem}`);
        this.schema = exportSchema(this.table, cut.fields);
        this.rows = new RowWriter(this.table, this.schema);
        if (this.table.header) continue;
      }
      const row = this.rows.line(cut);
      if ("problem" in row) {
        this.badRecords++;
        if (this.bad.length < SHOWN) this.bad.push({ line: cut.line, problem: row.problem });
        continue;
      }
      this.count++;
      await this.write(row.line);
    }
  }

  result(): ReadExport {
    return { schema: this.schema, rows: this.count, bad: this.bad, badRecords: this.badRecords };
  }
}

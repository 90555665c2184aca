import { type Cut, RAW_BYTES, type ReaderRules, type ReadFrom, type RecordReader } from "./cut";
import { jsonRecord } from "./jsonRecord";
import { type Line, LineCutter } from "./lines";

/** One JSON object a line; blank lines are passed over. */
export class NdjsonReader implements RecordReader {
  private readonly cutter: LineCutter;
  private offset: number;
  private line: number;

  constructor(
    from: ReadFrom,
    private readonly rules: ReaderRules,
    terminator: "\n" | "\r" = "\n",
  ) {
    this.cutter = new LineCutter(rules.maxRecordBytes, terminator);
    this.offset = from.offset;
    this.line = from.line;
  }

  push(chunk: Buffer): Cut[] {
    return this.cuts(this.cutter.push(chunk));
  }

  end(): Cut[] {
    return this.cuts(this.cutter.end());
  }

  private cuts(lines: readonly Line[]): Cut[] {
    const cuts: Cut[] = [];
    for (const { text, size, problem } of lines) {
      const line = this.line++;
      this.offset += size;
      const place = { line, nextLine: this.line, end: this.offset };
      if (problem !== undefined) cuts.push({ problem, raw: text.slice(0, RAW_BYTES), ...place });
      else if (text.trim() !== "") cuts.push({ ...jsonRecord(text, this.rules.reserved), ...place });
    }
    return cuts;
  }
}

import { isUtf8 } from "node:buffer";
import {
  type Cut,
  FileRefused,
  NOT_UTF8,
  RAW_BYTES,
  type ReaderRules,
  type ReadFrom,
  type RecordReader,
  tooLong,
} from "./cut";
import { jsonRecord } from "./jsonRecord";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;

const ENDED = { ended: true };

type Phase = "start" | "array" | "values" | "done";

/**
 * Cuts the elements of a top-level JSON array, or the values of a text that is one object (or several, one after the
 * other), without reading the whole. This only looks at brackets and strings; each element is parsed by itself, so
 * that a bad one leaves the others whole.
 */
export class JsonElementReader implements RecordReader {
  private phase: Phase;
  /** Offset of the chunk being read. */
  private base: number;
  private line: number;
  private startLine = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private inElement = false;
  private afterComma: boolean;
  private held: Buffer[] = [];
  private heldBytes = 0;

  constructor(
    from: ReadFrom,
    private readonly rules: ReaderRules,
    kind: "array" | "values" | "unknown" = "unknown",
  ) {
    this.base = from.offset;
    this.line = from.line;
    this.phase = from.state?.ended ? "done" : from.offset === 0 || kind === "unknown" ? "start" : kind;
    this.afterComma = this.phase === "array";
  }

  push(chunk: Buffer): Cut[] {
    const cuts: Cut[] = [];
    let start = 0;
    let i = 0;
    while (i < chunk.length) {
      if (this.inString) {
        i = this.passString(chunk, i);
        continue;
      }
      const byte = chunk[i] as number;
      i++;
      if (byte === NEWLINE) this.line++;
      if (this.depth > 0) {
        if (byte === QUOTE) this.inString = true;
        else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.depth++;
        else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
          this.depth--;
          if (this.depth === 0 && this.phase === "values") cuts.push(this.finish(chunk.subarray(start, i), i));
        }
        continue;
      }
      const space = byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
      if (this.phase === "start" && !space) {
        this.phase = byte === OPEN_ARRAY ? "array" : "values";
        if (byte === OPEN_ARRAY) continue;
      }
      if (this.phase === "done" && !space) {
        const where = this.base + i - 1;
        throw new FileRefused(`There is more after the end of the JSON array, at byte ${where} (line ${this.line}).`);
      }
      if (this.phase === "array" && (byte === COMMA || byte === CLOSE_ARRAY)) {
        const last = byte === CLOSE_ARRAY;
        if (this.inElement) cuts.push(this.finish(chunk.subarray(start, i - 1), i, last));
        else if (!last || this.afterComma) {
          this.begin();
          cuts.push(this.finish(chunk.subarray(0, 0), i, last));
        }
        this.afterComma = !last;
        if (last) this.phase = "done";
        continue;
      }
      if (space) {
        if (this.phase === "values" && this.inElement) cuts.push(this.finish(chunk.subarray(start, i - 1), i));
        continue;
      }
      if (!this.inElement) {
        this.begin();
        start = i - 1;
      }
      if (byte === QUOTE) this.inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.depth = 1;
    }
    if (this.inElement) this.hold(chunk.subarray(start));
    this.base += chunk.length;
    return cuts;
  }

  end(): Cut[] {
    if (this.phase === "array" || this.depth > 0 || this.inString) {
      const what = this.phase === "array" ? "array" : "object";
      throw new FileRefused(
        `The JSON ${what} isn't closed: the file is cut off after byte ${this.base}. Upload it anew.`,
      );
    }
    return this.inElement ? [this.finish(Buffer.alloc(0), 0)] : [];
  }

  /** @returns index after the string, or the chunk's length when it goes on. */
  private passString(chunk: Buffer, from: number): number {
    let i = from;
    if (this.escaped) {
      this.escaped = false;
      i++;
    }
    for (; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === BACKSLASH) {
        i++;
        if (i === chunk.length) this.escaped = true;
      } else if (byte === QUOTE) {
        this.inString = false;
        return i + 1;
      }
    }
    return chunk.length;
  }

  private begin(): void {
    this.inElement = true;
    this.startLine = this.line;
  }

  private hold(bytes: Buffer): void {
    const full = this.heldBytes > Math.max(this.rules.maxRecordBytes, RAW_BYTES);
    this.heldBytes += bytes.length;
    if (full) return;
    this.held.push(bytes);
    // Too long: its beginning is kept, as a copy, so that the chunks behind it can be freed.
    if (this.heldBytes > Math.max(this.rules.maxRecordBytes, RAW_BYTES)) {
      this.held = [Buffer.from(Buffer.concat(this.held).subarray(0, RAW_BYTES))];
    }
  }

  private finish(rest: Buffer, index: number, last?: boolean): Cut {
    this.hold(rest);
    const bytes = this.held.length === 1 ? (this.held[0] as Buffer) : Buffer.concat(this.held);
    const long = this.heldBytes > this.rules.maxRecordBytes;
    this.held = [];
    this.heldBytes = 0;
    this.inElement = false;
    const place = {
      line: this.startLine,
      nextLine: this.line,
      end: this.base + index,
      state: last ? ENDED : undefined,
    };
    if (long || !isUtf8(bytes)) {
      return {
        ...place,
        problem: long ? tooLong(this.rules.maxRecordBytes) : NOT_UTF8,
        raw: bytes.toString("utf8", 0, RAW_BYTES),
      };
    }
    return { ...jsonRecord(bytes.toString(), this.rules.reserved), ...place };
  }
}

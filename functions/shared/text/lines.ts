import { isAscii, isUtf8 } from "node:buffer";
import { NOT_UTF8, RAW_BYTES, tooLong } from "./cut";

/** One line, or several valid ones that came together. */
export interface Lines {
  /** Without the last one's end. Of a line that is too long its beginning only. */
  readonly text: string;
  /** Including the last one's end, where it has one. */
  readonly bytes: number;
  /** Every character is one byte. */
  readonly ascii: boolean;
  /** What is wrong with this one line. */
  readonly problem?: string;
  readonly truncated?: boolean;
}

/** A single line. */
export interface Line {
  /** Without its end. Of one that is too long the beginning only. */
  readonly text: string;
  /** It ended with CR LF. */
  readonly carriageReturn: boolean;
  /** Bytes including its end. */
  readonly size: number;
  readonly problem?: string;
  /** The text is the beginning only. */
  readonly truncated?: boolean;
}

/** The lines one by one. */
export function* linesOf({ text, bytes, ascii, problem, truncated }: Lines, terminator: "\n" | "\r"): Generator<Line> {
  let left = bytes;
  const lines = problem === undefined ? text.split(terminator) : [text];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    // The last may be without an end.
    const size = index === lines.length - 1 ? left : (ascii ? line.length : Buffer.byteLength(line)) + 1;
    left -= size;
    const carriageReturn = terminator === "\n" && line.endsWith("\r");
    yield { text: carriageReturn ? line.slice(0, -1) : line, carriageReturn, size, problem, truncated };
  }
}

/** Cuts lines from bytes. Of a line that is too long no more than the bound is ever held. */
export class LineCutter {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private readonly code: number;

  constructor(
    private readonly maxBytes: number,
    private readonly terminator: "\n" | "\r" = "\n",
  ) {
    this.code = terminator.charCodeAt(0);
  }

  push(chunk: Buffer): Line[] {
    return this.pushMany(chunk).flatMap((lines) => [...linesOf(lines, this.terminator)]);
  }

  /** The last line, when it has no end of its own. */
  end(): Line[] {
    return this.endMany().flatMap((lines) => [...linesOf(lines, this.terminator)]);
  }

  /** Faster than one by one: see linesOf. */
  pushMany(chunk: Buffer): Lines[] {
    const lines: Lines[] = [];
    const first = chunk.indexOf(this.code);
    if (first === -1) {
      this.hold(chunk);
      return lines;
    }
    let start = 0;
    if (this.heldBytes > 0) {
      this.hold(chunk.subarray(0, first));
      lines.push(this.takeHeld(1));
      start = first + 1;
    }
    const last = chunk.lastIndexOf(this.code);
    if (last >= start) this.cutMany(chunk.subarray(start, last), lines);
    if (last + 1 < chunk.length) this.hold(chunk.subarray(last + 1));
    return lines;
  }

  endMany(): Lines[] {
    return this.heldBytes > 0 ? [this.takeHeld(0)] : [];
  }

  private hold(bytes: Buffer): void {
    const full = this.heldBytes > Math.max(this.maxBytes, RAW_BYTES);
    this.heldBytes += bytes.length;
    if (full) return;
    this.held.push(bytes);
    // Too long: its beginning is kept, as a copy, so that the chunks behind it can be freed.
    if (this.heldBytes > Math.max(this.maxBytes, RAW_BYTES)) {
      this.held = [Buffer.from(Buffer.concat(this.held).subarray(0, RAW_BYTES))];
    }
  }

  private takeHeld(endBytes: number): Lines {
    const bytes = this.held.length === 1 ? (this.held[0] as Buffer) : Buffer.concat(this.held);
    const size = this.heldBytes;
    this.held = [];
    this.heldBytes = 0;
    return this.oneLine(bytes, size, endBytes);
  }

  private oneLine(line: Buffer, length: number, endBytes: number): Lines {
    const bytes = length + endBytes;
    if (length > this.maxBytes) {
      const text = line.toString("utf8", 0, RAW_BYTES);
      return { text, bytes, ascii: false, problem: tooLong(this.maxBytes), truncated: true };
    }
    if (isAscii(line)) return { text: line.toString("latin1"), bytes, ascii: true };
    return { text: line.toString(), bytes, ascii: false, problem: isUtf8(line) ? undefined : NOT_UTF8 };
  }

  /** Decodes many lines at once, which is several times as fast as one by one. */
  private cutMany(region: Buffer, lines: Lines[]): void {
    const ascii = isAscii(region);
    if (region.length <= this.maxBytes && (ascii || isUtf8(region))) {
      lines.push({ text: region.toString(ascii ? "latin1" : "utf8"), bytes: region.length + 1, ascii });
      return;
    }
    for (let start = 0; start <= region.length; ) {
      const found = region.indexOf(this.code, start);
      const end = found === -1 ? region.length : found;
      lines.push(this.oneLine(region.subarray(start, end), end - start, 1));
      start = end + 1;
    }
  }
}

import { isAscii, isUtf8 } from "node:buffer";
import { NOT_UTF8, RAW_BYTES, tooLong } from "./cut";

export interface Line {
  /** Without its end; a bad line's beginning only. */
  readonly text: string;
  /** How it ended, where that has to be kept. */
  readonly carriageReturn: boolean;
  /** Bytes including its end. */
  readonly size: number;
  readonly problem?: string;
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
    const lines: Line[] = [];
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

  /** The last line, when it has no end of its own. */
  end(): Line[] {
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

  private takeHeld(endBytes: number): Line {
    const bytes = this.held.length === 1 ? (this.held[0] as Buffer) : Buffer.concat(this.held);
    const size = this.heldBytes;
    this.held = [];
    this.heldBytes = 0;
    return this.oneLine(bytes, size, endBytes);
  }

  private oneLine(bytes: Buffer, length: number, endBytes: number): Line {
    const size = length + endBytes;
    const problem = length > this.maxBytes ? tooLong(this.maxBytes) : isUtf8(bytes) ? undefined : NOT_UTF8;
    if (problem === undefined) return this.goodLine(bytes.toString(), size);
    return { text: bytes.toString("utf8", 0, RAW_BYTES), carriageReturn: false, size, problem };
  }

  private goodLine(text: string, size: number): Line {
    const carriageReturn = this.terminator === "\n" && text.endsWith("\r");
    return { text: carriageReturn ? text.slice(0, -1) : text, carriageReturn, size };
  }

  /** Decodes many lines at once, which is several times as fast as one by one. */
  private cutMany(region: Buffer, lines: Line[]): void {
    const ascii = isAscii(region);
    if (!ascii && !isUtf8(region)) {
      for (let start = 0; start <= region.length; ) {
        const found = region.indexOf(this.code, start);
        const end = found === -1 ? region.length : found;
        lines.push(this.oneLine(region.subarray(start, end), end - start, 1));
        start = end + 1;
      }
      return;
    }
    for (const text of region.toString(ascii ? "latin1" : "utf8").split(this.terminator)) {
      const length = ascii ? text.length : Buffer.byteLength(text);
      lines.push(length > this.maxBytes ? this.oneLine(Buffer.from(text), length, 1) : this.goodLine(text, length + 1));
    }
  }
}

import { once } from "node:events";
import { constants, createGzip, type Gzip } from "node:zlib";

const FLUSH_CHARACTERS = 256 * 1024;

/**
 * Packs the lines of one landing part as they come. Level 1: a part is read once and expires, so the time to pack it
 * counts for more than its size.
 */
export class PartWriter {
  /** Lines taken. */
  lines = 0;
  /** Their bytes before packing. */
  bytes = 0;
  private text: string[] = [];
  private characters = 0;
  private packed: Buffer[] = [];
  private gzip?: Gzip;

  /** True when it is time to flush. */
  add(line: string, bytes: number): boolean {
    this.text.push(line);
    this.characters += line.length;
    this.lines++;
    this.bytes += bytes;
    return this.characters > FLUSH_CHARACTERS;
  }

  async flush(): Promise<void> {
    if (this.characters === 0) return;
    const chunk = this.text.join("");
    this.text = [];
    this.characters = 0;
    this.gzip ??= this.start();
    if (!this.gzip.write(chunk)) await once(this.gzip, "drain");
  }

  /** The packed part; the writer is empty again. */
  async finish(): Promise<Buffer> {
    await this.flush();
    const gzip = this.gzip ?? this.start();
    const ended = once(gzip, "end");
    gzip.end();
    await ended;
    const part = Buffer.concat(this.packed);
    this.packed = [];
    this.gzip = undefined;
    this.lines = 0;
    this.bytes = 0;
    return part;
  }

  /** Gives up what was taken. */
  discard(): void {
    this.gzip?.destroy();
  }

  private start(): Gzip {
    const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 });
    gzip.on("data", (chunk: Buffer) => this.packed.push(chunk));
    return gzip;
  }
}

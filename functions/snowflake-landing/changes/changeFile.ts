import { createHash } from "node:crypto";
import { once } from "node:events";
import { createGzip, type Gzip } from "node:zlib";

/** Lines on their way into one file: packed as they come, so that memory holds the packed bytes alone. */
export class ChangeFile {
  private readonly gzip: Gzip = createGzip();
  private readonly packed: Buffer[] = [];
  private readonly hash = createHash("sha256");
  /** Unpacked. */
  bytes = 0;
  lines = 0;

  constructor() {
    this.gzip.on("data", (chunk: Buffer) => this.packed.push(chunk));
  }

  async add(line: string): Promise<void> {
    this.hash.update(line);
    this.bytes += Buffer.byteLength(line);
    this.lines += 1;
    if (!this.gzip.write(line)) await once(this.gzip, "drain");
  }

  /** The packed bytes, and a hash of what is in them. No line may be added afterwards. */
  async finish(): Promise<{ readonly body: Buffer; readonly hash: string }> {
    const ended = once(this.gzip, "end");
    this.gzip.end();
    await ended;
    return { body: Buffer.concat(this.packed), hash: this.hash.digest("hex").slice(0, 16) };
  }
}

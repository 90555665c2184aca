import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type FileCompression, FileRefused } from "./cut";

export type Compression = Exclude<FileCompression, "auto">;

/** Bytes at the start of a file that tell how it is packed. */
export const MAGIC_BYTES = 512;
const RATIO_AFTER_BYTES = 10 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** Reads at least so many bytes ahead; `chunks` gives everything from the start. */
export async function peek(
  input: AsyncIterable<Buffer>,
  bytes: number,
): Promise<{ readonly head: Buffer; readonly whole: boolean; readonly chunks: AsyncGenerator<Buffer> }> {
  const iterator = input[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let length = 0;
  let whole = false;
  while (length < bytes) {
    const next = await iterator.next();
    if (next.done) {
      whole = true;
      break;
    }
    first.push(next.value);
    length += next.value.length;
  }
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield* first;
      while (!whole) {
        const next = await iterator.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(first).subarray(0, bytes), whole, chunks: chunks() };
}

/** Everything after the first so many bytes. */
export async function* dropBytes(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    const kept = left > 0 ? chunk.subarray(left) : chunk;
    left -= chunk.length - kept.length;
    if (kept.length > 0) yield kept;
  }
}

const ARCHIVES: readonly { readonly name: string; readonly at: number; readonly bytes: string }[] = [
  { name: "gzip", at: 0, bytes: "\x1f\x8b" },
  { name: "zip", at: 0, bytes: "PK\x03\x04" },
  { name: "zip", at: 0, bytes: "PK\x05\x06" },
  { name: "zip", at: 0, bytes: "PK\x07\x08" },
  { name: "tar", at: 257, bytes: "ustar" },
  { name: "bzip2", at: 0, bytes: "BZh" },
  { name: "xz", at: 0, bytes: "\xfd7zXZ\0" },
  { name: "Zstandard", at: 0, bytes: "\x28\xb5\x2f\xfd" },
  { name: "7-Zip", at: 0, bytes: "7z\xbc\xaf\x27\x1c" },
  { name: "Parquet", at: 0, bytes: "PAR1" },
];

/** The kind of file that the first bytes announce; undefined for what may be text. */
export function magic(head: Buffer): string | undefined {
  return ARCHIVES.find(({ at, bytes }) => head.toString("latin1", at, at + bytes.length) === bytes)?.name;
}

/** @throws FileRefused when the file isn't packed as declared, or packed in a way that isn't read. */
export function detectCompression(declared: FileCompression, head: Buffer): Compression {
  if (head.length === 0) return "none";
  const found = magic(head);
  if (declared === "auto") {
    if (found === undefined) return "none";
    if (found === "gzip" || found === "zip") return found;
    throw new FileRefused(`The file is packed as ${found}, which isn't read. Pack it as gzip or zip, or not at all.`);
  }
  if (declared !== "none" && found !== declared) {
    throw new FileRefused(
      `The source's compression is declared as ${declared}, but the file is ${found ?? "none of the known archives"}. ` +
        "Declare auto, or upload the file anew.",
    );
  }
  return declared;
}

/**
 * Unpacks gzip, or passes on what isn't packed. A zip is passed on as it is: its directory stands at its end.
 * @throws FileRefused when the file isn't packed as declared, or packed in a way that isn't read.
 */
export async function openPacked(
  input: AsyncIterable<Buffer>,
  declared: FileCompression,
): Promise<{ readonly compression: Compression; readonly chunks: AsyncGenerator<Buffer> }> {
  const { head, chunks } = await peek(input, MAGIC_BYTES);
  const compression = detectCompression(declared, head);
  return { compression, chunks: compression === "gzip" ? gunzip(chunks) : chunks };
}

/** @throws FileRefused for an archive within an archive. */
export function refuseNested(head: Buffer, where: string): void {
  const found = magic(head);
  if (found !== undefined) {
    throw new FileRefused(`${where} holds ${found} data again; archives within archives aren't read. Unpack it once.`);
  }
}

/**
 * Unpacks gzip of one or several members, and takes zero bytes after the last as padding.
 * @throws FileRefused when it is damaged or cut off, or when something follows the padding; the input's own errors.
 */
export async function* gunzip(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createGunzip({ chunkSize: CHUNK_BYTES });
  const source = new Watched(input);
  const packed = Readable.from(source, { objectMode: false, highWaterMark: 4 * CHUNK_BYTES });
  // The error reaches the reader below through the destroyed stream.
  pipeline(packed, inflate, () => {});
  try {
    for await (const chunk of inflate) yield chunk as Buffer;
    // zlib stops at the first zero byte after a member, whatever comes then.
    for await (const _ of source);
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new FileRefused(`The gzip data is damaged or cut off (${error.message}). Upload the file anew.`, {
      cause: error,
    });
  } finally {
    packed.destroy();
    inflate.destroy();
    await source.close();
  }
  if (source.dataEnd > inflate.bytesWritten) {
    throw new FileRefused(
      `The gzip data ends at byte ${inflate.bytesWritten}, but after zero bytes there is more, up to byte ${source.dataEnd}. Upload the file anew.`,
    );
  }
}

/** Passes chunks on and knows where the last byte was that isn't zero. Several may take from it, in turns. */
class Watched implements AsyncIterable<Buffer>, AsyncIterator<Buffer> {
  /** Offset after the last byte that isn't zero. */
  dataEnd = 0;
  private passed = 0;
  private readonly input: AsyncIterator<Buffer>;

  constructor(input: AsyncIterable<Buffer>) {
    this.input = input[Symbol.asyncIterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Buffer>> {
    const next = await this.input.next();
    if (next.done) return next;
    let end = next.value.length;
    while (end > 0 && next.value[end - 1] === 0) end--;
    if (end > 0) this.dataEnd = this.passed + end;
    this.passed += next.value.length;
    return next;
  }

  async close(): Promise<void> {
    await this.input.return?.();
  }
}

export function isZlibError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && /^Z_/.test(String(error.code));
}

/** Bounds for what comes out of a packed file. */
export interface UnpackLimits {
  /** Bytes after unpacking, per file. */
  readonly maxUnpackedBytes: number;
  /** Unpacked bytes per packed byte, looked at after the first 10 MB. */
  readonly maxUnpackRatio: number;
}

/** Passes chunks on and counts them, up to the bounds. */
export class UnpackedBytes {
  /** @param total bytes counted before, of members that were read already. */
  constructor(
    private readonly limits: UnpackLimits,
    private readonly packedSize: number,
    private readonly isPacked: boolean,
    public total = 0,
  ) {}

  /** @throws FileRefused as soon as a bound is crossed. */
  async *count(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.total += chunk.length;
      this.check();
      yield chunk;
    }
  }

  private check(): void {
    const { maxUnpackedBytes, maxUnpackRatio } = this.limits;
    if (this.total > maxUnpackedBytes) {
      throw new FileRefused(
        `The file has more than ${maxUnpackedBytes} bytes unpacked (limits.maxUnpackedBytes). Split it, or raise the limit.`,
      );
    }
    if (this.isPacked && this.total > RATIO_AFTER_BYTES && this.total > this.packedSize * maxUnpackRatio) {
      throw new FileRefused(
        `The file unpacks to more than ${maxUnpackRatio} times its ${this.packedSize} bytes (limits.maxUnpackRatio), ` +
          "as archives made to fill a disk do. If it is sound, raise the limit.",
      );
    }
  }
}

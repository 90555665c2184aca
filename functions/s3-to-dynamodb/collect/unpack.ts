import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { FileRefused } from "../../shared/text/refused";
import type { FileCompression, Limits } from "../shared/contract";

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
export function detectCompression(declared: FileCompression, head: Buffer): "none" | "gzip" | "zip" {
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

/** @throws FileRefused for an archive within an archive. */
export function refuseNested(head: Buffer, where: string): void {
  const found = magic(head);
  if (found !== undefined) {
    throw new FileRefused(`${where} holds ${found} data again; archives within archives aren't read. Unpack it once.`);
  }
}

/** Unpacks gzip of one or several members. @throws FileRefused when it is damaged or cut off; the input's own errors. */
export async function* gunzip(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createGunzip({ chunkSize: CHUNK_BYTES });
  const packed = Readable.from(input, { objectMode: false, highWaterMark: 4 * CHUNK_BYTES });
  // The error reaches the reader below through the destroyed stream.
  pipeline(packed, inflate, () => {});
  try {
    for await (const chunk of inflate) yield chunk as Buffer;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new FileRefused(`The gzip data is damaged or cut off (${error.message}). Upload the file anew.`, {
      cause: error,
    });
  } finally {
    packed.destroy();
    inflate.destroy();
  }
}

export function isZlibError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && /^Z_/.test(String(error.code));
}

/** Passes chunks on and counts them, up to the bounds. */
export class UnpackedBytes {
  /** @param total bytes counted before, of members that were read already. */
  constructor(
    private readonly limits: Limits,
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

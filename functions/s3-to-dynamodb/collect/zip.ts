import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
  type ZipFile,
} from "yauzl";
import { FileRefused } from "../../shared/text/cut";
import type { SourceObject } from "./ports";

/** The directory is read in blocks of this size, not entry by entry: each read is a request. */
const BLOCK_BYTES = 256 * 1024;

/** What each member's entry in the directory begins with. */
const CENTRAL_HEADER = 0x02014b50;

export interface ZipMember {
  readonly name: string;
  open(): AsyncIterable<Buffer>;
}

class ObjectReader extends RandomAccessReader {
  /** The object's own error, told apart from what yauzl finds wrong with the archive. */
  failure?: Error;
  private block?: { readonly start: number; readonly bytes: Buffer };

  constructor(private readonly object: SourceObject) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.remember(this.object.read(start, end)), { objectMode: false });
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.readBlock(position, length).then(
      (bytes) => callback(null, bytes.copy(buffer, offset)),
      (error: Error) => callback(error),
    );
  }

  async readBlock(position: number, length: number): Promise<Buffer> {
    const { block } = this;
    if (block === undefined || position < block.start || position + length > block.start + block.bytes.length) {
      const end = Math.min(this.object.size, position + Math.max(length, BLOCK_BYTES));
      const chunks: Buffer[] = [];
      if (position < end) for await (const chunk of this.remember(this.object.read(position, end))) chunks.push(chunk);
      this.block = { start: position, bytes: Buffer.concat(chunks) };
    }
    const { start, bytes } = this.block as { start: number; bytes: Buffer };
    return bytes.subarray(position - start, position - start + length);
  }

  private async *remember(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* chunks;
    } catch (error) {
      this.failure = error as Error;
      throw error;
    }
  }
}

/**
 * The files in a zip, in its directory's order, without folders and what macOS adds.
 * @throws FileRefused when the archive is damaged, encrypted, or has too many members.
 */
export async function openZip(object: SourceObject, maxMembers: number): Promise<readonly ZipMember[]> {
  const reader = new ObjectReader(object);
  const refuse = (error: unknown): Error =>
    reader.failure ??
    new FileRefused(`The zip can't be read (${(error as Error).message}). Upload it anew.`, { cause: error });
  const members: ZipMember[] = [];
  try {
    const zip = await fromRandomAccessReaderPromise(reader, object.size, {
      lazyEntries: true,
      autoClose: false,
      // Names are shown only, never used as paths; one with `..` isn't a reason to refuse the data.
      decodeStrings: false,
    });
    if (zip.entryCount > maxMembers) {
      throw new FileRefused(`The zip has ${zip.entryCount} members, ${maxMembers} are allowed (limits.maxMembers).`);
    }
    for await (const entry of zip.eachEntry()) {
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (name.endsWith("/") || name.startsWith("__MACOSX/") || name.endsWith("/.DS_Store") || name === ".DS_Store")
        continue;
      if (entry.isEncrypted()) {
        throw new FileRefused(`The zip's member ${name} is encrypted. Upload it without a password.`);
      }
      members.push({ name, open: () => readMember(zip, entry, name, refuse) });
    }
    // A damaged count would leave members out. (The types call the cursor a boolean; it is an offset.)
    const cursor = Number(zip.readEntryCursor);
    if ((await reader.readBlock(cursor, 4)).readUInt32LE() === CENTRAL_HEADER) {
      throw new Error(`its directory goes on after the ${zip.entryCount} members that it says it has`);
    }
  } catch (error) {
    throw error instanceof FileRefused ? error : refuse(error);
  }
  return members;
}

async function* readMember(
  zip: ZipFile,
  entry: Entry,
  name: string,
  refuse: (error: unknown) => Error,
): AsyncGenerator<Buffer> {
  let stream: Readable | undefined;
  try {
    stream = await zip.openReadStreamPromise(entry);
    let checksum = 0;
    for await (const chunk of stream) {
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
    if (checksum !== entry.crc32) {
      throw new Error(`its checksum is ${hex(checksum)}, the directory says ${hex(entry.crc32)}`);
    }
  } catch (error) {
    const reason = refuse(error);
    throw reason instanceof FileRefused
      ? new FileRefused(`Member ${name}: ${reason.message}`, { cause: error })
      : reason;
  } finally {
    stream?.destroy();
  }
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, "0");
}

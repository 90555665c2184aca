import { type FileEncoding, FileRefused } from "./cut";

export type TextEncoding = FileEncoding | "utf-16be";

/** How a text is encoded: by its byte order mark if it has one, else as declared. */
export interface DetectedEncoding {
  readonly encoding: TextEncoding;
  /** Bytes of the byte order mark. */
  readonly mark: number;
}

export function detectEncoding(head: Buffer, declared: FileEncoding): DetectedEncoding {
  if (declared !== "latin1") {
    if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: "utf-8", mark: 3 };
    if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", mark: 2 };
    if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", mark: 2 };
  }
  return { encoding: declared, mark: 0 };
}

/**
 * The text as UTF-8 without its byte order mark. UTF-8 passes as it is: whether it is valid is seen record by record.
 * What isn't valid UTF-16 becomes invalid UTF-8, so that it too costs its record only.
 * @throws FileRefused when UTF-16 ends within a character.
 */
export async function* toUtf8(
  chunks: AsyncIterable<Buffer>,
  { encoding, mark }: DetectedEncoding,
): AsyncGenerator<Buffer> {
  let skip = mark;
  let rest: Buffer = Buffer.alloc(0);
  for await (const whole of chunks) {
    const chunk = skip > 0 ? whole.subarray(skip) : whole;
    skip -= whole.length - chunk.length;
    if (chunk.length === 0) continue;
    if (encoding === "utf-8") yield chunk;
    else if (encoding === "latin1") yield Buffer.from(chunk.toString("latin1"));
    else {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let end = bytes.length - (bytes.length % 2);
      // A pair of surrogates isn't torn apart.
      if (end >= 2 && isHighSurrogate(bytes, end - 2, encoding)) end -= 2;
      rest = bytes.subarray(end);
      if (end > 0) yield fromUtf16(bytes.subarray(0, end), encoding);
    }
  }
  if (rest.length === 0) return;
  if (rest.length % 2 === 1) {
    throw new FileRefused(
      `The file isn't ${encoding}: it has an odd number of bytes. Declare its encoding, or upload it anew.`,
    );
  }
  yield fromUtf16(rest, encoding);
}

function isHighSurrogate(bytes: Buffer, at: number, encoding: TextEncoding): boolean {
  const unit = encoding === "utf-16be" ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
  return unit >= 0xd800 && unit < 0xdc00;
}

function fromUtf16(bytes: Buffer, encoding: TextEncoding): Buffer {
  const text = (encoding === "utf-16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
  const encoded = Buffer.from(text);
  // Half a pair would silently become U+FFFD.
  const pieces = text.split(/\p{Surrogate}/u);
  if (pieces.length === 1) return encoded;
  return Buffer.concat(
    pieces.flatMap((piece, index) => [Buffer.from(piece), ...(index < pieces.length - 1 ? [INVALID] : [])]),
  );
}

const INVALID = Buffer.from([0xff]);

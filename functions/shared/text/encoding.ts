import { isAscii, isUtf8 } from "node:buffer";
import { type FileEncoding, FileRefused } from "./cut";

export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** How a text is encoded: by its byte order mark if it has one, else as declared. */
export interface DetectedEncoding {
  readonly encoding: TextEncoding;
  /** Bytes of the byte order mark. */
  readonly mark: number;
}

/** @throws FileRefused for UTF-32, and for what is declared as UTF-16 and isn't. */
export function detectEncoding(head: Buffer, declared: FileEncoding): DetectedEncoding {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte);
  if (begins(0xef, 0xbb, 0xbf)) return { encoding: "utf-8", mark: 3 };
  if (begins(0xff, 0xfe, 0, 0) || begins(0, 0, 0xfe, 0xff)) {
    throw new FileRefused("The file is UTF-32, which isn't read. Fix: send UTF-8.");
  }
  if (begins(0xff, 0xfe)) return { encoding: "utf-16le", mark: 2 };
  if (begins(0xfe, 0xff)) return { encoding: "utf-16be", mark: 2 };
  if (declared === "latin1" || declared === "windows-1252") return { encoding: "windows-1252", mark: 0 };
  const wide = wideWithoutMark(head);
  if (declared === "utf-16le" && wide === undefined && isOtherText(head)) {
    throw new FileRefused(
      "The file is declared as utf-16le, but it holds text of one byte a character. Fix: declare the encoding that it has.",
    );
  }
  return { encoding: wide ?? declared, mark: 0 };
}

/** UTF-16 by the zeros that letters of Latin, digits, delimiters and line ends have: nearly all of them in every second byte. */
function wideWithoutMark(head: Buffer): "utf-16le" | "utf-16be" | undefined {
  let even = 0;
  let odd = 0;
  for (let at = 0; at < head.length; at++) {
    if (head[at] !== 0) continue;
    if (at % 2 === 0) even++;
    else odd++;
  }
  const enough = Math.max(4, head.length * 0.15);
  if (odd >= enough && even * 4 <= odd) return "utf-16le";
  return even >= enough && odd * 4 <= even ? "utf-16be" : undefined;
}

/** The head may end within a character. */
function isOtherText(head: Buffer): boolean {
  return !head.includes(0) && [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, head.length - cut)));
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
    else if (encoding === "windows-1252") yield isAscii(chunk) ? chunk : fromWindows1252(chunk);
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

/** What Windows-1252 has from 0x80 on where Latin 1 has control characters; five bytes mean nothing and stay those. */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

function fromWindows1252(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  return Buffer.from(text.replace(/[\x80-\x9f]/g, (byte) => WINDOWS_1252[byte.charCodeAt(0) - 0x80] as string));
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

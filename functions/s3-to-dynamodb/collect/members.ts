import { type DetectedEncoding, detectEncoding, toUtf8 } from "../../shared/text/encoding";
import { type Dialect, detectDialect, SNIFF_BYTES } from "../../shared/text/sniff";
import type { Limits, SourceConfig } from "../shared/contract";
import type { Checkpoint } from "./checkpoint";
import type { SourceObject } from "./ports";
import { detectCompression, gunzip, peek, refuseNested, UnpackedBytes } from "./unpack";
import { openZip } from "./zip";

const MAGIC_BYTES = 512;

/** One file's text, detected and unpacked, from where reading goes on. */
export interface Member {
  readonly member: number;
  readonly name: string;
  readonly unpackedBefore: number;
  readonly dialect: Dialect;
  readonly encoding: DetectedEncoding;
  /** It was opened before; the text begins at the checkpoint. */
  readonly resumed: boolean;
  readonly text: AsyncIterable<Buffer>;
}

export type Compression = "none" | "gzip" | "zip";

/** An object's members as they are to be read, each to be read to its end before the next. */
export interface Opened {
  readonly compression: Compression;
  members(): AsyncGenerator<Member>;
}

/** Finds out how an object is packed. @throws FileRefused */
export async function openObject(
  object: SourceObject,
  key: string,
  source: SourceConfig,
  limits: Limits,
  from: Checkpoint,
): Promise<Opened> {
  // Where nothing is packed or transcoded, an offset in the text is one in the object.
  const mark = from.compression === "none" && from.encoding?.encoding === "utf-8" ? from.encoding.mark : undefined;
  if (mark !== undefined && from.offset > 0) {
    const start = mark + from.offset;
    const counted = new UnpackedBytes(limits, object.size, false, start);
    return {
      compression: "none",
      members: () => single(counted.count(start < object.size ? object.read(start) : nothing()), true),
    };
  }
  const { head, chunks } = await peek(object.read(), MAGIC_BYTES);
  const compression = detectCompression(source.compression, head);
  const bytes = new UnpackedBytes(limits, object.size, compression !== "none", from.unpackedBefore);
  if (compression !== "zip") {
    const unpacked = bytes.count(compression === "gzip" ? gunzip(chunks) : chunks);
    return { compression, members: () => single(unpacked, false) };
  }
  await chunks.return(undefined);
  return { compression, members: zipMembers };

  async function* single(unpacked: AsyncIterable<Buffer>, ranged: boolean): AsyncGenerator<Member> {
    yield await openMember(unpacked, 0, "", key, 0, ranged);
  }

  async function* zipMembers(): AsyncGenerator<Member> {
    for (const [index, { name, open }] of (await openZip(object, limits.maxMembers)).entries()) {
      if (index < from.member) continue;
      yield await openMember(bytes.count(open()), index, name, name, bytes.total, false);
    }
  }

  async function openMember(
    unpacked: AsyncIterable<Buffer>,
    member: number,
    name: string,
    fileName: string,
    unpackedBefore: number,
    ranged: boolean,
  ): Promise<Member> {
    const { dialect, encoding } = from;
    const place = { member, name, unpackedBefore };
    if (dialect !== undefined && encoding !== undefined && member === from.member) {
      const text = ranged ? unpacked : dropBytes(toUtf8(unpacked, encoding), from.offset);
      return { ...place, dialect, encoding, resumed: true, text };
    }
    const raw = await peek(unpacked, MAGIC_BYTES);
    if (compression !== "none") refuseNested(raw.head, name === "" ? "The gzip file" : `Member ${name}`);
    const detected = detectEncoding(raw.head, source.encoding);
    const text = await peek(toUtf8(raw.chunks, detected), SNIFF_BYTES);
    const found = detectDialect(source.format, fileName, text.head, text.whole);
    return { ...place, dialect: found, encoding: detected, resumed: false, text: text.chunks };
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

async function* dropBytes(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    const kept = left > 0 ? chunk.subarray(left) : chunk;
    left -= chunk.length - kept.length;
    if (kept.length > 0) yield kept;
  }
}

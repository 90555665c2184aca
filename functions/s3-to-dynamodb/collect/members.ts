import type { Dialect } from "../../shared/text/dialect";
import { type DetectedEncoding, toUtf8 } from "../../shared/text/encoding";
import { openText } from "../../shared/text/text";
import {
  type Compression,
  dropBytes,
  MAGIC_BYTES,
  openPacked,
  peek,
  refuseNested,
  UnpackedBytes,
} from "../../shared/text/unpack";
import type { Limits, SourceConfig } from "../shared/contract";
import type { Checkpoint } from "./checkpoint";
import type { SourceObject } from "./ports";
import { openZip } from "./zip";

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
  const { compression, chunks } = await openPacked(object.read(), source.compression);
  const bytes = new UnpackedBytes(limits, object.size, compression !== "none", from.unpackedBefore);
  if (compression !== "zip") {
    const unpacked = bytes.count(chunks);
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
    const place = { member, name, unpackedBefore };
    if (from.dialect !== undefined && from.encoding !== undefined && member === from.member) {
      const text = ranged ? unpacked : dropBytes(toUtf8(unpacked, from.encoding), from.offset);
      return { ...place, dialect: from.dialect, encoding: from.encoding, resumed: true, text };
    }
    const { format, delimiter, encoding } = source;
    const { head, chunks } = await peek(unpacked, MAGIC_BYTES);
    if (compression !== "none") refuseNested(head, name === "" ? "The gzip file" : `Member ${name}`);
    const { utf8, ...found } = await openText(chunks, { name: fileName, format, delimiter, encoding });
    return { ...place, ...found, resumed: false, text: utf8 };
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

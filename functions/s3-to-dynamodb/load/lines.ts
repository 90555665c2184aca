import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { LineCutter } from "../../shared/text/lines";

/** Longer than any landing line: a record is bounded, and so are the header's names that it repeats. */
const MAX_LINE_BYTES = 512 * 1024 * 1024;

/**
 * The lines of a gzipped text, as they come in: one array per unpacked chunk, so that a part costs some hundred awaits
 * instead of one for each line.
 * @throws the stream's error, or zlib's when the part is cut off.
 */
export async function* gunzipLines(packed: Readable): AsyncGenerator<string[]> {
  const unpacked = createGunzip({ chunkSize: 128 * 1024 });
  packed.on("error", (error) => unpacked.destroy(error));
  packed.pipe(unpacked);
  const cutter = new LineCutter(MAX_LINE_BYTES);
  try {
    for await (const chunk of unpacked) {
      for (const { text } of cutter.pushMany(chunk as Buffer)) yield text.split("\n");
    }
    for (const { text } of cutter.endMany()) yield [text];
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/**
 * The lines of a gzipped text, as they come in: one array per unpacked chunk, so that a part costs some hundred awaits
 * instead of one for each line.
 * @throws the stream's error, or zlib's when the part is cut off.
 */
export async function* gunzipLines(packed: Readable): AsyncGenerator<string[]> {
  const unpacked = createGunzip({ chunkSize: 64 * 1024 });
  packed.on("error", (error) => unpacked.destroy(error));
  packed.pipe(unpacked);
  const decoder = new TextDecoder("utf-8");
  let rest: string[] = [];
  try {
    for await (const chunk of unpacked) {
      const text = decoder.decode(chunk as Buffer, { stream: true });
      const end = text.indexOf("\n");
      if (end === -1) {
        rest.push(text);
        continue;
      }
      const lines = (rest.length === 0 ? text : rest.join("") + text).split("\n");
      rest = [lines.pop() as string];
      yield lines;
    }
    const last = rest.join("") + decoder.decode();
    if (last !== "") yield [last];
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

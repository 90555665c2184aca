import { keyedSource, pipelineConfig } from "../shared/pipelineConfig";

/** A generated table: ten fields, about 400 bytes a row. */
export const source = keyedSource({ name: "generated", keyFields: ["id"], compression: "none" });

export const config = pipelineConfig(source, 1024 ** 2);

const HEADER = `id,${Array.from({ length: 9 }, (_, index) => `field_${index}`).join(",")}\n`;
const CHUNK = 64 * 1024;

/** The table as S3 would stream it: chunks of 64 KB, made as they are asked for, until there are so many bytes. */
export function* csv(bytes: number): Generator<Buffer> {
  let text = HEADER;
  let made = 0;
  for (let row = 0; made < bytes; row += 1) {
    let line = `key-${row}`;
    for (let field = 0; field < 9; field += 1)
      line += `,value ${row * 7 + field} ${PADDING[(row + field) % PADDING.length]}`;
    text += `${line}\n`;
    if (text.length >= CHUNK || made + text.length >= bytes) {
      made += text.length;
      yield Buffer.from(text);
      text = "";
    }
  }
}

// Of several lengths, so that rows differ in more than their numbers.
const PADDING = ["", "a", "with \u00e9", "some more words", "and a longer text than the other ones", "123.45"];

/**
 * Reads all that has made readers slow. Run as a program (linear.test.ts does, with flags of V8 that tell of a regular
 * expression which goes back too often), it says `reading` once everything is loaded.
 */
import { HOSTILE_FIELDS, HOSTILE_QUOTES, HOSTILE_RECORDS } from "../../../../bench/scaling/hostile";
import { ItemMaker } from "../../../../functions/s3-to-dynamodb/load/marshal/item";
import { RecordError } from "../../../../functions/s3-to-dynamodb/load/marshal/json";
import { FileRefused } from "../../../../functions/shared/text/cut";
import { lineOf, sourceWith, uploadAt } from "../../s3-to-dynamodb/load/fakes";
import { readFile } from "./reading";

export const HOSTILE_SIZE = 20_000;

async function readHostile(size: number): Promise<void> {
  for (const { format, write } of [...HOSTILE_QUOTES, ...HOSTILE_RECORDS]) {
    await readFile(write(size), { format }).catch((error: unknown) => {
      if (!(error instanceof FileRefused)) throw error;
    });
  }
  const upload = uploadAt("2026-01-01T00:00:00.000Z");
  const maker = new ItemMaker(sourceWith({ fields: [{ from: "n", to: "n", type: "number" }] }), upload, "order");
  for (const write of Object.values(HOSTILE_FIELDS)) {
    try {
      maker.make(lineOf(upload, 1, { id: "1" }).replace(/}$/, `,${write(size)}}`));
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
    }
  }
}

if (require.main === module) {
  console.log("reading");
  void readHostile(HOSTILE_SIZE).then(() => console.log("read"));
}

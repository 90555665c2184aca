import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { HOSTILE_FIELDS, HOSTILE_QUOTES, HOSTILE_RECORDS } from "../../../../bench/scaling/hostile";
import { ItemMaker } from "../../../../functions/s3-to-dynamodb/load/marshal/item";
import { FILE_START, FileRefused } from "../../../../functions/shared/text/cut";
import { detectDialect } from "../../../../functions/shared/text/dialect";
import { QuotedRecord } from "../../../../functions/shared/text/quotedRecord";
import { createReader } from "../../../../functions/shared/text/text";
import { lineOf, sourceWith, uploadAt } from "../../s3-to-dynamodb/load/fakes";
import { HOSTILE_SIZE } from "./hostile";
import { CSV, readFile } from "./reading";

const BOUNDS = [2100, 4 * 1024 * 1024];

/** Characters that are looked at for their quotes while a text is read. */
function stepsOf(text: string, maxRecordBytes: number): number {
  const { feed } = QuotedRecord.prototype;
  let steps = 0;
  QuotedRecord.prototype.feed = function (line) {
    steps += line.length + 1;
    return feed.call(this, line);
  };
  try {
    const reader = createReader(CSV, FILE_START, { maxRecordBytes });
    reader.push(Buffer.from(text));
    reader.end();
  } finally {
    QuotedRecord.prototype.feed = feed;
  }
  return steps;
}

describe("text: linear in the file's size", () => {
  for (const { what, write } of HOSTILE_QUOTES) {
    it(`I15: ${what}: each character is looked at a few times at most, whatever the size and the bound`, () => {
      for (const maxRecordBytes of BOUNDS) {
        for (const size of [500, 1000, 2000, 4000]) {
          const text = write(size);
          const steps = stepsOf(text, maxRecordBytes);
          assert.ok(steps <= 4 * text.length, `${steps} steps for ${text.length} characters, ${maxRecordBytes}`);
        }
      }
    });
  }

  it("I15: what is looked at to find the dialect is bounded for each delimiter", () => {
    const { feed } = QuotedRecord.prototype;
    for (const { write } of HOSTILE_QUOTES) {
      const head = write(30_000).slice(0, 64 * 1024);
      let steps = 0;
      QuotedRecord.prototype.feed = function (line) {
        steps += line.length + 1;
        return feed.call(this, line);
      };
      try {
        detectDialect(Buffer.from(head), false, { format: "csv" });
      } finally {
        QuotedRecord.prototype.feed = feed;
      }
      assert.ok(steps <= 40 * head.length, `${steps} steps for ${head.length} characters`);
    }
  });

  for (const { what, format, write } of HOSTILE_RECORDS) {
    it(`I15: ${format}, ${what}: records, or a reason`, async () => {
      const read = await readFile(write(3000), { format }).catch((error: Error) => error);
      if (read instanceof Error) assert.ok(read instanceof FileRefused, String(read));
      else assert.ok(read.records.length > 0);
    });
  }

  it("I15: a regular expression that steps back as often as hostile input has characters is known to be linear", () => {
    // V8 counts the steps back, and tells of an expression that has taken more than so many.
    const flags = [
      "--enable-experimental-regexp-engine-on-excessive-backtracks",
      `--regexp-backtracks-before-fallback=${HOSTILE_SIZE / 2}`,
      "--trace-experimental-regexp-engine",
    ];
    const program = [...flags, "--import", "tsx", join(__dirname, "hostile.ts")];
    const { stdout, stderr } = spawnSync(process.execPath, program, { encoding: "utf8" });
    const said = stdout.slice(stdout.lastIndexOf("reading\n"));
    assert.ok(said.endsWith("\nread\n"), stderr);
    const told = [...said.matchAll(/of regexp \S+ <String\[\d+\]: #(.*)>/g)].map(([, expression = ""]) =>
      expression.replaceAll(/\\+/g, "\\"),
    );
    // Of json.ts: one step back for each bracket, comma or colon, then at most 15 digits.
    assert.deepEqual([...new Set(told)], ["[:,[]\\s*-?(?:[\\d.]{16}|[\\d.]+[eE])"]);
  });

  it("I15: a landing line of whatever fields is an item, or that record's error", () => {
    const upload = uploadAt("2026-01-01T00:00:00.000Z");
    const maker = new ItemMaker(sourceWith({ fields: [{ from: "n", to: "n", type: "number" }] }), upload, "order");
    for (const [what, write] of Object.entries(HOSTILE_FIELDS)) {
      const line = lineOf(upload, 1, { id: "1" }).replace(/}$/, `,${write(3000)}}`);
      try {
        assert.equal(JSON.parse(maker.make(line).text).sk.S, "1", what);
      } catch (error) {
        assert.equal((error as Error).name, "RecordError", what);
      }
    }
  });
});

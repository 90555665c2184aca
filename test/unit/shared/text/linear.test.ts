import assert from "node:assert/strict";
import { FILE_START } from "../../../../functions/shared/text/cut";
import { detectDialect } from "../../../../functions/shared/text/dialect";
import { QuotedRecord } from "../../../../functions/shared/text/quotedRecord";
import { createReader } from "../../../../functions/shared/text/text";
import { CSV } from "./reading";

/** Texts that have made readers slow, by their size in lines or so. */
const HOSTILE: Readonly<Record<string, (size: number) => string>> = {
  "every line opens a quote": (size) => `a,b\n${'1,"x\n'.repeat(size)}`,
  "every line opens a quote in its only field": (size) => `a\n${'"x\n'.repeat(size)}`,
  "a quote opens and none follows": (size) => `a,b\n1,"x\n${"1,2\n".repeat(size)}`,
  "quotes close and open again": (size) => `a,b,c\n1,"x\n${'",,"y\n'.repeat(size)}`,
  "quotes close and open again, of many columns": (size) => `${"c,".repeat(999)}c\n1,"x\n${'","y\n'.repeat(size)}`,
  "doubled quotes only": (size) => `a,b\n1,"${'""\n'.repeat(size)}`,
  "blank lines within quotes": (size) => `a,b\n1,"${"\n".repeat(size)}`,
  "records of several lines that are torn": (size) => `a,b,c\n${'1,"x\ny" z,2\n3,4,5\n'.repeat(size)}`,
  "one line of quotes": (size) => `a,b\n${'"'.repeat(size)}\n1,2\n`,
  "one line of quoted fields": (size) => `a,b\n${'"",'.repeat(size)}\n1,2\n`,
};
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
  for (const [what, write] of Object.entries(HOSTILE)) {
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
    for (const write of Object.values(HOSTILE)) {
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
});

import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import type { Cut, RecordReader } from "../../../../functions/shared/text/cut";
import { FILE_START } from "../../../../functions/shared/text/cut";
import type { Dialect } from "../../../../functions/shared/text/dialect";
import { createReader } from "../../../../functions/shared/text/text";
import { AFTER_EACH_PART } from "./fakes";
import { collect } from "./run";

const RULES = { maxRecordBytes: 1_000_000 };
const RUNS = { numRuns: 150 };
// Characters that formats trip over, with some of several bytes.
const text = fc.string({
  unit: fc.constantFrom("a", "1", " ", ",", ";", '"', "\n", "\r\n", "\\", "ü", "😀", "[", "}"),
});
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

/** Feeds the bytes in chunks of the given sizes, over and over. */
function read(reader: RecordReader, bytes: Buffer, chunks: readonly number[]): Cut[] {
  const cuts: Cut[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + (chunks[turn % chunks.length] as number);
    cuts.push(...reader.push(bytes.subarray(at, end)));
    at = end;
  }
  return [...cuts, ...reader.end()];
}

function readAll(dialect: Dialect, bytes: Buffer, chunks: readonly number[] = [bytes.length + 1]): Cut[] {
  return read(createReader(dialect, FILE_START, RULES), bytes, chunks);
}

function records(cuts: readonly Cut[]): unknown[] {
  return cuts.map(({ body, problem }) => (body === undefined ? problem : JSON.parse(`{"_":0${body}`)));
}

const CSV: Dialect = { kind: "delimited", delimiter: ",", terminator: "\n" };
const NDJSON: Dialect = { kind: "ndjson", terminator: "\n" };
const ARRAY: Dialect = { kind: "array", terminator: "\n" };

describe("collect: properties", () => {
  it("I2: CSV gives the records that csv-parse gives, wherever the chunks end", () => {
    // As a writer that is sound would write them: quoted where it must be.
    const field = text.map((value) =>
      /[",\r\n]/.test(value) || value === "" ? `"${value.replaceAll('"', '""')}"` : value,
    );
    const row = fc.array(field, { minLength: 3, maxLength: 3 });
    const breaks = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), breaks, fc.boolean(), sizes, (rows, end, ended, chunks) => {
        const file = ["a,b,c", ...rows.map((fields) => fields.join(","))].join(end) + (ended ? end : "");
        const expected = parse(file, { columns: true, record_delimiter: ["\r\n", "\n"] }) as Record<string, string>[];
        assert.deepEqual(
          records(readAll(CSV, Buffer.from(file), chunks)),
          expected.map((each) => ({ _: 0, ...each })),
        );
      }),
      RUNS,
    );
  });

  for (const [label, dialect] of [
    ["CSV", CSV],
    ["NDJSON", NDJSON],
  ] as const) {
    it(`I2: any text as ${label}: the same cuts wherever the chunks end, and every byte belongs to one`, () => {
      fc.assert(
        fc.property(text, sizes, (body, chunks) => {
          const bytes = Buffer.from(`a,b\n${body}`);
          const whole = readAll(dialect, bytes);
          assert.deepEqual(readAll(dialect, bytes, chunks), whole);
          const ends = whole.map(({ end }) => end);
          assert.deepEqual(
            ends,
            [...new Set(ends)].sort((a, b) => a - b),
          );
        }),
        RUNS,
      );
    });
  }

  it("I2: NDJSON and JSON arrays give the values that JSON.parse gives, wherever the chunks end", () => {
    const value = fc.dictionary(
      text.filter((name) => name !== "__proto__"),
      fc.jsonValue(),
      { maxKeys: 4 },
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 10 }), fc.constantFrom(0, 1, "\t"), sizes, (values, indent, chunks) => {
        const expected = values.map((each) => ({ _: 0, ...(JSON.parse(JSON.stringify(each)) as object) }));
        const array = Buffer.from(JSON.stringify(values, undefined, indent));
        assert.deepEqual(records(readAll(ARRAY, array, chunks)), expected);
        const lines = Buffer.from(values.map((each) => JSON.stringify(each)).join("\n"));
        assert.deepEqual(records(readAll(NDJSON, lines, chunks)), expected);
        const sequence = Buffer.from(values.map((each) => JSON.stringify(each, undefined, indent)).join("\n"));
        assert.deepEqual(records(readAll({ ...ARRAY, kind: "values" }, sequence, chunks)), expected);
      }),
      RUNS,
    );
  });

  it("I9: reading on from any cut gives the rest of the cuts", () => {
    const value = fc.dictionary(text, fc.jsonValue(), { maxKeys: 3 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), text, sizes, (values, csv, chunks) => {
        const files: [Dialect, Buffer][] = [
          [ARRAY, Buffer.from(JSON.stringify(values, undefined, 1))],
          [{ ...ARRAY, kind: "values" }, Buffer.from(values.map((each) => JSON.stringify(each)).join(" "))],
          [NDJSON, Buffer.from(values.map((each) => JSON.stringify(each)).join("\n"))],
          [CSV, Buffer.from(`a,b\n${csv}`)],
        ];
        for (const [dialect, bytes] of files) {
          const whole = createReader(dialect, FILE_START, RULES);
          const cuts = read(whole, bytes, [bytes.length]);
          for (const [index, { end, nextLine, last }] of cuts.entries()) {
            const from = { offset: end, line: nextLine, header: whole.header, last };
            const rest = read(createReader(dialect, from, RULES), bytes.subarray(end), chunks);
            assert.deepEqual(rest, cuts.slice(index + 1));
          }
        }
      }),
      RUNS,
    );
  });

  it("I9: landing with a stop after each part gives what one go gives, line by line", async () => {
    const value = fc.record({ a: text, b: fc.double({ noNaN: true, noDefaultInfinity: true }) });
    const partBytes = fc.integer({ min: 300, max: 900 });
    const kinds = fc.constantFrom("csv", "json", "ndjson");
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 12 }), kinds, partBytes, async (values, kind, size) => {
        const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
        const file =
          kind === "csv"
            ? `a,b\n${values.map(({ a, b }, index) => `${quoted(a)},${b}${index % 4 === 3 ? ",ragged" : ""}\n`).join("")}`
            : kind === "json"
              ? JSON.stringify(values, undefined, 1)
              : values.map((each) => JSON.stringify(each)).join("\n");
        const name = `a.${kind}`;
        const once = await collect(name, file, {}, { partBytes: size });
        const resumed = await collect(name, file, {}, { partBytes: size }, AFTER_EACH_PART, 50);
        assert.deepEqual(resumed.landing, once.landing);
        assert.deepEqual(resumed.quarantined(), once.quarantined());
        assert.deepEqual(resumed.sent, once.sent);
        assert.equal(resumed.continuations.length, Math.max(0, once.sent.length - 1));
        const { checkpoint: _, ...entry } = once.file;
        assert.deepEqual({ ...resumed.file, checkpoint: undefined }, { ...entry, checkpoint: undefined });
      }),
      { numRuns: 60 },
    );
  });
});

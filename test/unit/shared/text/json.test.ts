import assert from "node:assert/strict";
import fc from "fast-check";
import { type Cut, FileRefused, type ReadFrom } from "../../../../functions/shared/text/cut";
import { ARRAY, cutsOf, NDJSON, VALUES } from "./reading";

const RUNS = { numRuns: 150 };
// Characters that formats trip over, with some of several bytes.
const text = fc.string({
  unit: fc.constantFrom("a", "1", " ", ",", '"', "\n", "\r\n", "\\", "ü", "😀", "[", "}"),
});
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

function records(cuts: readonly Cut[]): unknown[] {
  return cuts.map(({ body, problem }) => (body === undefined ? problem : JSON.parse(`{"_":0${body}`)));
}

describe("text: JSON", () => {
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
        assert.deepEqual(records(cutsOf(ARRAY, array, chunks).cuts), expected);
        const lines = Buffer.from(values.map((each) => JSON.stringify(each)).join("\n"));
        assert.deepEqual(records(cutsOf(NDJSON, lines, chunks).cuts), expected);
        const sequence = Buffer.from(values.map((each) => JSON.stringify(each, undefined, indent)).join("\n"));
        assert.deepEqual(records(cutsOf(VALUES, sequence, chunks).cuts), expected);
      }),
      RUNS,
    );
  });

  it("I9: reading on from any record gives the rest, wherever chunks end, of whatever text", () => {
    const token = fc.constantFrom("{", "}", "[", "]", ",", '"', "\\", "\n", " ", '{"a":1}', "1", "ü");
    const anything = fc.string({ unit: token, maxLength: 40, size: "max" });
    const values = fc.array(fc.dictionary(text, fc.jsonValue(), { maxKeys: 3 }), { minLength: 1, maxLength: 8 });
    const file = fc.oneof(
      fc.tuple(
        fc.constant(ARRAY),
        values.map((each) => JSON.stringify(each, undefined, 1)),
      ),
      fc.tuple(
        fc.constant(VALUES),
        values.map((each) => each.map((value) => JSON.stringify(value)).join(" ")),
      ),
      fc.tuple(
        fc.constant(NDJSON),
        values.map((each) => each.map((value) => JSON.stringify(value)).join("\n")),
      ),
      fc.tuple(fc.constant(NDJSON), anything),
      fc.tuple(fc.constant(VALUES), anything),
      fc.tuple(
        fc.constant(ARRAY),
        anything.map((body) => `[${body}`),
      ),
    );
    fc.assert(
      fc.property(file, sizes, ([dialect, body], chunks) => {
        const bytes = Buffer.from(body);
        const cutOrRefused = (piece: Buffer, sizesOf?: readonly number[], from?: ReadFrom): Cut[] | string => {
          try {
            return cutsOf(dialect, piece, sizesOf, from).cuts;
          } catch (error) {
            assert.ok(error instanceof FileRefused);
            return error.message;
          }
        };
        const whole = cutOrRefused(bytes);
        assert.deepEqual(cutOrRefused(bytes, chunks), whole);
        if (typeof whole === "string") return;
        for (const [index, { end, nextLine, state }] of whole.entries()) {
          const rest = cutOrRefused(bytes.subarray(end), chunks, { offset: end, line: nextLine, state });
          assert.deepEqual(rest, whole.slice(index + 1));
        }
      }),
      { numRuns: 600 },
    );
  });
});

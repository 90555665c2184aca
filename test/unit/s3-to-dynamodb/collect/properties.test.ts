import assert from "node:assert/strict";
import fc from "fast-check";
import { AFTER_EACH_PART } from "./fakes";
import { collect } from "./run";

// Characters that formats trip over, with some of several bytes.
const text = fc.string({
  unit: fc.constantFrom("a", "1", " ", ",", ";", '"', "\n", "\r\n", "\\", "ü", "😀", "[", "}"),
});

describe("collect: properties", () => {
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
        // Who did it, and in how many steps, is all that differs.
        const counts = { run: "", step: 0, staged: "" };
        assert.deepEqual({ ...resumed.file, ...counts }, { ...once.file, ...counts });
      }),
      { numRuns: 60 },
    );
  });
});

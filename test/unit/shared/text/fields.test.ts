import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { FILE_START } from "../../../../functions/shared/text/cut";
import { FieldsReader } from "../../../../functions/shared/text/fields";

const RULES = { maxRecordBytes: 100_000 };

describe("text: fields of records", () => {
  it("D2: any delimiter and quote give the fields that csv-parse gives, wherever the chunks end", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "1", " ", ",", ";", '"', "'", "\n", "\r\n", "\\", "ü", "😀") });
    const form = fc.record({ delimiter: fc.constantFrom(",", ";", "|", "\t"), quote: fc.constantFrom('"', "'") });
    const rows = fc.array(fc.array(text, { minLength: 2, maxLength: 2 }), { maxLength: 12 });
    fc.assert(
      fc.property(form, rows, fc.integer({ min: 1, max: 20 }), ({ delimiter, quote }, given, size) => {
        const written = given
          .map((row) => row.map((value) => `${quote}${value.replaceAll(quote, quote + quote)}${quote}`).join(delimiter))
          .join("\n");
        const reader = new FieldsReader(FILE_START, RULES, { delimiter, quote });
        const bytes = Buffer.from(written);
        const cuts = [];
        for (let at = 0; at < bytes.length; at += size) cuts.push(...reader.push(bytes.subarray(at, at + size)));
        cuts.push(...reader.end());
        const expected = parse(written, { delimiter, quote, escape: quote, record_delimiter: ["\n"] }) as string[][];
        assert.deepEqual(
          cuts.map(({ fields }) => fields),
          expected,
        );
        assert.ok(cuts.every(({ quotedFields }) => quotedFields?.size === 2));
      }),
      { numRuns: 200 },
    );
  });

  it("D2: a field in quotes is told from one without, and without a quote character none is", () => {
    const read = (quote: string) => {
      const reader = new FieldsReader(FILE_START, RULES, { delimiter: ",", quote });
      const cuts = [...reader.push(Buffer.from('a,"",\n"x",,""\n,,\n')), ...reader.end()];
      return cuts.map(({ fields, quotedFields, line }) => [fields, [...(quotedFields ?? [])], line]);
    };
    assert.deepEqual(read('"'), [
      [["a", "", ""], [1], 1],
      [["x", "", ""], [0, 2], 2],
      [["", "", ""], [], 3],
    ]);
    assert.deepEqual(read(""), [
      [["a", '""', ""], [], 1],
      [['"x"', "", '""'], [], 2],
      [["", "", ""], [], 3],
    ]);
  });
});

import assert from "node:assert/strict";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { ItemMaker } from "../../../../functions/s3-to-dynamodb/load/marshal/item";
import {
  type JsonValue,
  parseJson,
  plainText,
  RecordError,
} from "../../../../functions/s3-to-dynamodb/load/marshal/json";
import { isTooLarge, itemBytes, numberText, valueText } from "../../../../functions/s3-to-dynamodb/load/marshal/value";
import type { FieldType, SourceConfig } from "../../../../functions/s3-to-dynamodb/shared/contract";
import { itemKey } from "../../../../functions/s3-to-dynamodb/shared/itemKey";
import { lineOf, sourceWith, uploadAt } from "./fakes";

const UPLOAD = uploadAt("2026-01-01T00:00:00.000Z");

function make(fields: Readonly<Record<string, unknown>>, changes: Partial<SourceConfig> = {}) {
  const { text } = new ItemMaker(sourceWith(changes), UPLOAD, "order").make(lineOf(UPLOAD, 1, fields));
  return JSON.parse(text);
}

function mapped(type: FieldType): Partial<SourceConfig> {
  return { fields: [{ from: "a", to: "a", type }] };
}

/** The item, or why there is none. */
function outcomeOf(line: string, changes: Partial<SourceConfig>): string {
  try {
    return new ItemMaker(sourceWith(changes), UPLOAD, "order").make(line).text;
  } catch (error) {
    assert.ok(error instanceof RecordError, String(error));
    return error.message;
  }
}

describe("marshalling", () => {
  it("I4: any JSON value reads back as it was", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const written = JSON.parse(JSON.stringify(value));
        let text: string;
        try {
          text = valueText(parseJson(JSON.stringify(value)), "v");
        } catch (error) {
          // Half a character, a name that is empty, or a number beyond DynamoDB's range.
          assert.ok(error instanceof RecordError, String(error));
          return;
        }
        assert.deepEqual(unmarshall({ v: JSON.parse(text) }, { wrapNumbers: Number }).v, written);
      }),
    );
  });

  it("I4: numbers keep every digit, up to DynamoDB's 38", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?[1-9]\d{0,37}$/), (digits) => {
        assert.deepEqual(JSON.parse(valueText(parseJson(`{"n":[${digits}]}`), "v")), {
          M: { n: { L: [{ N: digits }] } },
        });
      }),
    );
    assert.equal(valueText(parseJson("0.12345678901234567890"), "v"), '{"N":"0.12345678901234567890"}');
  });

  it("I7: a number that DynamoDB can't hold is refused with the fix", () => {
    for (const text of ["1e126", "-1E+126", "1e-131", "1".repeat(39), `1.${"3".repeat(38)}`]) {
      assert.throws(() => numberText(text, "n"), /field "n" is .*map the field as string/, text);
    }
    for (const text of ["abc", "", ".", "1,5", "0x10", "NaN", "Infinity", "1e"]) {
      assert.throws(() => numberText(text, "n"), /isn't a number/, text);
    }
    for (const text of ["9.9e125", "1e-130", `${"1".repeat(38)}00000`, "-0", "000", "5.", ".5"]) numberText(text, "n");
  });

  it("I5: fields are renamed and typed as mapped; an empty cell is null; the rest passes", () => {
    const fields = [
      { from: "n", to: "count", type: "number" },
      { from: "b", to: "b", type: "boolean" },
      { from: "j", to: "j", type: "json" },
      { from: "s", to: "s", type: "string" },
      { from: "e", to: "e", type: "number" },
    ] as const;
    const record = { id: "1", n: " 12345678901234567890 ", b: "Yes", j: '{"a":[1]}', s: 5, e: "", other: "x" };
    const { count, b, j, s, e, other, id } = make(record, { fields });
    assert.deepEqual(
      { count, b, j, s, e, other, id },
      {
        count: { N: "12345678901234567890" },
        b: { BOOL: true },
        j: { M: { a: { L: [{ N: "1" }] } } },
        s: { S: "5" },
        e: { NULL: true },
        other: { S: "x" },
        id: { S: "1" },
      },
    );
    const mapped = make(record, { fields, onlyMapped: true });
    assert.deepEqual([mapped.other, mapped.id, mapped.count], [undefined, undefined, { N: "12345678901234567890" }]);
  });

  it("I7: what can't become an item says what to fix", () => {
    const cases: [Record<string, unknown>, RegExp, Partial<SourceConfig>?][] = [
      [{}, /key field "id" is missing/],
      [{ id: "" }, /key field "id" is empty/],
      [{ id: null }, /key field "id" is null/],
      [{ id: [1] }, /key field "id" is not a single value/],
      [{ id: "é".repeat(513) }, /1026 bytes, DynamoDB takes 1024/],
      [{ id: "1", pk: "x" }, /"pk" would overwrite/],
      [{ id: "1", "": "x" }, /a field without a name/],
      [{ id: "1", a: "\ud800" }, /half a character/],
      [{ id: "1", a: "x".repeat(410_000) }, /larger than 400 KB/],
      [{ id: "1", a: "maybe" }, /neither true nor false/, { fields: [{ from: "a", to: "a", type: "boolean" }] }],
      [{ id: "1", a: "{", b: 1 }, /field "a" isn't JSON/, { fields: [{ from: "a", to: "a", type: "json" }] }],
      [{ id: "1", a: "1", b: 1 }, /two fields become "b"/, { fields: [{ from: "a", to: "b", type: "string" }] }],
    ];
    for (const [fields, expected, changes] of cases) assert.throws(() => make(fields, changes), expected);
    const maker = new ItemMaker(sourceWith(), UPLOAD, "order");
    assert.throws(() => maker.make("[1]"), /isn't a JSON object/);
    assert.throws(() => maker.make("{"), /isn't JSON/);
  });

  it("I5: an item lies where itemKey says, whatever the key", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: "grapheme" }), { minLength: 1, maxLength: 3 }), (values) => {
        const names = values.map((_, index) => `k${index}`);
        const fields = Object.fromEntries(values.map((value, index) => [`k${index}`, value]));
        const { pk, sk } = make(fields, { keyFields: names });
        const expected = values.map((value) => value.replaceAll("%", "%25").replaceAll("#", "%23")).join("#");
        assert.deepEqual({ pk: pk.S, sk: sk.S }, itemKey("orders", expected, 4));
      }),
    );
  });

  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty", "isLosslessNumber"]) {
    it(`I15: ${name} is a name like any other: missing as a key field, and read back as a field`, () => {
      assert.throws(() => make({ id: "1" }, { keyFields: [name] }), new RegExp(`key field "${name}" is missing`));
      assert.throws(() => make({ id: "1\u0001" }, { keyFields: [name] }), new RegExp(`key field "${name}" is missing`));
      const fields = JSON.parse(`{"id":"1","${name}":"x","n":12345678901234567890}`) as Record<string, unknown>;
      for (const item of [make(fields), make(fields, { keyFields: [name] })]) {
        assert.deepEqual(Object.getOwnPropertyDescriptor(item, name)?.value, { S: "x" });
      }
    });
  }

  it("I15: data that looks like the parser's own numbers is data", () => {
    const looksLike = { isLosslessNumber: true, value: "5" };
    const asMap = { M: { isLosslessNumber: { BOOL: true }, value: { S: "5" } } };
    assert.deepEqual(make({ id: "1", a: looksLike }).a, asMap);
    assert.throws(() => make({ id: looksLike }), /key field "id" is not a single value/);
    assert.throws(() => make({ id: "1", a: looksLike }, mapped("number")), /isn't a number/);
    assert.deepEqual(make({ id: "1", a: looksLike }, mapped("json")).a, asMap);
    assert.deepEqual(make({ id: "1", a: looksLike }, mapped("string")).a, { S: JSON.stringify(looksLike) });
  });

  it("I15: any nesting, in text or value, with numbers of any length, is that record's problem or an item", () => {
    for (const depth of [40, 5_000, 200_000]) {
      for (const brackets of [
        "[".repeat(depth) + "]".repeat(depth),
        '{"a":'.repeat(depth) + "1".repeat(20) + "}".repeat(depth),
      ]) {
        const line = lineOf(UPLOAD, 1, { id: "1" }).replace(/}$/, `,"a":${brackets}}`);
        for (const type of ["string", "number", "json", "boolean"] as const) {
          const outcome = outcomeOf(line, mapped(type));
          if (type === "string" && depth === 40) assert.equal(JSON.parse(outcome).a.S, brackets);
          else assert.match(outcome, /nested deeper than|isn't a number|neither true nor false/);
        }
        assert.match(outcomeOf(line, {}), /nested deeper than/);
        const inText = JSON.stringify({ a: brackets }).slice(1);
        assert.match(
          outcomeOf(lineOf(UPLOAD, 1, { id: "1" }).replace(/}$/, `,${inText}`), mapped("json")),
          /nested deeper than/,
        );
      }
    }
  });

  it("I15: numbers of any length: zeros don't count, digits are bounded, an exponent may be out of all proportion", () => {
    const zeros = "0".repeat(50_000);
    for (const text of [
      `1${zeros}1`,
      `0.${zeros}1`,
      `1${zeros}`,
      `-${"7".repeat(50_000)}`,
      `1e${"9".repeat(50)}`,
      `1E-${zeros}999`,
    ]) {
      assert.throws(() => numberText(text, "n"), /DynamoDB holds numbers of 38 digits/);
    }
    for (const [text, expected] of [
      [`${zeros}5`, `${zeros}5`],
      [`5.${zeros}`, `5.${zeros}`],
      [zeros, "0"],
      ["0e999999999999", "0"],
      ["-0.0E-99999999999", "0"],
    ] as const) {
      assert.equal(numberText(text, "n"), expected);
    }
    assert.equal(itemBytes({ n: { N: `${zeros}12${zeros}` } }), 3);
  });

  it("I15: a text of any object reads back as the object, its numbers as they were written", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify({ value });
        assert.deepEqual(JSON.parse(plainText(parseJson(text))), JSON.parse(text));
      }),
    );
    const exact = '{"a":[12345678901234567890,1e400,{"isLosslessNumber":1}]}';
    assert.equal(plainText(parseJson(exact)), exact);
  });

  it("I15: what nobody has thought of is the record's problem too", () => {
    const maker = new ItemMaker(sourceWith(), UPLOAD, "order");
    assert.throws(
      () => maker.make(undefined as never),
      (error: Error) => {
        assert.ok(error instanceof RecordError);
        assert.match(error.message, /can't be made into an item \(TypeError/);
        return true;
      },
    );
  });

  it("I4: a line whose upload record is written otherwise gives the same item", () => {
    const line = lineOf(UPLOAD, 3, { id: "1", n: 12 });
    const maker = new ItemMaker(sourceWith(), UPLOAD, "order");
    const spaced = line.replace('{"_source"', '{ "_source"');
    assert.notEqual(spaced, line);
    assert.deepEqual(JSON.parse(maker.make(spaced).text), JSON.parse(maker.make(line).text));
  });

  it("I8: an item's JSON is never shorter than the item, so a short one needs no reading", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 3 })), (record) => {
        let item: Record<string, never>;
        try {
          const parsed = parseJson(JSON.stringify(record)) as Record<string, JsonValue>;
          item = JSON.parse(valueText(parsed, "")).M;
        } catch (error) {
          assert.ok(error instanceof RecordError);
          return;
        }
        assert.ok(itemBytes(item) <= Buffer.byteLength(JSON.stringify(item)));
      }),
    );
    const exactly = marshall({ a: "x".repeat(400 * 1024 - 1) });
    assert.equal(isTooLarge(JSON.stringify(exactly)), false);
    assert.equal(isTooLarge(JSON.stringify(marshall({ a: "x".repeat(400 * 1024) }))), true);
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { ItemMaker } from "../../../../functions/s3-to-dynamodb/load/marshal/item";
import { RecordError } from "../../../../functions/s3-to-dynamodb/load/marshal/json";
import { LineScanner } from "../../../../functions/s3-to-dynamodb/load/marshal/scanLine";
import type { SourceConfig } from "../../../../functions/s3-to-dynamodb/shared/contract";
import { lineOf, sourceWith, uploadAt } from "./fakes";

const UPLOAD = uploadAt("2026-01-01T00:00:00.000Z");
const PREFIX = lineOf(UPLOAD, 1, {}).replace("1}", "");

/** An item, or why there is none. */
function outcome(make: () => { readonly text: string; readonly sk: string; readonly pk: string }): unknown {
  try {
    const { pk, sk, text } = make();
    return { pk, sk, item: JSON.parse(text) };
  } catch (error) {
    assert.ok(error instanceof RecordError, String(error));
    return error.message;
  }
}

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("id", "a", "b", "c", "ä", "x y") },
  { weight: 1, arbitrary: fc.constantFrom("", "pk", "_order", "__proto__", "toString", "7", 'q"', "\ud83d\ude00") },
  { weight: 1, arbitrary: fc.string() },
);
const value = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)),
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.constantFrom("true", "false", "null", "{}", "[]", "0", "-0", "1.50", "1e5", "1E-7", "0.0000001", '""', '"  7 "'),
  fc.constantFrom("12345678901234567890", "0.12345678901234567890", "1e126", "1".repeat(39), '"{}"', '"\\ud800"'),
  fc.constantFrom("tru", "01", "+1", ".5", "[1,]", "{1}", "'a'", '"a', "[", "1 2", "", '"a"b'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.jsonValue({ maxDepth: 3 }).map((nested) => JSON.stringify(nested)),
  fc.jsonValue({ maxDepth: 3 }).map((nested) => JSON.stringify(nested, undefined, 1).replaceAll("\n", " ")),
);
const gap = fc.constantFrom("", "", "", " ", "  ", "\t");
const member = fc
  .tuple(gap, name, gap, gap, value, gap)
  .map(([a, key, b, c, text, d]) => `,${a}${JSON.stringify(key)}${b}:${c}${text}${d}`);
const line = fc
  .tuple(fc.constantFrom("1", "42", "007", "", "99999999999999999999", "-1"), fc.array(member, { maxLength: 6 }), gap)
  .map(([record, members, end]) => `${PREFIX}${record}${members.join("")}}${end}`);
const fields: SourceConfig["fields"] = [
  { from: "a", to: "n", type: "number" },
  { from: "b", to: "id", type: "string" },
  { from: "c", to: "c", type: "json" },
  { from: "ä", to: "flag", type: "boolean" },
];
const SOURCES: readonly SourceConfig[] = [
  sourceWith(),
  sourceWith({ keyFields: [] }),
  sourceWith({ keyFields: ["a", "id"], shards: 1 }),
  sourceWith({ fields }),
  sourceWith({ fields, keyFields: ["id", "c"], onlyMapped: true }),
];

describe("scanning lines", () => {
  it("I4, I5: a scanned line gives the item, or the error, that parsing it gives", () => {
    for (const source of SOURCES) {
      fc.assert(
        fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
          // One maker for all: what it remembers of a line must not show in the next.
          const maker = new ItemMaker(source, UPLOAD, "order");
          for (const each of lines) {
            assert.deepEqual(
              outcome(() => maker.make(each)),
              outcome(() => maker.makeByParsing(each)),
            );
          }
        }),
        { numRuns: 400 },
      );
    }
  });

  it("I12: ordinary lines are scanned, also with spaces, other fields and nested values; doubtful ones aren't", () => {
    const scanner = new LineScanner(sourceWith(), PREFIX);
    const scanned = [
      '{"id":"1","a":"x","b":2,"c":null}',
      '{"id": "2", "a": true, "d": [1, {"e": 5}]}',
      '{"c":-1.5,"id":3}',
    ].map((text) => scanner.scan(`${PREFIX}12,${text.slice(1)}`));
    assert.deepEqual(
      scanned.map((result) => ({ ...result, attributes: JSON.parse(`{${result?.attributes.slice(1)}}`) })),
      [
        { record: 12, key: ["1"], attributes: { id: { S: "1" }, a: { S: "x" }, b: { N: "2" }, c: { NULL: true } } },
        {
          record: 12,
          key: ["2"],
          attributes: {
            id: { S: "2" },
            a: { BOOL: true },
            d: { L: [{ N: "1" }, { M: { e: { N: "5" } } }] },
          },
        },
        { record: 12, key: ["3"], attributes: { c: { N: "-1.5" }, id: { N: "3" } } },
      ],
    );
    for (const text of [
      '{"id":"a\\"b"}',
      '{"a":"no key"}',
      '{"id":"1","id":"2"}',
      '{"id":"1","pk":"2"}',
      '{"id":[1]}',
    ]) {
      assert.equal(scanner.scan(`${PREFIX}12,${text.slice(1)}`), undefined, text);
    }
  });

  it("I5: a key that another field is mapped to isn't taken from the line before", () => {
    const source = sourceWith({ fields: [{ from: "b", to: "id", type: "string" }] });
    const maker = new ItemMaker(source, UPLOAD, "order");
    assert.equal(maker.make(lineOf(UPLOAD, 1, { id: "1" })).sk, "1");
    assert.throws(() => maker.make(lineOf(UPLOAD, 2, { b: "2" })), /key field "id" is missing/);
  });
});

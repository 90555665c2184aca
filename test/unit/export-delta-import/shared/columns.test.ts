import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ColumnType,
  canonicalValue,
  parseColumnType,
  typeText,
} from "../../../../functions/export-delta-import/shared/columnType";
import type { TableConfig } from "../../../../functions/export-delta-import/shared/config";
import { compareSchemas, exportSchema, schemaHash } from "../../../../functions/export-delta-import/shared/schema";
import { table } from "../tables";

function canonical(type: string, value: string): string {
  const result = canonicalValue(parseColumnType(type) as ColumnType, value);
  return "text" in result ? result.text : result.problem;
}

describe("export-delta-import: columns", () => {
  it("D9: a value has one written form per type, and what isn't of the type is told", () => {
    const cases: readonly [string, string, string][] = [
      ["string", " 01 ", " 01 "],
      ["integer", " +007 ", "7"],
      ["integer", "-0", "0"],
      ["integer", "1.00", "1"],
      ["integer", "1.5", '"1.5" isn\'t of type integer'],
      ["integer", "9".repeat(38), "9".repeat(38)],
      ["integer", "9".repeat(39), `"${"9".repeat(39)}" isn't of type integer`],
      ["decimal(12,2)", "1.5", "1.50"],
      ["decimal(12,2)", "-.5", "-0.50"],
      ["decimal(12,2)", "1.500", "1.50"],
      ["decimal(12,2)", "1.505", '"1.505" isn\'t of type decimal(12,2)'],
      ["decimal(4,2)", "99.99", "99.99"],
      ["decimal(4,2)", "100", '"100" isn\'t of type decimal(4,2)'],
      ["decimal(2,2)", "0.5", "0.50"],
      ["decimal(5,0)", ".", '"." isn\'t of type decimal(5,0)'],
      ["double", "1.50", "1.5"],
      ["double", "1E3", "1000"],
      ["double", "-0.0", "0"],
      ["double", "1e400", '"1e400" isn\'t of type double'],
      ["double", "0x10", '"0x10" isn\'t of type double'],
      ["boolean", "T", "true"],
      ["boolean", "no", "false"],
      ["boolean", "2", '"2" isn\'t of type boolean'],
      ["date", "2020-02-29", "2020-02-29"],
      ["date", "2021-02-29", '"2021-02-29" isn\'t of type date'],
      ["timestamp", "2020-12-30 10:15", "2020-12-30T10:15:00"],
      ["timestamp", "2020-12-30T10:15:00.120+02:00", "2020-12-30T08:15:00.12Z"],
      ["timestamp", "2020-12-30T23:30:00.123456789-0100", "2020-12-31T00:30:00.123456789Z"],
      ["timestamp", "2020-12-30T10:15:00+02", "2020-12-30T08:15:00Z"],
      ["timestamp", "2020-12-30T24:00:00", '"2020-12-30T24:00:00" isn\'t of type timestamp'],
    ];
    for (const [type, value, expected] of cases) assert.equal(canonical(type, value), expected, `${type} ${value}`);
  });

  it("D9: the written form of a written form is itself, and a number keeps its value", () => {
    const digits = fc.tuple(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }), fc.nat({ max: 12 }));
    fc.assert(
      fc.property(digits, ([unscaled, scale]) => {
        const text = `${unscaled < 0n ? "-" : ""}${String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0")}`;
        const written = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
        const once = canonical(`decimal(38,${scale})`, written);
        assert.equal(canonical(`decimal(38,${scale})`, once), once);
        assert.equal(BigInt(once.replace(".", "")), unscaled);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e125, max: 1e125 }), (number) => {
        const once = canonical("double", String(number));
        if (number !== 0 && Math.abs(number) < 1e-130) return assert.match(once, /isn't of type double/);
        assert.equal(canonical("double", once), once);
        assert.equal(Number(once), number === 0 ? 0 : number);
      }),
    );
  });

  it("D9: a type is read, and anything else isn't", () => {
    for (const text of ["string", "decimal(38,10)", "timestamp"]) {
      assert.equal(typeText(parseColumnType(text) as ColumnType), text);
    }
    assert.equal(typeText(parseColumnType(" Decimal( 5 ) ") as ColumnType), "decimal(5,0)");
    for (const text of ["", "varchar", "decimal", "decimal(39,0)", "decimal(2,3)", "decimal(0,0)"]) {
      assert.equal(parseColumnType(text), undefined, text);
    }
  });

  it("D9: columns come from the header, from the declaration, or from the number of fields", () => {
    const named = (config: TableConfig, first: string[]) =>
      exportSchema(config, first).columns.map(({ name, type }) => `${name} ${type}`);
    const columns = [
      { name: "id", type: "string" },
      { name: "amount", type: "decimal(12,2)" },
    ];
    assert.deepEqual(named(table({ columns }), ["x", " id ", "amount"]), [
      "x string",
      "id string",
      "amount decimal(12,2)",
    ]);
    assert.deepEqual(named(table({ header: false, columns }), ["1", "2"]), ["id string", "amount decimal(12,2)"]);
    assert.deepEqual(named(table({ header: false, keyColumns: ["column_1"] }), ["1", "2"]), [
      "column_1 string",
      "column_2 string",
    ]);
  });

  it("D9: columns that can't be told apart, or no key among them, are refused", () => {
    assert.throws(() => exportSchema(table(), ["a", "b"]), /no key column "id"; its columns are "a", "b"/);
    assert.throws(() => exportSchema(table(), ["id", "id"]), /Two columns of the export are called "id"/);
    assert.throws(() => exportSchema(table(), ["id", " "]), /Column 2 of the header has no name/);
    const declared = table({ header: false, columns: [{ name: "id", type: "string" }] });
    assert.throws(() => exportSchema(declared, ["1", "2"]), /first record has 2 fields, 1 columns are declared/);
    const many = Array.from({ length: 1_001 }, (_, i) => (i === 0 ? "id" : `c${i}`));
    assert.throws(() => exportSchema(table(), many), /1001 columns, 1000 are read at most/);
  });

  it("D9: a change of columns is as the table's policy has it", () => {
    const schema = (config: TableConfig, ...names: string[]) => exportSchema(config, names);
    const compare = (config: TableConfig, newer: string[], older: string[]) =>
      compareSchemas(config, schema(config, ...newer), schema(config, ...older));
    assert.deepEqual(compare(table(), ["b", "id", "a"], ["id", "a", "b"]).changes, []);
    assert.deepEqual(compare(table(), ["id", "a", "b"], ["id", "a"]).changes, ['column "b" was added']);
    assert.throws(
      () => compare(table({ addedColumns: "refuse" }), ["id", "b"], ["id"]),
      /column "b" was added \(addedColumns: refuse\)/,
    );
    assert.throws(() => compare(table(), ["id"], ["id", "a"]), /column "a" was dropped \(droppedColumns: refuse\)/);
    assert.deepEqual(compare(table({ droppedColumns: "accept" }), ["id"], ["id", "a"]).columns, [
      { name: "a", older: 2 },
    ]);
    const renamed = table({ renamedColumns: [{ from: "a", to: "b" }] });
    assert.deepEqual(compare(renamed, ["id", "b"], ["id", "a"]).columns, [{ name: "a", newer: 2, older: 2 }]);
    const typed = table({ columns: [{ name: "a", type: "integer" }] });
    assert.throws(
      () => compareSchemas(typed, schema(typed, "id", "a"), schema(table(), "id", "a")),
      /column "a" was string and is integer \(changedTypes: refuse\)/,
    );
    const other = table({ keyColumns: ["id", "a"] });
    assert.throws(
      () => compareSchemas(other, schema(other, "id", "a"), schema(table(), "id", "a")),
      /key columns are "id", "a" and were "id"/,
    );
  });

  it("D4: the schema's hash is that of its columns, whatever their order", () => {
    const hash = (...names: string[]) => schemaHash(exportSchema(table(), names));
    assert.equal(hash("id", "a", "b"), hash("b", "id", "a"));
    assert.notEqual(hash("id", "a"), hash("id", "b"));
    const typed = table({ columns: [{ name: "a", type: "integer" }] });
    assert.notEqual(hash("id", "a"), schemaHash(exportSchema(typed, ["id", "a"])));
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { breakerReason, deltaCounts } from "../../../../functions/export-delta-import/shared/breaker";
import { compareSchemas, exportSchema, type Schema } from "../../../../functions/export-delta-import/shared/schema";
import {
  badKeysSql,
  countSql,
  deletedKeysSql,
  deltaColumns,
  deltaSql,
  firstDeltaSql,
  keyCheckSql,
  quoteIdentifier,
  quoteText,
} from "../../../../functions/export-delta-import/shared/sql";
import { type PartRow, Tables } from "../duckdb";
import { table } from "../tables";

/** A row by column name; NULL where there is none. */
type Named = ReadonlyMap<string, string>;
/** An export: its columns in the order they are written in, and its rows. */
interface Export {
  readonly columns: readonly string[];
  readonly rows: readonly Named[];
}

const KEYS = ["id", "region"];
const accepting = table({ keyColumns: KEYS, droppedColumns: "accept", changedTypes: "accept" });

describe("export-delta-import: delta SQL", () => {
  let tables: Tables;
  before(async () => {
    tables = await Tables.open();
  });
  after(() => tables.close());

  function schemaOf(columns: readonly string[], config = accepting): Schema {
    return exportSchema(config, columns);
  }

  function partsOf({ columns, rows }: Export): PartRow[] {
    return rows.map((row) => columns.map((name) => row.get(name)));
  }

  /** What a target that has the old rows has after the operations. */
  async function apply(older: Export | undefined, newer: Export): Promise<Map<string, Record<string, unknown>>> {
    const schema = schemaOf(newer.columns);
    const n = await tables.add(newer.columns.length, partsOf(newer));
    const o = older === undefined ? undefined : await tables.add(older.columns.length, partsOf(older));
    const sql =
      o === undefined || older === undefined
        ? firstDeltaSql(n, schema)
        : deltaSql(n, o, compareSchemas(accepting, schema, schemaOf(older.columns)));
    const target = new Map<string, Record<string, unknown>>(
      (older?.rows ?? []).map((row) => [keyOf(row), Object.fromEntries(row)]),
    );
    const { keys, columns } = deltaColumns(schema);
    for (const result of await tables.query(sql)) {
      const key = Object.fromEntries(keys.map((name, i) => [name, result[`k${i + 1}`]]));
      const id = JSON.stringify(KEYS.map((name) => key[name]));
      const row = Object.fromEntries(columns.map((name, i) => [name, result[`c${i + 1}`]]));
      assert.equal(target.has(id), result.op !== "INSERT", `${result.op} of ${id}`);
      if (result.op === "DELETE") {
        assert.deepEqual(
          Object.values(row).filter((value) => value !== null),
          [],
        );
        target.delete(id);
      } else {
        const present = Object.entries({ ...key, ...row }).filter(([, value]) => value !== null);
        target.set(id, Object.fromEntries(present));
      }
    }
    await tables.drop(n);
    if (o !== undefined) await tables.drop(o);
    return target;
  }

  const keyOf = (row: Named): string => JSON.stringify(KEYS.map((name) => row.get(name)));
  const rowsOf = ({ rows }: Export) => new Map(rows.map((row) => [keyOf(row), Object.fromEntries(row)]));

  // What formats and comparisons trip over: NULL beside empty, quotes, line breaks, numbers as text, look-alikes.
  const value = fc.constantFrom(
    ...[undefined, "", "NULL", "a", "A", "b'; DROP TABLE x; --", '"', "line\nbreak", "\r\n", "\\", "1", "1.0", "01"],
    ...["ü", "u\u0308", "😀", " ", "\t", "\u2028", "\u0001", "{", ",", "%", "null"],
  );
  const key = fc.constantFrom("a", "A", "b", "'", '"', "\n", "ü", "😀", "1", "01", " ");
  const columns = fc
    .subarray(["name", "amount", 'we"ird', "x; y", "größe"])
    .chain((others) => fc.shuffledSubarray([...KEYS, ...others], { minLength: KEYS.length + others.length }));
  const exports = columns.chain((names) =>
    fc
      .uniqueArray(fc.record(Object.fromEntries(names.map((name) => [name, KEYS.includes(name) ? key : value]))), {
        selector: (row) => JSON.stringify(KEYS.map((name) => row[name])),
        maxLength: 30,
      })
      .map(
        (rows): Export => ({
          columns: names,
          rows: rows.map(
            (row) => new Map(Object.entries(row).filter((entry): entry is [string, string] => entry[1] !== undefined)),
          ),
        }),
      ),
  );

  it("D7: the delta between two exports makes the old one the new one, whatever their columns, order and values", async () => {
    await fc.assert(
      fc.asyncProperty(exports, exports, async (older, newer) => {
        assert.deepEqual(await apply(older, newer), rowsOf(newer));
      }),
      { numRuns: 200 },
    );
  });

  it("D6: without a previous import every row is an INSERT", async () => {
    await fc.assert(
      fc.asyncProperty(exports, async (newer) => {
        assert.deepEqual(await apply(undefined, newer), rowsOf(newer));
      }),
      { numRuns: 50 },
    );
  });

  it("D7: an export against itself has no delta", async () => {
    await fc.assert(
      fc.asyncProperty(exports, async (same) => {
        const schema = schemaOf(same.columns);
        const [n, o] = [
          await tables.add(same.columns.length, partsOf(same)),
          await tables.add(same.columns.length, partsOf(same)),
        ];
        assert.deepEqual(await tables.query(deltaSql(n, o, compareSchemas(accepting, schema, schema))), []);
      }),
      { numRuns: 50 },
    );
  });

  it("D7: a value that becomes NULL, an empty text that becomes NULL and NULL that becomes a value are updates", async () => {
    const schema = schemaOf(["id", "region", "name", "amount"]);
    const o = await tables.add(4, [
      ["1", "x", "a", "1"],
      ["2", "x", "", "1"],
      ["3", "x", undefined, "1"],
      ["4", "x", undefined, "1"],
      ["5", "x", "a", "b"],
      ["6", "x", "ab", ""],
    ]);
    const n = await tables.add(4, [
      ["1", "x", undefined, "1"],
      ["2", "x", undefined, "1"],
      ["3", "x", "", "1"],
      ["4", "x", undefined, "1"],
      ["5", "x", "ab", ""],
      ["6", "x", "a", "b"],
    ]);
    const found = await tables.query(`${deltaSql(n, o, compareSchemas(accepting, schema, schema))} ORDER BY "k1"`);
    assert.deepEqual(
      found.map(({ op, k1 }) => [op, k1]),
      ["1", "2", "3", "5", "6"].map((id) => ["UPDATE", id]),
    );
  });

  it("D8: keys that repeat or that aren't whole are counted and told with examples", async () => {
    const schema = schemaOf(["region", "id", "name"]);
    const rows: PartRow[] = [
      ["x", "1", "a"],
      ["x", "1", "b"],
      ["x", "1", "c"],
      ["y", "1", "d"],
      ["y", "2", "e"],
      ["y", "2", "f"],
      [undefined, "3", "g"],
      ["", "4", "h"],
      ["z", undefined, "i"],
      [undefined, undefined, "j"],
    ];
    const name = await tables.add(3, rows);
    assert.deepEqual((await tables.query(keyCheckSql(name, schema))).map(numbers), [
      { rows: 10, duplicate_keys: 2, null_rows: 4 },
    ]);
    const examples = (await tables.query(badKeysSql(name, schema))).map(({ k1, k2, n }) => [k1, k2, Number(n)]);
    assert.deepEqual(examples.slice(0, 2), [
      ["1", "x", 3],
      ["2", "y", 2],
    ]);
    assert.equal(examples.length, 6);
    const empty = await tables.add(3, []);
    assert.deepEqual((await tables.query(keyCheckSql(empty, schema))).map(numbers), [
      { rows: 0, duplicate_keys: 0, null_rows: 0 },
    ]);
  });

  it("D16: operations are counted, and what would be deleted is named", async () => {
    const schema = schemaOf(["id", "region", "name"]);
    const o = await tables.add(
      3,
      Array.from({ length: 12 }, (_, i) => [String(i), "x", "a"]),
    );
    const n = await tables.add(3, [
      ["0", "x", "a"],
      ["1", "x", "b"],
      ["new", "x", "a"],
    ]);
    const delta = await tables.addResult(deltaSql(n, o, compareSchemas(accepting, schema, schema)));
    const counted = await tables.query(countSql(delta));
    assert.deepEqual(Object.fromEntries(counted.map(({ op, n }) => [op, Number(n)])), {
      INSERT: 1,
      UPDATE: 1,
      DELETE: 10,
    });
    const named = await tables.query(deletedKeysSql(delta, schema));
    assert.deepEqual(named.slice(0, 2), [
      { k1: "10", k2: "x" },
      { k1: "11", k2: "x" },
    ]);
    assert.equal(named.length, 10);
    const counts = deltaCounts({ INSERT: 1, UPDATE: 1, DELETE: 10 }, 3, 12);
    assert.deepEqual(counts, { inserted: 1, updated: 1, deleted: 10, unchanged: 1 });
    assert.match(breakerReason(counts, 12, 0.5) ?? "", /deletes 10 of 12 rows \(83\.33 %\).*\(50 %\)/);
    assert.equal(breakerReason(counts, 12, 10 / 12), undefined);
    assert.equal(breakerReason({ inserted: 5, updated: 0, deleted: 0, unchanged: 0 }, 0, 0), undefined);
    assert.throws(() => deltaCounts({ INSERT: 1, UPDATE: 1, DELETE: 9 }, 3, 12), /contradict/);
  });

  it("D9: a column of another type rewrites the rows that have it; a key of another type rewrites all", async () => {
    const before = exportSchema(table({ columns: [{ name: "n", type: "string" }] }), ["id", "n"]);
    const after = exportSchema(table({ columns: [{ name: "n", type: "integer" }] }), ["id", "n"]);
    const config = table({ changedTypes: "accept" });
    const o = await tables.add(2, [
      ["1", "5"],
      ["2", undefined],
    ]);
    const n = await tables.add(2, [
      ["1", "5"],
      ["2", undefined],
    ]);
    const rewritten = await tables.query(deltaSql(n, o, compareSchemas(config, after, before)));
    assert.deepEqual(rewritten, [{ op: "UPDATE", k1: "1", c1: "5" }]);
    const other = exportSchema(table({ columns: [{ name: "id", type: "integer" }] }), ["id", "n"]);
    const all = await tables.query(deltaSql(n, o, compareSchemas(config, other, before)));
    assert.deepEqual(all.map(({ op, k1 }) => [op, k1]).sort(), [
      ["UPDATE", "1"],
      ["UPDATE", "2"],
    ]);
  });

  it("D9: names and texts in a statement are exactly themselves", async () => {
    const hostile = fc.string({ unit: fc.constantFrom('"', "'", ";", "-", " ", "a", "\\", "\n", "ü") });
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const [row] = await tables.query(`SELECT ${quoteText(text)} AS ${quoteIdentifier(`x${text}`)}`);
        assert.deepEqual(row, { [`x${text}`]: text });
      }),
      { numRuns: 100 },
    );
    assert.throws(() => quoteIdentifier(""), /can't be an identifier/);
    assert.throws(() => quoteText("a\0b"), /NUL/);
  });
});

function numbers(row: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}

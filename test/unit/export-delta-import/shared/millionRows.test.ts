import assert from "node:assert/strict";
import { compareSchemas, exportSchema } from "../../../../functions/export-delta-import/shared/schema";
import { countSql, deltaSql, firstDeltaSql, keyCheckSql } from "../../../../functions/export-delta-import/shared/sql";
import { Tables } from "../duckdb";
import { table } from "../tables";

const ROWS = 1_000_000;
const MOVED = 25_000;

describe("export-delta-import: a million rows", function () {
  this.timeout(60_000);
  const config = table({ keyColumns: ["id", "region"] });
  const schema = exportSchema(config, ["id", "region", "name", "amount"]);
  let tables: Tables;
  before(async () => {
    tables = await Tables.open();
  });
  after(() => tables.close());

  /** Rows from a number on; every 20th has another amount where they are changed. */
  const rows = (from: number, changed: boolean): string =>
    `SELECT CAST(i AS VARCHAR) AS c1, 'r' || (i % 3) AS c2, CASE WHEN i % 7 > 0 THEN 'name ' || i END AS c3,
       CAST(i * 3 + CASE WHEN ${changed} AND i % 20 = 0 THEN 1 ELSE 0 END AS VARCHAR) AS c4
     FROM range(${from}, ${from + ROWS}) AS t(i)`;

  /** How often it reads a table, and how it joins. */
  async function work(sql: string): Promise<{ scans: number; joins: string[] }> {
    const operators = await tables.operators(sql);
    return {
      scans: operators.filter((name) => name.trim() === "RANGE").length,
      joins: operators.filter((name) => /JOIN|PRODUCT/.test(name)),
    };
  }

  it("D12: a million rows beside a million: each side is read once, by one hash join, and exactly what changed comes out", async () => {
    const [older, newer] = [await tables.define(rows(0, false)), await tables.define(rows(MOVED, true))];
    const sql = deltaSql(newer, older, compareSchemas(config, schema, schema));
    // Anything else than a hash join would compare a million millions.
    assert.deepEqual(await work(sql), { scans: 2, joins: ["HASH_JOIN"] });
    const counted = await tables.query(countSql(await tables.addResult(sql)));
    const found = Object.fromEntries(counted.map(({ op, n }) => [String(op), Number(n)]));
    assert.deepEqual(found, { INSERT: MOVED, DELETE: MOVED, UPDATE: (ROWS - MOVED) / 20 });
  });

  it("D12: the first export of a million rows, and the look at its keys, read it once and join nothing", async () => {
    const first = await tables.define(rows(0, false));
    assert.deepEqual(await work(firstDeltaSql(first, schema)), { scans: 1, joins: [] });
    const keys = keyCheckSql(first, schema);
    assert.deepEqual(await work(keys), { scans: 1, joins: [] });
    const [found] = await tables.query(keys);
    assert.deepEqual([found?.rows, found?.duplicate_keys, found?.null_rows].map(Number), [ROWS, 0, 0]);
  });
});

/** The delta's query beside the three-way form that is usually written, and what the functions around it manage. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { targetItem } from "../../functions/export-delta-import/apply/item";
import { parseOperation } from "../../functions/export-delta-import/apply/operation";
import { RowWriter } from "../../functions/export-delta-import/normalise/rows";
import { OperationWriter } from "../../functions/export-delta-import/publish/operations";
import type { VersionEntry } from "../../functions/export-delta-import/registry/entries";
import type { TableConfig } from "../../functions/export-delta-import/shared/config";
import { compareSchemas, exportSchema } from "../../functions/export-delta-import/shared/schema";
import { deltaSql, type TableName } from "../../functions/export-delta-import/shared/sql";
import { FieldsReader } from "../../functions/shared/text/fields";
import type { Benchmark } from "../benchmark";
import { grouped, median, printTable } from "../table";

const aim = 0.4;
const functionRows = 100_000;
const names = ["id", "name", "city", "amount", "street", "created", "status", "note"] as const;

const table: TableConfig = {
  keyColumns: ["id"],
  header: true,
  columns: [],
  delimiter: ",",
  quote: '"',
  encoding: "utf-8",
  nullText: "",
  maxDeletedShare: 1,
  maxBadRecords: 0,
  addedColumns: "accept",
  droppedColumns: "accept",
  changedTypes: "accept",
  renamedColumns: [],
  settleSeconds: 0,
  cleanFiles: false,
};
const schema = exportSchema(table, names);
const newer: TableName = { database: "main", table: "newer" };
const older: TableName = { database: "main", table: "older" };

export const delta: Benchmark = {
  title: "two exports of a table, as gzipped JSON lines, 10 % of the rows changed; CPU time, DuckDB on one thread",
  async run({ rounds, full }) {
    let met = true;
    for (const rows of full ? [1_000_000, 10_000_000] : [1_000_000]) met = (await queries(rows, rounds)) && met;
    functions(rounds);
    return met;
  },
};

async function queries(rows: number, rounds: number): Promise<boolean> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const folder = mkdtempSync(join(tmpdir(), "bench-delta-"));
  try {
    const made = (changed: string): string =>
      `SELECT 'k' || i AS c1, 'name ' || ${changed} AS c2, CASE WHEN i % 7 = 0 THEN NULL ELSE 'city ' || (i % 1000) END AS c3, CAST(i * 3 AS VARCHAR) AS c4, 'street ' || (i % 5000) AS c5, '2026-01-01T00:00:' || (i % 60) AS c6, 'status ' || (i % 5) AS c7, 'note of row ' || i AS c8`;
    // 5 % updated, 2.5 % gone, 2.5 % new.
    const part = rows / 40;
    const changed = "(CASE WHEN i % 20 = 0 THEN i + 1 ELSE i END)";
    // As files, which a query scans as often as it names them.
    for (const [name, select] of [
      ["older", `${made("i")} FROM range(${rows}) AS t(i)`],
      ["newer", `${made(changed)} FROM range(${part}, ${rows + part}) AS t(i)`],
    ] as const) {
      const file = join(folder, `${name}.json.gz`);
      await connection.run(`COPY (${select}) TO '${file}' (FORMAT json, COMPRESSION gzip)`);
      const columns = names.map((_, i) => `c${i + 1}: 'VARCHAR'`).join(", ");
      await connection.run(
        `CREATE VIEW ${name} AS SELECT * FROM read_json('${file}', format = 'newline_delimited', columns = {${columns}})`,
      );
    }
    const ours = deltaSql(newer, older, compareSchemas(table, schema, schema));
    const contenders = {
      "one full outer join (ours)": ours,
      "three joins and UNION": threeWay("UNION"),
      "three joins and UNION ALL": threeWay("UNION ALL"),
    };
    const times = new Map<string, number[]>();
    const counts = new Map<string, string>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, sql] of Object.entries(contenders)) {
        const start = cpu();
        await connection.run(`CREATE OR REPLACE TABLE result AS ${sql}`);
        times.set(name, [...(times.get(name) ?? []), cpu() - start]);
        const reader = await connection.runAndReadAll(
          `SELECT "op", count(*) AS n FROM result GROUP BY "op" ORDER BY "op"`,
        );
        counts.set(name, JSON.stringify(reader.getRowObjectsJson()));
      }
    }
    const [own = Number.NaN, peer = Number.NaN] = [...times.values()].map(median);
    if (new Set(counts.values()).size !== 1) throw new Error(`The two don't agree: ${[...counts.values()].join(" ")}`);
    printTable(
      [`${grouped(rows)} × ${grouped(rows)} rows`, "CPU ms", "of UNION"],
      [...times].map(([name, each]) => [name, grouped(median(each)), grouped(median(each) / peer, 2)]),
    );
    console.log(`Aim: at most ${aim} of UNION.\n`);
    return own <= aim * peer;
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As it is usually written: what is new, what is gone, what differs, each by a join of its own. */
function threeWay(union: "UNION" | "UNION ALL"): string {
  const others = names.slice(1).map((_, i) => `c${i + 2}`);
  const differs = others.map((column) => `n.${column} IS DISTINCT FROM o.${column}`).join(" OR ");
  return [
    `SELECT 'INSERT' AS "op", n.c1, ${others.map((column) => `n.${column}`).join(", ")} FROM newer n LEFT JOIN older o ON n.c1 = o.c1 WHERE o.c1 IS NULL`,
    `SELECT 'DELETE', o.c1, ${others.map(() => "NULL").join(", ")} FROM older o LEFT JOIN newer n ON n.c1 = o.c1 WHERE n.c1 IS NULL`,
    `SELECT 'UPDATE', n.c1, ${others.map((column) => `n.${column}`).join(", ")} FROM newer n JOIN older o ON n.c1 = o.c1 WHERE ${differs}`,
  ].join(` ${union} `);
}

/** Rows a CPU second of the code in the functions, without the services. */
function functions(rounds: number): void {
  const version: VersionEntry = {
    tenant: "acme",
    table: "orders",
    version: "1",
    order: "1",
    status: "publishing",
    lastFileAt: 0,
    receivedAt: "",
    attempts: 1,
    staged: { prefix: "", schema, schemaHash: "", changes: [], badRecords: 0 },
    delta: {
      id: "d".repeat(32),
      from: "",
      list: "",
      files: 1,
      counts: { inserted: 0, updated: 0, deleted: 0, unchanged: 0 },
    },
  };
  const csv = Buffer.from(
    Array.from(
      { length: functionRows },
      (_, i) => `k${i},"name, ${i}",city ${i % 1000},${i * 3},street ${i},2026-01-01T00:00:00,open,\n`,
    ).join(""),
  );
  const lines = Array.from({ length: functionRows }, (_, i) =>
    JSON.stringify({ op: "UPDATE", k1: `k${i}`, c1: `name ${i}`, c2: `city ${i % 1000}`, c3: String(i * 3) }),
  );
  const writer = new OperationWriter(version);
  const operations = lines.map((line, i) => writer.record(line, 0, i).data.toString());
  const work: Readonly<Record<string, () => void>> = {
    "normalise: CSV to parts": () => {
      const rows = new RowWriter(table, schema);
      const form = { delimiter: ",", quote: '"', terminator: "\n" } as const;
      const reader = new FieldsReader(
        { offset: 0, line: 1, state: undefined, header: undefined },
        { maxRecordBytes: 1e6 },
        form,
      );
      for (let at = 0; at < csv.length; at += 65_536) {
        for (const cut of reader.push(csv.subarray(at, at + 65_536))) rows.line(cut);
      }
    },
    "publish: delta's lines to operations": () => {
      for (const [i, line] of lines.entries()) writer.record(line, 0, i);
    },
    "apply: operations to items": () => {
      for (const text of operations) targetItem(parseOperation(text), "1", 8);
    },
  };
  const rows = Object.entries(work).map(([name, run]) => {
    const times = Array.from({ length: rounds }, () => {
      const start = cpu();
      run();
      return cpu() - start;
    });
    return [name, grouped(functionRows / (median(times) / 1_000))];
  });
  printTable(["the functions' own code", "rows a CPU second"], rows);
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The delta's query beside the three-way form that is usually written. */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { compareSchemas } from "../../functions/export-delta-import/shared/schema";
import { deltaSql } from "../../functions/export-delta-import/shared/sql";
import { grouped, median, printTable } from "../table";
import { cpu, exportRows, names, schema, table } from "./exports";

const aim = 0.4;
const places = names.map((_, i) => `c${i + 1}`);

/** @returns whether the aim is met */
export async function queries(rows: number, rounds: number): Promise<boolean> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const folder = mkdtempSync(join(tmpdir(), "bench-delta-"));
  try {
    // As files, which a query reads as often as it names them.
    let bytes = 0;
    for (const side of ["older", "newer"] as const) {
      const file = join(folder, `${side}.json.gz`);
      await connection.run(`COPY (${exportRows(rows, side, places)}) TO '${file}' (FORMAT json, COMPRESSION gzip)`);
      const columns = places.map((place) => `${place}: 'VARCHAR'`).join(", ");
      await connection.run(
        `CREATE VIEW ${side} AS SELECT * FROM read_json('${file}', format = 'newline_delimited', columns = {${columns}})`,
      );
      bytes += statSync(file).size;
    }
    const [newer, older] = ["newer", "older"].map((name) => ({ database: "main", table: name }));
    if (newer === undefined || older === undefined) throw new Error("there are two sides");
    const contenders: Readonly<Record<string, string>> = {
      "one full outer join (ours)": deltaSql(newer, older, compareSchemas(table, schema, schema)),
      "three joins and UNION": threeWay("UNION"),
      "three joins and UNION ALL": threeWay("UNION ALL"),
    };
    // No form can do with less than this.
    const reading = `SELECT ${places.map((place) => `max(${place})`).join(", ")} FROM (FROM newer UNION ALL FROM older)`;
    const times = new Map<string, number[]>();
    const counts = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, sql] of Object.entries({ ...contenders, "reading both sides once, no more": reading })) {
        const start = cpu();
        await connection.run(`CREATE OR REPLACE TABLE result AS ${sql}`);
        times.set(name, [...(times.get(name) ?? []), cpu() - start]);
        if (sql !== reading) counts.add(await countsOf(connection));
      }
    }
    if (counts.size !== 1) throw new Error(`They don't agree: ${[...counts].join(" ")}`);
    const middle = (name: string): number => median(times.get(name) ?? []);
    const peer = middle("three joins and UNION");
    const lines: string[][] = [];
    for (const name of times.keys()) {
      const scanned = ((await scansOf(connection, contenders[name] ?? reading)) / 2) * bytes;
      lines.push([name, grouped(middle(name)), grouped(middle(name) / peer, 2), grouped(scanned / 1e6)]);
    }
    printTable([`${grouped(rows)} × ${grouped(rows)} rows`, "CPU ms", "of UNION", "MB that Athena would bill"], lines);
    const share = middle("one full outer join (ours)") / peer;
    console.log(`Aim: at most ${aim} of UNION's CPU time; ${share <= aim ? "met" : "missed"}.\n`);
    return share <= aim;
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function countsOf(connection: DuckDBConnection): Promise<string> {
  const found = await connection.runAndReadAll(`SELECT "op", count(*) AS n FROM result GROUP BY "op" ORDER BY "op"`);
  return JSON.stringify(found.getRowObjectsJson());
}

/** How often a statement reads a side. */
async function scansOf(connection: DuckDBConnection, sql: string): Promise<number> {
  const [plan] = (await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`)).getRowObjectsJson();
  return String(plan?.explain_value).match(/"name": "READ_JSON\s*"/g)?.length ?? 0;
}

/** As it is usually written: what is new, what is gone, what differs, each by a join of its own. */
function threeWay(union: "UNION" | "UNION ALL"): string {
  const others = places.slice(1);
  const differs = others.map((column) => `n.${column} IS DISTINCT FROM o.${column}`).join(" OR ");
  return [
    `SELECT 'INSERT' AS "op", n.c1, ${others.map((column) => `n.${column}`).join(", ")} FROM newer n LEFT JOIN older o ON n.c1 = o.c1 WHERE o.c1 IS NULL`,
    `SELECT 'DELETE', o.c1, ${others.map(() => "NULL").join(", ")} FROM older o LEFT JOIN newer n ON n.c1 = o.c1 WHERE n.c1 IS NULL`,
    `SELECT 'UPDATE', n.c1, ${others.map((column) => `n.${column}`).join(", ")} FROM newer n JOIN older o ON n.c1 = o.c1 WHERE ${differs}`,
  ].join(` ${union} `);
}

/** The statements of the merging task and the view, run on a database, against what they are for. */
import assert from "node:assert/strict";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import {
  currentColumns,
  mergeStatements,
  newestStateStatement,
} from "../../../components/snowflake-landing/changesTable";

const named = (name: string) => ({ database: "memory", schema: "main", name });
const [changes, current] = [named("T_CHANGES"), named("T_CURRENT")];
const days = 10;

/** Snowflake's spelling as DuckDB's; the time is ours. */
function translated(statement: string, hour: number): string {
  const now = `(TIMESTAMPTZ '2026-01-01 00:00:00+00' + INTERVAL ${hour} HOUR)`;
  return statement
    .replaceAll("CURRENT_TIMESTAMP()", now)
    .replace(/DATEADD\(DAY, -(\d+), (MAX\("_LOADED_AT"\)|\(.*? HOUR\))\)/g, "($2 - INTERVAL $1 DAY)")
    .replaceAll("::TIMESTAMP_LTZ", "::TIMESTAMPTZ");
}

type Step =
  | { readonly do: "change"; readonly key: string; readonly op: "PUT" | "REMOVE" }
  /** The oldest file that waits, or one from further behind, is loaded; perhaps once more later. */
  | { readonly do: "load"; readonly pick: number; readonly again: boolean }
  | { readonly do: "merge" }
  | { readonly do: "wait"; readonly hours: number };

interface Change {
  readonly key: string;
  readonly op: string;
  readonly sequence: number;
  /** When its file was written. */
  readonly hour: number;
}

describe("the newest state on a database", function () {
  this.timeout(120_000);
  let db: DuckDBConnection;

  before(async () => {
    db = await (await DuckDBInstance.create(":memory:")).connect();
    const types = currentColumns.map(({ column, type }) => [column, type.replace(/TIMESTAMP_LTZ.*/, "TIMESTAMPTZ")]);
    const columns = types.map(([name, type]) => `"${name}" ${type === "VARIANT" ? "VARCHAR" : type}`).join(", ");
    await db.run("SET TimeZone = 'UTC'");
    for (const { name } of [changes, current]) await db.run(`CREATE TABLE "${name}" (${columns})`);
  });
  after(() => db?.closeSync());

  async function state(hour: number): Promise<string[]> {
    const rows = await (
      await db.runAndReadAll(translated(newestStateStatement(changes, current), hour))
    ).getRowObjects();
    return rows.map(({ PK, SEQUENCE }) => `${PK} ${Number(SEQUENCE)}`).sort();
  }

  async function check(steps: readonly Step[], sortKey: boolean): Promise<void> {
    for (const { name } of [changes, current]) await db.run(`DELETE FROM "${name}"`);
    let [hour, sequence] = [0, 0];
    let waiting: Change[] = [];
    const loaded = new Map<string, Change>();
    for (const step of steps) {
      if (step.do === "wait") {
        hour += step.hours;
        // S3 takes up to two days more to remove a file that has expired.
        const expired = hour - (days + 2) * 24;
        waiting = waiting.filter((change) => change.hour >= expired);
      }
      if (step.do === "change") {
        sequence += 1;
        waiting.push({ key: step.key, op: step.op === "PUT" ? "INSERT" : "REMOVE", sequence, hour });
      }
      if (step.do === "load" && waiting.length > 0) {
        const [change = assert.fail()] = waiting.splice(step.pick % waiting.length, 1);
        if (step.again) waiting.push(change);
        const text = String(change.sequence).padStart(40, "0");
        const at = translated("CURRENT_TIMESTAMP()", hour);
        const sk = sortKey ? "'s'" : "NULL";
        await db.run(
          `INSERT INTO "T_CHANGES" VALUES ('${change.op}', '${change.key}', ${sk}, '${text}', ${at}, NULL, ${at})`,
        );
        const before = loaded.get(change.key);
        if (before === undefined || before.sequence < change.sequence) loaded.set(change.key, change);
      }
      if (step.do === "merge") {
        for (const each of mergeStatements(changes, current, sortKey, days)) await db.run(translated(each, hour));
      }
      const expected = [...loaded.values()].filter(({ op }) => op !== "REMOVE");
      assert.deepEqual(await state(hour), expected.map((each) => `${each.key} ${each.sequence}`).sort());
    }
    // In the end nothing is left but the last change of each item that is there.
    for (const wait of [30 * 24, 60 * 24]) {
      for (const each of mergeStatements(changes, current, sortKey, days)) await db.run(translated(each, hour + wait));
    }
    const left = await db.runAndReadAll('SELECT COUNT(*) AS "N" FROM "T_CHANGES"');
    assert.equal(Number(left.getRowObjects()[0]?.N), 0);
    const kept = await db.runAndReadAll('SELECT "PK" FROM "T_CURRENT" ORDER BY "PK"');
    const there = [...loaded.values()].filter(({ op }) => op !== "REMOVE").map(({ key }) => key);
    assert.deepEqual(
      kept.getRowObjects().map(({ PK }) => String(PK)),
      there.sort(),
    );
  }

  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("change" as const),
        key: fc.constantFrom("a", "b"),
        op: fc.constantFrom("PUT" as const, "REMOVE" as const),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant("load" as const), pick: fc.nat(5), again: fc.boolean() }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("merge" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), hours: fc.integer({ min: 1, max: 200 }) }) },
  );

  it("W17: however changes arrive, late, twice and out of order, the view is the last change of each item at every moment, and what it doesn't need goes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30, size: "max" }), fc.boolean(), check),
      { numRuns: 60 },
    );
  });

  it("W17: a change that comes after its item was removed and merged doesn't bring it back, ever", async () => {
    const put: Step = { do: "change", key: "a", op: "PUT" };
    const remove: Step = { do: "change", key: "a", op: "REMOVE" };
    const load = (pick: number): Step => ({ do: "load", pick, again: false });
    const merge: Step = { do: "merge" };
    await check(
      [put, remove, load(1), merge, { do: "wait", hours: 9 * 24 }, load(0), { do: "wait", hours: 48 }, merge, merge],
      true,
    );
  });
});

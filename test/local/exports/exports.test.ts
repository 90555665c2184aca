import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { gzipSync } from "node:zlib";
import { snowflakeItems, targetItems, viewOfPage } from "./copies";
import { faultTests } from "./faults";
import { Imports } from "./imports";

describe("Full exports through the local cloud, with IAM enforced", function () {
  this.timeout(600_000);
  let imports: Imports;
  before(async () => {
    imports = await Imports.start();
    // Athena is asked again a minute later; the tests go on meanwhile.
    const broken = { service: "athena", operation: "StartQueryExecution", mode: "error", count: 1 };
    await imports.withFault(broken, async (hits) => {
      await imports.upload("replay", "20260101_V0001", "id\n1\n2\n");
      await imports.until("a query has failed", async () => (await hits()) > 0 || "none");
    });
  });
  after(async () => {
    await imports?.stop();
  });

  it("D15, D7: three exports, and the target is the last one: inserts, updates, deletes, NULLs, quotes, line breaks", async () => {
    const first = await imports.importAll(
      "orders",
      "20260101_V0001",
      'id,name\n1,one\n2,"two, and ""more"""\n3,\n4,""\n',
    );
    assert.deepEqual(first.delta?.counts, { inserted: 4, updated: 0, deleted: 0, unchanged: 0 });
    assert.equal(first.published, 4);
    assert.equal(first.applied, 4);
    const second = await imports.importAll(
      "orders",
      "20260101_V0002",
      'id,name\n1,one\n2,"two\nlines"\n3,""\n5,né 日本\n',
    );
    assert.deepEqual(second.delta?.counts, { inserted: 1, updated: 2, deleted: 1, unchanged: 1 });
    const third = await imports.importAll("orders", "20260102_V0001", 'name,id\none,1\n"two\nlines",2\n,3\n');
    assert.deepEqual(third.delta?.counts, { inserted: 0, updated: 1, deleted: 1, unchanged: 2 });
    assert.deepEqual(await imports.rows("orders"), {
      1: { id: { S: "1" }, name: { S: "one" } },
      2: { id: { S: "2" }, name: { S: "two\nlines" } },
      3: { id: { S: "3" }, name: { NULL: true } },
    });
    assert.equal((await imports.head("orders"))?.version, "20260102_V0001");
    // The version is imported a moment before its import lets go of everything.
    await imports.until("the lock is free", async () => (await imports.lockOwner("orders")) ?? true);
    const made = [first, second, third].flatMap(({ tables = [] }) => tables);
    assert.equal(made.length, 8);
    await imports.until("the tables are dropped", async () => {
      const left = (await imports.glueTables()).filter((name) => made.includes(name));
      return left.join(", ") || true;
    });
  });

  it("D1, D2: a damaged file, a key of another form and a key twice change nothing, and the registry says why", async () => {
    await imports.importAll("sound", "20260101_V0001", "id,v\n1,a\n");
    const whole = gzipSync(`id,v\n${"2,b\n".repeat(10_000)}`);
    await imports.upload("sound", "20260101_V0002", whole.subarray(0, whole.length - 20));
    assert.match((await imports.reached("sound", "20260101_V0002", "refused")).reason ?? "", /gzip/i);
    await imports.upload("sound", "20260101_V0003", "id,v\n1,a\n1,b\n");
    const twice = await imports.reached("sound", "20260101_V0003", "refused");
    assert.match(twice.reason ?? "", /1 key is in more than one row.*"1"/);
    await imports.upload("a'; DROP TABLE x", "20260101_V0001", "id\n1\n");
    await imports.upload("sound", "20260101_V0001", "id\n1\n", "a'; DROP");
    for (const part of ['the table is "a\'; DROP TABLE x"', 'the tenant is "a\'; DROP"']) {
      await imports.until("the key is refused", async () => {
        const reasons = await imports.refusals();
        return reasons.some((reason) => reason.includes(part)) || reasons.join("; ");
      });
    }
    assert.deepEqual(await imports.rows("sound"), { 1: { id: { S: "1" }, v: { S: "a" } } });
  });

  it("D4: a late older version is refused, the same content again is no work", async () => {
    await imports.importAll("late", "20260105_V0001", "id\n1\n");
    await imports.upload("late", "20260101_V0001", "id\n9\n");
    await imports.until("the older version is refused", async () => {
      const reasons = await imports.refusals();
      return (
        reasons.some((reason) => /20260101_V0001 came after version 20260105_V0001/.test(reason)) || reasons.join("; ")
      );
    });
    await imports.upload("late", "20260105_V0001", "id\n1\n");
    await imports.importAll("late", "20260106_V0001", "id\n1\n2\n");
    assert.equal((await imports.version("late", "20260105_V0001"))?.attempts, 1);
    assert.deepEqual(Object.keys(await imports.rows("late")).sort(), ["1", "2"]);
  });

  it("D16: a delta that deletes too much waits; one refusal, one approval by the command, and the target follows", async () => {
    await imports.importAll("breaker", "20260101_V0001", "id\n1\n2\n3\n4\n");
    await imports.upload("breaker", "20260101_V0002", "id\n");
    await imports.reached("breaker", "20260101_V0002", "approval");
    const shown = await imports.command("delta-approve", "breaker", "20260101_V0002", "--dry-run");
    assert.match(shown, /deletes 4 of 4 rows[\s\S]*would go: id = "1"/);
    await imports.command("delta-approve", "breaker", "20260101_V0002", "--reject", "--by", "me", "--reason", "no");
    assert.match((await imports.reached("breaker", "20260101_V0002", "refused")).reason ?? "", /me has refused.*no/);
    assert.equal(Object.keys(await imports.rows("breaker")).length, 4);
    await imports.upload("breaker", "20260101_V0003", "id\n4\n");
    await imports.reached("breaker", "20260101_V0003", "approval");
    assert.match(await imports.command("delta-approve", "breaker", "20260101_V0003", "--by", "me"), /Approved/);
    const entry = await imports.reached("breaker", "20260101_V0003", "imported");
    assert.equal(entry.approval?.approvedBy, "me");
    assert.deepEqual(Object.keys(await imports.rows("breaker")), ["4"]);
  });

  it("D5: a stopped execution leaves no lock, and the next export is imported", async () => {
    await imports.importAll("stopped", "20260101_V0001", "id\n1\n2\n");
    await imports.upload("stopped", "20260101_V0002", "id\n");
    await imports.reached("stopped", "20260101_V0002", "approval");
    await imports.stopImport("stopped", "20260101_V0002");
    const entry = await imports.reached("stopped", "20260101_V0002", "failed");
    assert.match(entry.reason ?? "", /ended as ABORTED/);
    await imports.until("the lock is free", async () => (await imports.lockOwner("stopped")) ?? true);
    await imports.importAll("stopped", "20260101_V0003", "id\n1\n2\n3\n");
    assert.equal(Object.keys(await imports.rows("stopped")).length, 3);
  });

  it("D10, D11: a stream that throttles and an applier that is killed: every row arrives", async () => {
    const rows = Array.from({ length: 1_500 }, (_, i) => `${i},value ${i}\n`);
    const throttled = { service: "kinesis", operation: "PutRecords", mode: "throttle", count: 2 };
    let killed = 0;
    const entry = await imports.withFault(throttled, async () => {
      await imports.upload("killed", "20260101_V0001", `id,v\n${rows.join("")}`);
      await imports.until("some rows are there", async () => {
        killed += await imports.killWorkers("apply");
        return killed > 0 || "no applier runs";
      });
      return imports.reached("killed", "20260101_V0001", "imported");
    });
    assert.ok(killed > 0);
    assert.equal(entry.applied, 1_500);
    assert.equal(Object.keys(await imports.rows("killed")).length, 1_500);
    assert.deepEqual(await imports.failures(), []);
  });

  it("D13: Athena that fails by itself is asked again; a lost row of the target comes back by a replay from the files", async () => {
    await imports.reached("replay", "20260101_V0001", "imported");
    await imports.removeRows("replay");
    assert.match(await imports.command("delta-replay", "replay", "20260101_V0001"), /2 operations are published anew/);
    await imports.until(
      "the rows are back",
      async () => Object.keys(await imports.rows("replay")).length === 2 || "not yet",
    );
    await imports.reached("replay", "20260101_V0001", "imported");
  });

  it("D7: the local Athena refuses what Athena refuses: a place that isn't empty, tables and workgroups that aren't there", async () => {
    const place = `s3://${imports.outputs.workBucketName}/deltas/strict/`;
    const unload = (select: string): string =>
      `UNLOAD (${select}) TO '${place}' WITH (format = 'JSON', compression = 'GZIP')`;
    const first = await imports.query(unload("SELECT 'x' AS a"));
    assert.equal(first?.Status?.State, "SUCCEEDED");
    assert.match(first?.Statistics?.DataManifestLocation ?? "", /\/athena\/.*-manifest\.csv$/);
    const again = await imports.query(unload("SELECT 'x' AS a"));
    assert.match(again?.Status?.StateChangeReason ?? "", /HIVE_PATH_ALREADY_EXISTS/);
    const unknown = await imports.query('SELECT * FROM "nowhere"."t" AS t');
    assert.equal(unknown?.Status?.State, "FAILED");
    assert.equal(unknown?.Status?.AthenaError?.Retryable, false);
    await assert.rejects(imports.query("SELECT 1", "nobody"), /WorkGroup nobody is not found/);
  });

  faultTests(() => imports);

  it("D11: after all of this Snowflake has exactly what the target has, and with it each table's last export", async () => {
    const csv = (...rows: string[]): string => `id,total\n${rows.map((row) => `${row}\n`).join("")}`;
    await imports.importAll("typed", "20260101_V0001", csv("1,1.50", "2,1", "3,", "4,2", "5,12345678.90", "6,1"));
    const { delta } = await imports.importAll(
      "typed",
      "20260102_V0001",
      csv("1,1.5", "2,7", "3,", "4,", "5,12345678.90", "7,1"),
    );
    assert.deepEqual(delta?.counts, { inserted: 1, updated: 2, deleted: 1, unchanged: 3 });
    const expected = await targetItems(imports);
    await imports.until("Snowflake has caught up", async () => {
      const seen = await snowflakeItems(imports);
      const differs = (key: string): boolean => !isDeepStrictEqual(seen[key], expected[key]);
      const keys = [...new Set([...Object.keys(seen), ...Object.keys(expected)])].filter(differs);
      return keys.length === 0 || `${keys.length} rows differ, for example ${keys.slice(0, 3).join(", ")}`;
    });
    const rows = await viewOfPage(imports, "typed");
    assert.deepEqual(
      rows.map(({ ID, TOTAL, EXPORT_VERSION }) => [ID, TOTAL === null ? null : Number(TOTAL), EXPORT_VERSION]),
      [
        ["1", 1.5, "20260101_V0001"],
        ["2", 7, "20260102_V0001"],
        ["3", null, "20260101_V0001"],
        ["4", null, "20260102_V0001"],
        ["5", 12345678.9, "20260101_V0001"],
        ["7", 1, "20260102_V0001"],
      ],
    );
  });

  it("D4: nothing was denied, no table is left, and every call is as its service's model wants it", async () => {
    await imports.until("all tables are dropped", async () => (await imports.glueTables()).join(", ") || true);
    assert.deepEqual(await imports.denied(), []);
    assert.deepEqual(await imports.modelProblems(), []);
  });
});

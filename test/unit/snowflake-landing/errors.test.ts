/** Whatever isn't loaded is told, and what changes leave behind is bounded. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at, resolved } from "../mocks";
import { base, items, only, orders, rejects, run } from "./harness";

const taskType = "snowflake:index/task:Task";
const tableType = "snowflake:index/table:Table";

describe("SnowflakeLanding's errors", () => {
  it("W15: a scheduled load reports to the error integration and is never suspended for its errors", async () => {
    const done = await run({ ...base, tables: [{ ...orders, schedule: "60 MINUTES" }] });
    const task = only(done, taskType).inputs;
    const integration = only(done, "snowflake:index/notificationIntegration:NotificationIntegration").inputs;
    assert.equal(task.errorIntegration, integration.name);
    assert.equal(task.suspendTaskAfterNumFailures, 0);
    assert.equal(task.started, true, "Snowflake makes tasks suspended");
    assert.equal(task.allowOverlappingExecution, "false", "two loads at once would both take a file");
    assert.match(String(task.sqlStatement), /IF \(refused <> ''\) THEN SELECT/);
  });

  it("W15: a pipe with CONTINUE, which Snowflake reports nothing of, has a task that looks at its history", async () => {
    const done = await run({ ...base, tables: [{ ...orders, onError: "CONTINUE" }] });
    const task = only(done, taskType);
    assert.equal(task.name, "sales-orders-errors");
    assert.equal(task.inputs.name, "ORDERS_ERRORS");
    assert.equal(at(task, "schedule.minutes"), 60);
    assert.match(String(task.inputs.sqlStatement), /COPY_HISTORY.*ORDERS".*-90/);
    assert.equal((await run(base)).ofType(taskType).length, 0, "SKIP_FILE is reported by the pipe itself");
  });

  it("W15: a required column may not be NULL in the table", async () => {
    const done = await run({ ...base, tables: [{ ...orders, requiredColumns: ["id"] }] });
    const columns = only(done, tableType).inputs.columns as { name: string; nullable?: boolean }[];
    assert.deepEqual(
      columns.filter(({ nullable }) => nullable === false).map(({ name }) => name),
      ["ID"],
    );
  });

  it("W15: anyFieldCount lets ragged records in", async () => {
    const copy = async (anyFieldCount?: boolean) =>
      (await resolved((await run({ ...base, tables: [{ ...orders, anyFieldCount }] })).result.copyStatements))?.ORDERS;
    assert.match((await copy()) ?? "", /has more than 2 fields/);
    assert.doesNotMatch((await copy(true)) ?? "", /fields/);
  });

  describe("by name, with a sample file", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "by-name-"));
    });
    after(() => rmSync(folder, { recursive: true }));
    const table = (header: string) => {
      const sampleFile = join(folder, "sample.csv");
      writeFileSync(sampleFile, header);
      return { name: "orders", prefix: "orders/", matchBy: "name", requiredColumns: ["id"], sampleFile };
    };

    it("W15: a header whose names are the columns' is matched in either case", async () => {
      const done = await run({ ...base, tables: [table("Id,city\n")] });
      assert.match(
        String(done.named("sales-orders-pipe").inputs.copyStatement),
        /MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE/,
      );
      assert.equal(only(done, "snowflake:index/fileFormat:FileFormat").inputs.parseHeader, true);
    });

    it("W15: a header whose name had to be changed for the column would never be found by it, and is refused", () =>
      rejects({ ...base, tables: [table("id,Home City\n")] }, "tables[0].sampleFile", '"Home City"', "HOME_CITY"));
  });
});

describe("SnowflakeLanding's changes of a DynamoDB table", () => {
  const args = { database: "RAW", schema: "SALES", dynamoDbTables: [items] };

  it("W17: change files expire in the component's own bucket, and nothing else there does", async () => {
    const rules = async (days?: number) => {
      const done = await run({ ...args, tables: [orders], changesRetentionDays: days });
      const all = only(done, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs.rules;
      return (all as { filter: { prefix: string }; expiration?: { days: number } }[]).flatMap((rule) =>
        rule.expiration === undefined ? [] : [[rule.filter.prefix, rule.expiration.days]],
      );
    };
    assert.deepEqual(await rules(), [["changes/customers/", 90]]);
    assert.deepEqual(await rules(14), [["changes/customers/", 14]]);
  });

  it("W17: a task merges changes into a table that is kept like the others, every hour unless told otherwise", async () => {
    const done = await run({
      ...args,
      bucketName: "files",
      changesRetentionDays: 30,
      mergeSchedule: "USING CRON 0 3 * * * UTC",
    });
    const merge = done.named("sales-customers-merge");
    assert.equal(merge.inputs.name, "CUSTOMERS_MERGE");
    assert.equal(at(merge, "schedule.usingCron"), "0 3 * * * UTC");
    assert.match(
      String(merge.inputs.sqlStatement),
      /MERGE INTO "RAW"\."SALES"\."CUSTOMERS_CURRENT".*DATEADD\(DAY, -30,/,
    );
    const usual = (await run({ ...args, bucketName: "files" })).named("sales-customers-merge");
    assert.equal(at(usual, "schedule.minutes"), 60);
    const kept = done.registrations.filter(({ type }) => type === tableType);
    assert.deepEqual(kept.map(({ name, protect, retainOnDelete }) => [name, protect, retainOnDelete]).sort(), [
      ["sales-customers-changes-table", true, true],
      ["sales-customers-current-table", true, true],
    ]);
  });

  it("W15: a line without what makes it a change is an error in the table of changes", async () => {
    const done = await run({ ...args, bucketName: "files" });
    const columns = done.named("sales-customers-changes-table").inputs.columns as {
      name: string;
      nullable?: boolean;
    }[];
    const needed = columns.filter(({ nullable }) => nullable === false).map(({ name }) => name);
    assert.deepEqual(needed, ["OP", "PK", "SEQUENCE", "AT"]);
  });

  it("W8, W17: the loader role may read the current table and look after its task, not write to it", async () => {
    const done = await run({ ...args, bucketName: "files" });
    const granted = (key: string) => done.named(`sales-grant-customers-${key}`).inputs;
    assert.deepEqual(granted("current").privileges, ["SELECT"]);
    assert.deepEqual(granted("merge").privileges, ["MONITOR", "OPERATE"]);
    assert.deepEqual(granted("view").privileges, ["SELECT"]);
  });

  it("W17: a stream of keys and new images is enough; the docstring asks for no old ones", async () => {
    // What the functions read of a record is in their own tests; here: no column would hold an old image.
    const done = await run({ ...args, bucketName: "files" });
    const columns = done.named("sales-customers-changes-table").inputs.columns as { name: string }[];
    assert.deepEqual(
      columns.map(({ name }) => name),
      ["OP", "PK", "SK", "SEQUENCE", "AT", "ITEM", "_FILE", "_FILE_ROW", "_LOADED_AT"],
    );
  });
});

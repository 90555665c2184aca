import type { SnowflakeLandingArgs } from "../../../components/snowflake-landing/snowflakeLanding";
import { base, items, orders, rejects } from "./harness";

describe("SnowflakeLanding's arguments", () => {
  const cases: readonly [string, SnowflakeLandingArgs, ...string[]][] = [
    [
      "W3: an unknown format",
      { ...base, tables: [{ ...orders, format: "xml" }] },
      "tables[0].format",
      '"xml"',
      '"parquet"',
    ],
    [
      "W3: an option of another format",
      { ...base, tables: [{ ...orders, format: "json", delimiter: "|" }] },
      "tables[0].delimiter",
      "Only for csv",
    ],
    [
      "W3: an unknown encoding",
      { ...base, tables: [{ ...orders, encoding: "utf-8" }] },
      "tables[0].encoding",
      '"UTF8"',
    ],
    [
      "W4: a name that is no identifier",
      { ...base, tables: [{ ...orders, name: "my-orders" }] },
      "tables[0].name",
      '"my-orders"',
    ],
    [
      "W4: two tables of one name",
      { ...base, tables: [orders, { ...orders, name: "ORDERS", prefix: "b/" }] },
      "rename one",
    ],
    [
      "W4: two columns of one name",
      { ...base, tables: [{ ...orders, columns: [{ name: "a" }, { name: "A" }] }] },
      "tables[0].columns[1].name",
    ],
    [
      "W4: a column of a reserved name",
      { ...base, tables: [{ ...orders, columns: [{ name: "_file" }] }] },
      "_FILE_ROW",
    ],
    [
      "W4: a type that could be SQL",
      { ...base, tables: [{ ...orders, columns: [{ name: "a", type: "VARCHAR); DROP" }] }] },
      "columns[0].type",
    ],
    [
      "W4: neither columns nor sample file",
      { ...base, tables: [{ name: "a", prefix: "a/" }] },
      "tables[0].columns",
      "sampleFile",
    ],
    [
      "W4: a sample file that isn't there",
      { ...base, tables: [{ name: "a", prefix: "a/", sampleFile: "no/such.csv" }] },
      "tables[0].sampleFile",
      "no such file",
    ],
    [
      "W6: a prefix without slash",
      { ...base, tables: [{ ...orders, prefix: "landing/orders" }] },
      "tables[0].prefix",
      "End it with a slash",
    ],
    ["W6: a prefix with a pattern", { ...base, tables: [{ ...orders, prefix: "*/" }] }, "tables[0].prefix"],
    [
      "W7: a schedule of another form",
      { ...base, tables: [{ ...orders, schedule: "nightly" }] },
      "tables[0].schedule",
      "USING CRON",
    ],
    [
      "W10: a table's ARN for its stream's",
      { ...base, dynamoDbTables: [{ ...items, streamArn: items.tableArn }] },
      "dynamoDbTables[0].streamArn",
      "view type NEW_IMAGE",
    ],
    [
      "W10: a window that Lambda doesn't have",
      { ...base, changesWindowSeconds: 301 },
      "changesWindowSeconds",
      "300 seconds",
    ],
    ["W5: a suffix for a given bucket", { ...base, bucketNameSuffix: "x" }, "bucketNameSuffix", "leave it out"],
    [
      "W15: by name without a column that must be there",
      { ...base, tables: [{ ...orders, matchBy: "name" }] },
      "tables[0].requiredColumns",
      "rows of NULLs",
    ],
    [
      "W15: by name without a header",
      { ...base, tables: [{ ...orders, matchBy: "name", header: false }] },
      "tables[0].matchBy",
      "are in the header",
    ],
    [
      "W15: a required column that the table doesn't have",
      { ...base, tables: [{ ...orders, requiredColumns: ["town"] }] },
      "tables[0].requiredColumns[0]",
      "ID, TOTAL",
    ],
    [
      "W15: a text for NULL that would end a task's block",
      { ...base, tables: [{ ...orders, nullValues: ["$$"] }] },
      "tables[0].nullValues[0]",
    ],
    ["W7: a name that would end a task's block", { ...base, tables: [{ ...orders, name: "a$$b" }] }, "tables[0].name"],
    [
      "W17: days that Snowpipe's memory is longer than",
      { ...base, changesRetentionDays: 7 },
      "changesRetentionDays",
      "8 to 3650 days",
    ],
    ["W17: a merge schedule of another form", { ...base, mergeSchedule: "hourly" }, "mergeSchedule", "USING CRON"],
    [
      "W17: a table with the name of a current table",
      { ...base, tables: [{ ...orders, name: "customers_current" }], dynamoDbTables: [items] },
      "CUSTOMERS_CURRENT",
      "rename one",
    ],
    ["W4: no table at all", { database: "RAW", schema: "SALES" }, "tables", "dynamoDbTables"],
    ["W4: a misspelt argument", { ...base, ...{ bucket: "files" } }, "bucket", "bucketName"],
  ];
  for (const [what, args, ...words] of cases)
    it(`${what} is refused, with path and fix`, () => rejects(args, ...words));
});

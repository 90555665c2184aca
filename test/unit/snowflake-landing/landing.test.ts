import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { BucketNotifications } from "../../../components/parts/bucketNotifications";
import { SnowflakeLanding, type SnowflakeLandingArgs } from "../../../components/snowflake-landing/snowflakeLanding";
import { mockAccount, mockPlace, resolved, runMocked } from "../mocks";
import {
  base,
  channel,
  computed,
  items,
  only,
  orders,
  providerConfig,
  rejects,
  run,
  statements,
  userArn,
} from "./harness";

describe("SnowflakeLanding", () => {
  it("W1: integration and role trust each other in one run, the role's ARN known beforehand", async () => {
    const done = await run(base);
    const integration = only(done, "snowflake:index/storageIntegration:StorageIntegration");
    const role = done.named("sales-snowflake");
    assert.equal(integration.inputs.storageAwsRoleArn, `arn:aws:iam::${mockAccount}:role/${role.inputs.name}`);
    assert.deepEqual(integration.inputs.storageAllowedLocations, ["s3://files/landing/orders/"]);
    assert.deepEqual(statements(role, "assumeRolePolicy"), [
      {
        Sid: "Snowflake",
        Effect: "Allow",
        Principal: { AWS: userArn },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "STORAGE_ID" } },
      },
    ]);
    const order = done.resources.map(({ name }) => name);
    assert.ok(order.indexOf("sales-storage") < order.indexOf("sales-snowflake"));
  });

  it("W1: a first preview, where nothing computed is known, registers the same resources", async () => {
    const args = { ...base, dynamoDbTables: [items] };
    const names = async (preview: boolean) => (await run(args, preview)).resources.map(({ name }) => name).sort();
    assert.deepEqual(await names(true), await names(false));
  });

  it("W2: the role reads exactly the stages' prefixes", async () => {
    const done = await run({ ...base, tables: [orders, { ...orders, name: "lines", prefix: "landing/lines/" }] });
    assert.deepEqual(statements(done.named("sales-snowflake-policy"), "policy"), [
      {
        Sid: "ReadFiles",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetObjectVersion"],
        Resource: ["arn:aws:s3:::files/landing/orders/*", "arn:aws:s3:::files/landing/lines/*"],
      },
      {
        Sid: "ListFiles",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::files",
        Condition: { StringLike: { "s3:prefix": ["landing/orders/*", "landing/lines/*"] } },
      },
      { Sid: "FindBucket", Effect: "Allow", Action: "s3:GetBucketLocation", Resource: "arn:aws:s3:::files" },
    ]);
  });

  it("W2: a KMS key may be used through S3 alone", async () => {
    const kmsKeyArn = "arn:aws:kms:us-east-1:000000000000:key/k";
    const done = await run({ ...base, kmsKeyArn });
    const decrypt = statements(done.named("sales-snowflake-policy"), "policy")[3];
    assert.deepEqual(decrypt?.Resource, kmsKeyArn);
    assert.deepEqual(decrypt?.Condition, { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } });
  });

  it("W3: a stage and a format for each table", async () => {
    const done = await run({ ...base, tables: [{ ...orders, delimiter: "|" }] });
    const stage = only(done, "snowflake:index/stage:Stage").inputs;
    assert.equal(stage.url, "s3://files/landing/orders/");
    assert.equal(stage.storageIntegration, "DATA_PIPELINES_TEST_SALES_STORAGE");
    const format = only(done, "snowflake:index/fileFormat:FileFormat").inputs;
    assert.equal(format.fieldDelimiter, "|");
    assert.equal(format.skipHeader, 1);
  });

  it("W4: declared columns, then file, row and time", async () => {
    const done = await run(base);
    assert.deepEqual(only(done, "snowflake:index/table:Table").inputs.columns, [
      { name: "ID", type: "VARCHAR" },
      { name: "TOTAL", type: "NUMBER(10,2)" },
      { name: "_FILE", type: "VARCHAR" },
      { name: "_FILE_ROW", type: "NUMBER(38,0)" },
      { name: "_LOADED_AT", type: "TIMESTAMP_LTZ(9)" },
    ]);
  });

  it("W5: each pipe's channel is in the bucket's one notification", async () => {
    const done = await run({ ...base, tables: [orders, { ...orders, name: "lines", prefix: "landing/lines/" }] });
    const pipe = done.named("sales-orders-pipe").inputs;
    assert.equal(pipe.autoIngest, true);
    assert.match(String(pipe.copyStatement), /^COPY INTO "RAW"\."SALES"\."ORDERS" \("ID", "TOTAL", "_FILE", /);
    assert.match(
      String(pipe.copyStatement),
      /FROM @"RAW"\."SALES"\."ORDERS_STAGE"\) .*_FORMAT"'\) ON_ERROR = SKIP_FILE$/,
    );
    const notification = only(done, "aws:s3/bucketNotification:BucketNotification").inputs;
    const events = ["s3:ObjectCreated:*"];
    assert.deepEqual(notification.queues, [
      { id: "orders", events, filterPrefix: "landing/orders/", queueArn: channel },
      { id: "lines", events, filterPrefix: "landing/lines/", queueArn: channel },
    ]);
    assert.deepEqual(done.result.notificationTargets, []);
  });

  it("W5: where another sets the notifications, the output goes straight into it", async () => {
    const done = await run({ ...base, manageNotifications: false });
    assert.equal(done.ofType("aws:s3/bucketNotification:BucketNotification").length, 0);
    const others = await runMocked(
      () => {
        pulumi.runtime.setAllConfig(providerConfig);
        const { notificationTargets } = new SnowflakeLanding("sales", { ...base, manageNotifications: false });
        const own = { name: "own", topicArn: "arn:aws:sns:us-east-1:000000000000:own", prefix: "own/" };
        return new BucketNotifications("all", { bucket: "files", targets: [own, ...notificationTargets] });
      },
      { computed },
    );
    const [queue] = only(others, "aws:s3/bucketNotification:BucketNotification").inputs.queues as unknown[];
    const events = ["s3:ObjectCreated:*"];
    assert.deepEqual(queue, { id: "orders", events, filterPrefix: "landing/orders/", queueArn: channel });
  });

  it("W5: without bucketName the component makes a private bucket", async () => {
    const done = await run({ database: "RAW", schema: "SALES", tables: [orders] });
    assert.equal(only(done, "aws:s3/bucket:Bucket").inputs.bucket, `data-pipelines-test-sales-files-${mockPlace}`);
    assert.equal(done.ofType("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").length, 1);
  });

  it("W5: the bucket's name ends in bucketNameSuffix", async () => {
    const done = await run({ database: "RAW", schema: "SALES", tables: [orders], bucketNameSuffix: "acme" });
    assert.equal(only(done, "aws:s3/bucket:Bucket").inputs.bucket, "data-pipelines-test-sales-files-acme");
  });

  it("W6: overlapping prefixes are refused with both tables named", () =>
    rejects({ ...base, tables: [orders, { ...orders, name: "old", prefix: "landing/" }] }, "OLD (landing/)", "ORDERS"));

  it("W6: the prefixes of changes count too", () =>
    rejects({ ...base, tables: [{ ...orders, prefix: "changes/" }], dynamoDbTables: [items] }, "CUSTOMERS_CHANGES"));

  it("W6: a pipe goes before the stage, format or table that it is replaced with", async () => {
    const { options } = await run(base);
    const pipe = options["sales-orders-pipe"];
    const names = (pipe?.replaceWith ?? []).map((r) => (r as unknown as { __name: string }).__name);
    assert.deepEqual(names, ["sales-orders-stage", "sales-orders-format", "sales-orders-table"]);
    assert.equal(pipe?.deleteBeforeReplace, true);
    assert.deepEqual(pipe?.replaceOnChanges, ["copyStatement", "comment"]);
  });

  it("W6: a change of stage, format or columns changes an input that replaces the pipe; another table's doesn't", async () => {
    const comment = async (args: SnowflakeLandingArgs) => (await run(args)).named("sales-orders-pipe").inputs.comment;
    const before = await comment(base);
    const changed: SnowflakeLandingArgs[] = [
      { ...base, bucketName: "other" },
      { ...base, tables: [{ ...orders, prefix: "landing/orders2/" }] },
      { ...base, tables: [{ ...orders, delimiter: ";" }] },
      { ...base, tables: [{ ...orders, columns: [{ name: "id" }, { name: "total", type: "NUMBER(12,2)" }] }] },
    ];
    for (const args of changed) assert.notEqual(await comment(args), before);
    assert.equal(await comment({ ...base, tables: [orders, { ...orders, name: "b", prefix: "b/" }] }), before);
  });

  it("W7: a schedule makes a task in place of the pipe, and no notification", async () => {
    const done = await run({ ...base, tables: [{ ...orders, schedule: "USING CRON 0 2 * * * Europe/Berlin" }] });
    assert.equal(done.ofType("snowflake:index/pipe:Pipe").length, 0);
    assert.equal(done.ofType("aws:s3/bucketNotification:BucketNotification").length, 0);
    const task = only(done, "snowflake:index/task:Task").inputs;
    assert.deepEqual(task.schedule, { usingCron: "0 2 * * * Europe/Berlin" });
    assert.equal(task.userTaskManagedInitialWarehouseSize, "XSMALL");
    assert.match(String(task.sqlStatement), /^EXECUTE IMMEDIATE \$\$ BEGIN COPY INTO "RAW"\."SALES"\."ORDERS" /);
  });

  it("W7: the command that loads the files from before the pipe", async () => {
    const done = await run(base);
    assert.deepEqual(await resolved(done.result.backfillCommands), {
      ORDERS: 'ALTER PIPE "RAW"."SALES"."ORDERS_PIPE" REFRESH;',
    });
  });
});

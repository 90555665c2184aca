import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  requiredPreviewFeatures,
  SnowflakeLanding,
  type SnowflakeLandingArgs,
} from "../../../components/snowflakeLanding";
import { type MockResource, type MockRun, mockAccount, runMocked, valueOf } from "../mocks";

const userArn = "arn:aws:iam::999999999999:user/snowflake";
const channel = "arn:aws:sqs:us-east-1:999999999999:sf-snowpipe";

function computed({ type }: MockResource): Record<string, unknown> {
  switch (type) {
    case "snowflake:index/storageIntegration:StorageIntegration":
      return { storageAwsIamUserArn: userArn, storageAwsExternalId: "STORAGE_ID" };
    case "snowflake:index/notificationIntegration:NotificationIntegration":
      return { awsSnsIamUserArn: userArn, awsSnsExternalId: "ERRORS_ID" };
    case "snowflake:index/pipe:Pipe":
      return { notificationChannel: channel };
    default:
      return {};
  }
}

const orders = {
  name: "orders",
  prefix: "landing/orders/",
  columns: [{ name: "id" }, { name: "total", type: "NUMBER(10,2)" }],
};
const base: SnowflakeLandingArgs = { database: "RAW", schema: "SALES", bucketName: "files", tables: [orders] };
const items = {
  name: "customers",
  tableName: "customers",
  tableArn: `arn:aws:dynamodb:us-east-1:${mockAccount}:table/customers`,
  streamArn: `arn:aws:dynamodb:us-east-1:${mockAccount}:table/customers/stream/2026-01-01T00:00:00.000`,
};

type Options = Record<string, pulumi.CustomResourceOptions>;

/** Runs the component; `options` holds what each resource was registered with. */
async function run(args: SnowflakeLandingArgs, preview = false) {
  const options: Options = {};
  const note: pulumi.ResourceTransformation = ({ name, opts }) => {
    options[name] = opts;
    return undefined;
  };
  const done = await runMocked(
    () => {
      pulumi.runtime.setAllConfig({ "snowflake:previewFeaturesEnabled": JSON.stringify(requiredPreviewFeatures) });
      return new SnowflakeLanding("sales", args, { transformations: [note] });
    },
    { computed, preview },
  );
  return { ...done, options };
}

function only(done: MockRun<unknown>, type: string): MockResource {
  const found = done.ofType(type);
  assert.equal(found.length, 1, `${found.length} of ${type}`);
  return found[0] as MockResource;
}

const rejects = (args: SnowflakeLandingArgs, ...words: string[]): Promise<void> =>
  assert.rejects(run(args), (error: Error) => {
    for (const word of words) assert.ok(error.message.includes(word), `${word} is not in: ${error.message}`);
    return true;
  });

const parse = (text: string) => JSON.parse(text) as { Statement: Record<string, unknown>[] };

describe("SnowflakeLanding", () => {
  it("W1: integration and role trust each other in one run, the role's ARN known beforehand", async () => {
    const done = await run(base);
    const integration = only(done, "snowflake:index/storageIntegration:StorageIntegration");
    const role = done.named("sales-snowflake");
    assert.equal(integration.inputs.storageAwsRoleArn, `arn:aws:iam::${mockAccount}:role/${role.inputs.name}`);
    assert.deepEqual(integration.inputs.storageAllowedLocations, ["s3://files/landing/orders/"]);
    assert.deepEqual(parse(role.inputs.assumeRolePolicy).Statement, [
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
    assert.deepEqual(parse(done.named("sales-snowflake-policy").inputs.policy).Statement, [
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
    const decrypt = parse(done.named("sales-snowflake-policy").inputs.policy).Statement[3];
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
    assert.equal(
      pipe.copyStatement,
      'COPY INTO "RAW"."SALES"."ORDERS" ("ID", "TOTAL", "_FILE", "_FILE_ROW", "_LOADED_AT") FROM (SELECT $1, $2, ' +
        'METADATA$FILENAME, METADATA$FILE_ROW_NUMBER, METADATA$START_SCAN_TIME FROM @"RAW"."SALES"."ORDERS_STAGE") ' +
        `FILE_FORMAT = (FORMAT_NAME = '"RAW"."SALES"."ORDERS_FORMAT"') ON_ERROR = SKIP_FILE`,
    );
    const notification = only(done, "aws:s3/bucketNotification:BucketNotification").inputs;
    const events = ["s3:ObjectCreated:*"];
    assert.deepEqual(notification.queues, [
      { id: "orders", events, filterPrefix: "landing/orders/", queueArn: channel },
      { id: "lines", events, filterPrefix: "landing/lines/", queueArn: channel },
    ]);
    assert.deepEqual(await valueOf(done.result.notificationTargets), []);
  });

  it("W5: where another sets the notifications, the targets are an output", async () => {
    const done = await run({ ...base, manageNotifications: false });
    assert.equal(done.ofType("aws:s3/bucketNotification:BucketNotification").length, 0);
    assert.deepEqual(await valueOf(done.result.notificationTargets), [
      { name: "orders", queueArn: channel, prefix: "landing/orders/" },
    ]);
  });

  it("W5: without bucketName the component makes a private bucket", async () => {
    const done = await run({ database: "RAW", schema: "SALES", tables: [orders] });
    assert.equal(only(done, "aws:s3/bucket:Bucket").inputs.bucket, "data-pipelines-test-sales-files");
    assert.equal(done.ofType("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").length, 1);
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
    assert.match(task.sqlStatement, /^COPY INTO "RAW"\."SALES"\."ORDERS" /);
  });

  it("W7: the command that loads the files from before the pipe", async () => {
    const done = await run(base);
    assert.deepEqual(await valueOf(done.result.backfillCommands), {
      ORDERS: 'ALTER PIPE "RAW"."SALES"."ORDERS_PIPE" REFRESH;',
    });
  });

  it("W8: the loader role has grants on exactly these objects", async () => {
    const done = await run(base);
    const grants = done.ofType("snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole");
    const told = grants.map(({ inputs: { privileges, onAccountObject, onSchema, onSchemaObject } }) => {
      const on = onAccountObject ?? onSchemaObject ?? { objectType: "SCHEMA", objectName: onSchema.schemaName };
      return `${privileges.join(",")} ON ${on.objectType} ${on.objectName}`;
    });
    assert.deepEqual(told.sort(), [
      'INSERT,SELECT ON TABLE "RAW"."SALES"."ORDERS"',
      'MONITOR,OPERATE ON PIPE "RAW"."SALES"."ORDERS_PIPE"',
      'USAGE ON DATABASE "RAW"',
      'USAGE ON FILE FORMAT "RAW"."SALES"."ORDERS_FORMAT"',
      'USAGE ON INTEGRATION "DATA_PIPELINES_TEST_SALES_STORAGE"',
      'USAGE ON SCHEMA "RAW"."SALES"',
      'USAGE ON STAGE "RAW"."SALES"."ORDERS_STAGE"',
    ]);
  });

  it("W8: errors go to a topic through an integration whose role may publish to it alone", async () => {
    const done = await run(base);
    const integration = only(done, "snowflake:index/notificationIntegration:NotificationIntegration").inputs;
    assert.equal(done.named("sales-orders-pipe").inputs.errorIntegration, integration.name);
    const [statement] = parse(done.named("sales-errors-role-policy").inputs.policy).Statement;
    assert.deepEqual([statement?.Action, statement?.Resource], ["sns:Publish", integration.awsSnsTopicArn]);
    assert.match(done.named("sales-errors-role").inputs.assumeRolePolicy, /"sts:ExternalId":"ERRORS_ID"/);
  });

  it("W9: missing preview features are an error that says what to set", async () => {
    await assert.rejects(
      runMocked(() => {
        pulumi.runtime.setAllConfig({ "snowflake:previewFeaturesEnabled": '["snowflake_table_resource"]' });
        return new SnowflakeLanding("sales", base);
      }),
      /snowflake_pipe_resource[^]*pulumi config set --path 'snowflake:previewFeaturesEnabled\[0\]' snowflake_file_format_resource/,
    );
  });

  it("W10: one argument makes stream mapping, functions, table of changes, pipe and view", async () => {
    const done = await run({ database: "RAW", schema: "SALES", bucketName: "files", dynamoDbTables: [items] });
    const mapping = only(done, "aws:lambda/eventSourceMapping:EventSourceMapping").inputs;
    assert.equal(mapping.eventSourceArn, items.streamArn);
    assert.deepEqual(mapping.functionResponseTypes, ["ReportBatchItemFailures"]);
    assert.deepEqual(
      [mapping.batchSize, mapping.maximumBatchingWindowInSeconds, mapping.bisectBatchOnFunctionError],
      [10_000, 60, true],
    );
    assert.match(mapping.destinationConfig.onFailure.destinationArn, /:data-pipelines-test-sales-customers-failures$/);
    assert.equal(done.named("sales-customers-changes-stage").inputs.url, "s3://files/changes/customers/");
    assert.match(done.named("sales-customers-changes-pipe").inputs.copyStatement, /\$1:"item"::VARIANT/);
    const view = only(done, "snowflake:index/view:View").inputs;
    assert.equal(view.name, "CUSTOMERS");
    assert.match(view.statement, /FROM "RAW"\."SALES"\."CUSTOMERS_CHANGES" QUALIFY/);
    assert.deepEqual(await valueOf(done.result.snapshotCommands), {
      CUSTOMERS: `aws lambda invoke --function-name data-pipelines-test-sales-customers-snapshot --invocation-type Event --cli-binary-format raw-in-base64-out --payload '{"segments":4}' /dev/stdout`,
    });
  });

  it("W10: each function may write only below the table's prefix, and read only its own table", async () => {
    const done = await run({ ...base, dynamoDbTables: [items] });
    const grants = (name: string) =>
      parse(done.named(name).inputs.policy)
        .Statement.filter(({ Sid }) => Sid !== "Logs")
        .map(({ Action, Resource }) => [Action, Resource].flat(2).join(" "));
    const files = "s3:PutObject arn:aws:s3:::files/changes/customers/*";
    const failures = "sqs:SendMessage arn:aws:sqs:us-east-1:000000000000:data-pipelines-test-sales-customers-failures";
    assert.deepEqual(grants("sales-customers-changes-role-policy"), [
      files,
      `dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator ${items.streamArn}`,
      failures,
    ]);
    assert.deepEqual(grants("sales-customers-snapshot-role-policy"), [
      `dynamodb:Scan ${items.tableArn}`,
      files,
      "lambda:InvokeFunction arn:aws:lambda:us-east-1:000000000000:function:data-pipelines-test-sales-customers-snapshot",
      failures,
    ]);
  });
});

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
    ["W4: no table at all", { database: "RAW", schema: "SALES" }, "tables", "dynamoDbTables"],
    ["W4: a misspelt argument", { ...base, ...{ bucket: "files" } }, "bucket", "bucketName"],
  ];
  for (const [what, args, ...words] of cases)
    it(`${what} is refused, with path and mend`, () => rejects(args, ...words));
});

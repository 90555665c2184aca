/** Data into Snowflake on a cloud of its own: files through pipes and tasks, a DynamoDB table's changes. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import * as aws from "@pulumi/aws";
import * as snowflake from "@pulumi/snowflake";
import { requiredPreviewFeatures, SnowflakeLanding } from "../../components/snowflake-landing/snowflakeLanding";
import { fetchJson } from "../../local/processes/localFetch";
import { type Services, startServices } from "../../local/processes/services";
import { type RootClients, rootClients } from "../../local/run/clients";
import { countRows, sql } from "../../local/run/counts";
import { type LocalStack, openStack } from "../../local/run/stack";
import { ensureTools } from "../../local/setup/ensureTools";

interface Outputs {
  readonly bucketName: string;
  readonly roleArn: string;
  readonly loaderRoleName: string;
  readonly snapshotCommands: Readonly<Record<string, string>>;
}

interface Grant {
  readonly accountRoleName: string;
  readonly privileges: readonly string[];
  readonly onAccountObject?: { readonly objectType: string; readonly objectName: string };
  readonly onSchema?: { readonly schemaName: string };
  readonly onSchemaObject?: { readonly objectType: string; readonly objectName: string };
}

const table = "things";
/** How the table NIGHTLY is declared; tests change it. */
const nightly = {
  columns: [{ name: "ID", type: "NUMBER(38,0)" }, { name: "CITY" }, { name: "OLD" }],
  dropColumns: [] as string[],
};
let services: Services;
let clients: RootClients;
let local: LocalStack;
let folder: string;
let outputs: Outputs;

async function program(): Promise<Record<keyof Outputs, unknown>> {
  const database = new snowflake.Database("database", { name: "RAW" });
  const schema = new snowflake.Schema("schema", { name: "LANDING", database: database.name });
  const things = new aws.dynamodb.Table("things", {
    name: table,
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    attributes: ["pk", "sk"].map((name) => ({ name, type: "S" })),
    streamEnabled: true,
    streamViewType: "NEW_IMAGE",
  });
  const landing = new SnowflakeLanding("landing", {
    database: schema.database,
    schema: schema.name,
    tables: [
      { name: "ORDERS", prefix: "orders/", delimiter: "|", sampleFile: join(folder, "header.psv") },
      { name: "EVENTS", prefix: "events/", format: "json" },
      { name: "NIGHTLY", prefix: "nightly/", schedule: "60 MINUTES", ...nightly },
    ],
    dynamoDbTables: [{ name: "THINGS", tableName: things.name, tableArn: things.arn, streamArn: things.streamArn }],
    changesWindowSeconds: 1,
    allowDestroy: true,
  });
  const { bucketName, roleArn, loaderRoleName, snapshotCommands } = landing;
  return { bucketName, roleArn, loaderRoleName, snapshotCommands };
}

function query(statement: string): Promise<readonly Record<string, unknown>[]> {
  return sql(services.snowflake.endpoint, statement);
}

/** Polls until the rows are as expected; the last look's difference is the error. */
async function eventually(look: () => Promise<unknown>, expected: unknown): Promise<void> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const seen = await look();
    try {
      assert.deepEqual(seen, expected);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function put(Key: string, Body: string | Buffer): Promise<unknown> {
  return clients.s3.send(new PutObjectCommand({ Bucket: outputs.bucketName, Key, Body }));
}

function item(sk: string, city: string): Record<string, AttributeValue> {
  return { pk: { S: "a" }, sk: { S: sk }, city: { S: city }, big: { N: "12345678901234567890" } };
}

async function newestState(): Promise<string[][]> {
  const rows = await query('SELECT "SK", "ITEM" FROM "RAW"."LANDING"."THINGS" ORDER BY "SK"');
  return rows.map(({ SK, ITEM }) => [String(SK), (JSON.parse(String(ITEM)) as { city: string }).city]);
}

async function operations(): Promise<string[]> {
  const rows = await query('SELECT "OP", "SK" FROM "RAW"."LANDING"."THINGS_CHANGES" ORDER BY "SEQUENCE", "SK"');
  return rows.map(({ OP, SK }) => `${OP} ${SK}`);
}

describe("Snowflake on the local cloud", () => {
  before(async function () {
    this.timeout(300_000);
    const tools = await ensureTools();
    folder = await mkdtemp(join(tmpdir(), "snowflake-test-"));
    await writeFile(join(folder, "header.psv"), "id|city|note\n");
    services = await startServices({ tools, logSuffix: "snowflake-test" });
    clients = rootClients(services.aws.endpoint);
    local = await openStack({
      tools,
      services,
      name: "snowflake-test",
      program,
      stateFolder: join(folder, "state"),
      settings: {
        "aws:region": "us-east-1",
        "snowflake:profile": "local",
        "snowflake:previewFeaturesEnabled": [...requiredPreviewFeatures],
      },
    });
    const result = await local.stack.up({ color: "never" });
    outputs = Object.fromEntries(
      Object.entries(result.outputs).map(([name, { value }]) => [name, value]),
    ) as unknown as Outputs;
  });

  after(async () => {
    await local?.close();
    await services?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("W1: a single up made a role that trusts exactly the integration's user with its External ID", async () => {
    const { integrations } = await fetchJson<{
      integrations: { iamUserArn: string; externalId: string; roleArn: string }[];
    }>(`${services.snowflake.endpoint}/_local/integrations`);
    assert.equal(integrations.length, 1);
    const [integration] = integrations;
    assert.equal(integration?.roleArn, outputs.roleArn);
    const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName: outputs.roleArn.split("/").at(-1) }));
    const { Statement } = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")) as {
      Statement: object[];
    };
    assert.deepEqual(
      Statement.map((statement) => ({ ...statement, Sid: undefined })),
      [
        {
          Sid: undefined,
          Effect: "Allow",
          Principal: { AWS: integration?.iamUserArn },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "sts:ExternalId": integration?.externalId } },
        },
      ],
    );
  });

  it("W3, W4, W5: a pipe-delimited file arrives by the bucket's notification, all VARCHAR, with file and row", async () => {
    await put("orders/2026 ü+1.psv", 'id|city|note\n7|Köln|"a|b"\n');
    await eventually(
      () => query('SELECT "ID", "CITY", "NOTE", "_FILE", "_FILE_ROW" FROM "RAW"."LANDING"."ORDERS"'),
      [{ ID: "7", CITY: "Köln", NOTE: "a|b", _FILE: "orders/2026 ü+1.psv", _FILE_ROW: 1 }],
    );
  });

  it("W3: gzip NDJSON arrives as one VARIANT a line, numbers as they were", async () => {
    await put("events/a.ndjson.gz", gzipSync('{"n":12345678901234567890}\n{"n":2}\n'));
    await eventually(
      async () =>
        (await query('SELECT "RECORD" FROM "RAW"."LANDING"."EVENTS" ORDER BY "_FILE_ROW"')).map(({ RECORD }) =>
          String(RECORD).replaceAll(" ", ""),
        ),
      ['{"n":12345678901234567890}', '{"n":2}'],
    );
  });

  it("W5: the same file told twice is loaded once", async () => {
    const before = await countRows(services.snowflake.endpoint, "RAW.LANDING.EVENTS");
    await put("events/a.ndjson.gz", gzipSync('{"n":12345678901234567890}\n{"n":2}\n'));
    await put("events/b.ndjson", '{"n":3}\n');
    await eventually(() => countRows(services.snowflake.endpoint, "RAW.LANDING.EVENTS"), before + 1);
  });

  it("W7: files of a scheduled table wait for the task, which loads them in bulk, once", async () => {
    await put("nightly/1.csv", "id,city,old\n1,Oslo,a\n2,Rom,b\n");
    await put("nightly/2.csv", "id,city,old\n3,Bern,c\n");
    assert.equal(await countRows(services.snowflake.endpoint, "RAW.LANDING.NIGHTLY"), 0);
    const { tasks } = await fetchJson<{ tasks: { name: string }[] }>(`${services.snowflake.endpoint}/_local/tasks`);
    assert.equal(tasks.length, 1);
    for (let run = 0; run < 2; run++) {
      await fetchJson(
        `${services.snowflake.endpoint}/_local/tasks/${encodeURIComponent(tasks[0]?.name ?? "")}/execute`,
        {
          method: "POST",
          body: {},
        },
      );
    }
    assert.deepEqual(await query('SELECT "ID", "CITY" FROM "RAW"."LANDING"."NIGHTLY" ORDER BY "ID"'), [
      { ID: 1, CITY: "Oslo" },
      { ID: 2, CITY: "Rom" },
      { ID: 3, CITY: "Bern" },
    ]);
  });

  it("W8: the loader role has usage on exactly the objects of this landing", async () => {
    const { grants } = await fetchJson<{ grants: Grant[] }>(`${services.snowflake.endpoint}/_local/grants`);
    assert.ok(grants.every(({ accountRoleName }) => accountRoleName === outputs.loaderRoleName));
    const granted = grants.map(({ privileges, onAccountObject, onSchema, onSchemaObject }) => {
      const on = onSchemaObject ?? onAccountObject;
      return `${[...privileges].sort()} on ${on ? `${on.objectType} ${on.objectName}` : `SCHEMA ${onSchema?.schemaName}`}`;
    });
    const here = '"RAW"."LANDING"';
    const each = (name: string, runner: string): string[] => [
      `USAGE on STAGE ${here}."${name}_STAGE"`,
      `USAGE on FILE FORMAT ${here}."${name}_FORMAT"`,
      `INSERT,SELECT on TABLE ${here}."${name}"`,
      `MONITOR,OPERATE on ${runner}`,
    ];
    const storage = grants.find(({ onAccountObject }) => onAccountObject?.objectType === "INTEGRATION");
    assert.deepEqual(
      granted.sort(),
      [
        'USAGE on DATABASE "RAW"',
        `USAGE on SCHEMA ${here}`,
        `USAGE on INTEGRATION ${storage?.onAccountObject?.objectName}`,
        ...each("ORDERS", `PIPE ${here}."ORDERS_PIPE"`),
        ...each("EVENTS", `PIPE ${here}."EVENTS_PIPE"`),
        ...each("NIGHTLY", `TASK ${here}."NIGHTLY_LOAD"`),
        ...each("THINGS_CHANGES", `PIPE ${here}."THINGS_CHANGES_PIPE"`),
        `SELECT on VIEW ${here}."THINGS"`,
      ].sort(),
    );
  });

  it("W10: inserts, updates and deletes of a DynamoDB table are told apart, and the view has its newest state", async () => {
    for (const each of [item("1", "Oslo"), item("2", "Rom"), item("1", "Bergen")]) {
      await clients.dynamoDb.send(new PutItemCommand({ TableName: table, Item: each }));
    }
    await clients.dynamoDb.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: "a" }, sk: { S: "2" } } }));
    await eventually(operations, ["INSERT 1", "INSERT 2", "MODIFY 1", "REMOVE 2"]);
    assert.deepEqual(await newestState(), [["1", "Bergen"]]);
  });

  it("W10: a first full load brings what the table had before, and never covers a newer change", async () => {
    const items = Array.from({ length: 25 }, (_, i) => item(`old-${String(i).padStart(2, "0")}`, `City ${i}`));
    await clients.dynamoDb.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: items.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    await eventually(async () => (await newestState()).length, 26);
    // As if the stream had been switched on after these were written.
    await query(`DELETE FROM "RAW"."LANDING"."THINGS_CHANGES" WHERE "SK" LIKE 'old-%'`);
    assert.deepEqual(await newestState(), [["1", "Bergen"]]);
    const FunctionName = /--function-name (\S+)/.exec(outputs.snapshotCommands.THINGS ?? "")?.[1];
    const lambda = new LambdaClient({
      endpoint: services.aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"segments":2}') }));
    assert.equal(answer.FunctionError, undefined, Buffer.from(answer.Payload ?? []).toString());
    await eventually(newestState, [["1", "Bergen"], ...items.map(({ sk, city }) => [sk?.S ?? "", city?.S ?? ""])]);
    assert.equal((await operations()).filter((each) => each.startsWith("LOAD")).length, 26);
  });

  it("W13: an update that would drop a column stops in the preview too; dropColumns lets exactly that one go", async () => {
    const columns = async () =>
      (await query('SELECT * FROM "RAW"."LANDING"."NIGHTLY" LIMIT 1')).flatMap((row) => Object.keys(row));
    nightly.columns = nightly.columns.filter(({ name }) => name !== "OLD");
    const refused = /table NIGHTLY would lose the column OLD .*dropColumns: \["OLD"\]/;
    await assert.rejects(local.stack.preview({ color: "never" }), refused);
    await assert.rejects(local.stack.up({ color: "never" }), refused);
    assert.ok((await columns()).includes("OLD"));
    nightly.dropColumns = ["OLD"];
    await local.stack.up({ color: "never" });
    assert.deepEqual(await columns(), ["ID", "CITY", "_FILE", "_FILE_ROW", "_LOADED_AT"]);
    assert.equal(await countRows(services.snowflake.endpoint, "RAW.LANDING.NIGHTLY"), 3);
  }).timeout(120_000);

  it("W2: Snowflake's role was denied nothing and read only under the stages' prefixes", async () => {
    const { entries } = await fetchJson<{
      entries: { role: string | null; action: string; resource: string; decision: string }[];
    }>(`${services.aws.endpoint}/_local/iam-ledger`);
    const own = entries.filter(({ role }) => outputs.roleArn.endsWith(`/${role}`) && role !== null);
    const reads = own.filter(({ action }) => action.startsWith("s3:GetObject"));
    assert.ok(reads.length >= 4, JSON.stringify(own));
    for (const { resource, decision } of reads) {
      assert.equal(decision, "Allow", resource);
      assert.match(resource, /^arn:aws:s3:::[^/]+\/(orders|events|nightly|changes\/things)\//);
    }
  });
});

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  copyStatement,
  fieldColumns,
  positionColumns,
  withMetadata,
} from "../../../components/snowflake-landing/copyStatement";
import { type Services, startServices } from "../../../local/processes/services";
import { ensureServiceTools } from "../../../local/setup/ensureTools";

interface HistoryEntry {
  readonly file: string;
  readonly status: string;
  readonly rowsParsed: number;
  readonly rows: number;
  readonly errors: number;
  readonly firstError: string | null;
  readonly milliseconds: number;
}

describe("The local Snowflake", () => {
  let services: Services;
  let s3: S3Client;
  let iam: IAMClient;
  const bucket = "landing-bucket";
  const role = "arn:aws:iam::000000000000:role/snowflake-reader";
  const named = (name: string) => ({ database: "RAW", schema: "SALES", name });
  const zipColumns = [
    { name: "ZIP", type: "VARCHAR" },
    { name: "CITY", type: "VARCHAR" },
    { name: "POPULATION", type: "NUMBER(38,0)" },
  ];
  const csvCopy = copyStatement({
    table: named("ZIPS"),
    columns: withMetadata(positionColumns(zipColumns, [])),
    matchBy: "position",
    fields: 3,
    stage: named("ZIPS_STAGE"),
    format: named("PIPES"),
    onError: "CONTINUE",
  });
  const eventColumns = fieldColumns([
    { name: "ID", type: "VARCHAR", field: "id" },
    { name: "AMOUNT", type: "NUMBER(38,0)", field: "amount" },
    { name: "BODY", type: "VARIANT", field: "body" },
    { name: "AT", type: "TIMESTAMP_NTZ", field: "at" },
  ]);
  const jsonCopy = copyStatement({
    table: named("EVENTS"),
    columns: eventColumns,
    matchBy: "position",
    stage: named("EVENTS_STAGE"),
    format: named("NDJSON"),
    onError: "SKIP_FILE",
  });

  before(async function () {
    this.timeout(300_000);
    services = await startServices({ tools: await ensureServiceTools(), logSuffix: "snowflake-test" });
    const client = {
      endpoint: services.aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    s3 = new S3Client({ ...client, forcePathStyle: true });
    iam = new IAMClient(client);
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await makeObjects();
  });

  after(() => services?.stop());

  async function call<T>(method: string, path: string, body?: unknown, role = ""): Promise<T> {
    const answer = await fetch(`${services.snowflake.endpoint}/_local/${path}`, {
      method,
      headers: { "x-snowflake-role": role },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const document = (await answer.json()) as T & { error?: string };
    if (!answer.ok) throw new Error(document.error);
    return document;
  }

  async function sql(text: string, role = ""): Promise<Record<string, unknown>[]> {
    return (await call<{ rows: Record<string, unknown>[] }>("POST", "sql", { sql: text }, role)).rows;
  }

  function trust(user: string, externalId: string): string {
    const Condition = { StringEquals: { "sts:ExternalId": externalId } };
    const statement = { Effect: "Allow", Principal: { AWS: user }, Action: "sts:AssumeRole", Condition };
    return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  }

  async function makeObjects(): Promise<void> {
    await sql(`CREATE DATABASE RAW; CREATE SCHEMA RAW.SALES;
      CREATE TABLE RAW.SALES.ZIPS (ZIP VARCHAR, CITY VARCHAR, POPULATION NUMBER(38,0), "_FILE" VARCHAR,
        "_FILE_ROW" NUMBER(38,0), "_LOADED_AT" TIMESTAMP_LTZ);
      CREATE TABLE RAW.SALES.EVENTS (ID VARCHAR NOT NULL, AMOUNT NUMBER(38,0), BODY VARIANT, "AT" TIMESTAMP_NTZ)`);
    const integration = await call<{ iamUserArn: string; externalId: string }>("POST", "integrations", {
      name: "LANDING",
      roleArn: role,
      allowedLocations: [`s3://${bucket}/landing/`],
    });
    const document = trust(integration.iamUserArn, integration.externalId);
    await iam.send(new CreateRoleCommand({ RoleName: "snowflake-reader", AssumeRolePolicyDocument: document }));
    await grant("zips", "landing/zips/*");
    const csv = {
      type: "CSV",
      fieldDelimiter: "|",
      skipHeader: 1,
      fieldOptionallyEnclosedBy: '"',
      emptyFieldAsNull: false,
      skipBlankLines: true,
    };
    await call("POST", "formats", { name: "RAW.SALES.PIPES", ...csv });
    await call("POST", "formats", { name: "RAW.SALES.NDJSON", type: "JSON" });
    await call("POST", "stages", stage("ZIPS_STAGE", "zips/"));
    await call("POST", "stages", stage("EVENTS_STAGE", "events/"));
    const pipe = await call<{ notificationChannel: string }>("POST", "pipes", {
      name: "RAW.SALES.ZIPS_PIPE",
      copyStatement: csvCopy,
    });
    const event = { QueueArn: pipe.notificationChannel, Events: ["s3:ObjectCreated:*" as const] };
    const NotificationConfiguration = { QueueConfigurations: [event] };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration }));
  }

  function stage(name: string, prefix: string) {
    return { name: `RAW.SALES.${name}`, url: `s3://${bucket}/landing/${prefix}`, integration: "LANDING" };
  }

  async function grant(name: string, keys: string): Promise<void> {
    const Statement = [
      { Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/${keys}` },
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: `arn:aws:s3:::${bucket}`,
        Condition: { StringLike: { "s3:prefix": [keys] } },
      },
    ];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName: "snowflake-reader", PolicyName: name, PolicyDocument }));
  }

  async function put(key: string, body: string | Buffer): Promise<void> {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  async function loaded(pipe: string, key: string): Promise<HistoryEntry> {
    for (let tries = 0; tries < 100; tries++) {
      const { files } = await call<{ files: HistoryEntry[] }>("GET", `pipes/${pipe}/history`);
      const entry = files.findLast(({ file }) => file === key);
      if (entry) return entry;
      await sleep(100);
    }
    throw new Error(`${key} isn't in the history of ${pipe}`);
  }

  it("W5: an object that is put reaches the table by its pipe, metadata columns and all", async () => {
    await put("landing/zips/a file+1.csv.gz", gzipSync('zip|city|population\n00501|"Holts|ville"|12\n00544||\n'));
    const entry = await loaded("RAW.SALES.ZIPS_PIPE", "landing/zips/a file+1.csv.gz");
    assert.equal(entry.status, "LOADED", entry.firstError ?? "");
    assert.deepEqual(await sql('SELECT ZIP, CITY, POPULATION, "_FILE", "_FILE_ROW" FROM RAW.SALES.ZIPS ORDER BY ZIP'), [
      { ZIP: "00501", CITY: "Holts|ville", POPULATION: 12, _FILE: "landing/zips/a file+1.csv.gz", _FILE_ROW: 1 },
      { ZIP: "00544", CITY: null, POPULATION: null, _FILE: "landing/zips/a file+1.csv.gz", _FILE_ROW: 2 },
    ]);
  });

  it("W7: ON_ERROR = CONTINUE leaves out the rows that don't fit and counts them", async () => {
    await put("landing/zips/bad.csv", "zip|city|population\n1|a|x\n2|b|3\n");
    const entry = await loaded("RAW.SALES.ZIPS_PIPE", "landing/zips/bad.csv");
    assert.deepEqual([entry.status, entry.rowsParsed, entry.rows, entry.errors], ["PARTIALLY_LOADED", 2, 1, 1]);
    assert.match(entry.firstError ?? "", /record 1: Column POPULATION/);
  });

  it("W5: 42,000 rows of one file all arrive", async () => {
    const lines = Array.from({ length: 42_000 }, (_, index) => `${index}|City of ${index}|${index * 3}`);
    await put("landing/zips/many.csv", `zip|city|population\n${lines.join("\n")}\n`);
    const entry = await loaded("RAW.SALES.ZIPS_PIPE", "landing/zips/many.csv");
    assert.deepEqual([entry.rowsParsed, entry.rows, entry.errors], [42_000, 42_000, 0]);
  });

  it("W2: what the role may not read isn't loaded, and an error integration tells it", async () => {
    const client = { endpoint: services.aws.endpoint, region: "us-east-1" };
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const sns = new SNSClient({ ...client, credentials });
    const sqs = new SQSClient({ ...client, credentials });
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "errors" }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "errors" }));
    const Endpoint = "arn:aws:sqs:us-east-1:000000000000:errors";
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: Endpoint }],
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
    const publisher = "arn:aws:iam::000000000000:role/snowflake-errors";
    const errors = await call<{ iamUserArn: string; externalId: string }>("POST", "notifications", {
      name: "ERRORS",
      topicArn: TopicArn,
      roleArn: publisher,
    });
    const document = trust(errors.iamUserArn, errors.externalId);
    await iam.send(new CreateRoleCommand({ RoleName: "snowflake-errors", AssumeRolePolicyDocument: document }));
    const publish = [{ Effect: "Allow", Action: "sns:Publish", Resource: TopicArn }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: publish });
    await iam.send(new PutRolePolicyCommand({ RoleName: "snowflake-errors", PolicyName: "publish", PolicyDocument }));
    const name = "RAW.SALES.EVENTS_PIPE";
    await call("POST", "pipes", { name, copyStatement: jsonCopy, errorIntegration: "ERRORS" });

    await put(
      "landing/events/1.json",
      '{"id": "a", "amount": 12345678901234567890123456789012345678, "body": {"id": "a"}}\n',
    );
    const entry = await loaded(name, "landing/events/1.json");
    assert.equal(entry.status, "LOAD_FAILED");
    assert.match(entry.firstError ?? "", /AccessDenied/);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    assert.match(Messages?.[0]?.Body ?? "", /INGEST_FAILED_FILE/);
  });

  it("W7: ALTER PIPE … REFRESH loads what failed or was there before, and nothing twice", async () => {
    await grant("events", "landing/events/*");
    await call("POST", "sql", { sql: "ALTER PIPE RAW.SALES.EVENTS_PIPE REFRESH" });
    for (let tries = 0; tries < 50 && (await sql("SELECT * FROM RAW.SALES.EVENTS")).length === 0; tries++) {
      await sleep(100);
    }
    assert.deepEqual(await sql("SELECT ID, AMOUNT, BODY:id::VARCHAR AS B FROM RAW.SALES.EVENTS"), [
      { ID: "a", AMOUNT: "12345678901234567890123456789012345678", B: "a" },
    ]);
    assert.deepEqual(await call("POST", "pipes/RAW.SALES.EVENTS_PIPE/refresh", {}), { files: 0 });
  });

  it("W7: SKIP_FILE loads nothing of a file with one bad record", async () => {
    await put("landing/events/2.json", '{"id": "b", "amount": 1}\n{"id": "c", "amount": "many"}\n');
    const entry = await loaded("RAW.SALES.EVENTS_PIPE", "landing/events/2.json");
    assert.deepEqual([entry.status, entry.rowsParsed, entry.rows, entry.errors], ["LOAD_FAILED", 2, 0, 1]);
  });

  it("W1: a role that doesn't trust the integration's External ID stops the load", async () => {
    const integration = await call<{ iamUserArn: string }>("GET", "integrations/LANDING");
    const document = trust(integration.iamUserArn, "another");
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "snowflake-reader", PolicyDocument: document }));
    await put("landing/zips/late.csv", "zip|city|population\n9|z|9\n");
    const entry = await loaded("RAW.SALES.ZIPS_PIPE", "landing/zips/late.csv");
    assert.match(entry.firstError ?? "", /AssumeRole/);
  });

  it("W1: a stage outside the integration's locations is refused", async () => {
    const outside = { name: "RAW.SALES.S", url: `s3://${bucket}/other/`, integration: "LANDING" };
    await assert.rejects(call("POST", "stages", outside), /not allowed by integration LANDING/);
  });
});

/** Rules of the real Snowflake that a program can get wrong, held by the local one. */
import assert from "node:assert/strict";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { copyStatement, positionColumns, withMetadata } from "../../../components/snowflake-landing/copyStatement";
import { fetchJson } from "../../../local/processes/localFetch";
import { type Services, startServices } from "../../../local/processes/services";
import { rootClients } from "../../../local/run/clients";
import { ensureServiceTools } from "../../../local/setup/ensureTools";
import { until } from "../data";

describe("The local Snowflake's rules", () => {
  let services: Services;
  const bucket = "rules-bucket";
  const named = (name: string) => ({ database: "RAW", schema: "S", name });
  const copy = copyStatement({
    table: named("T"),
    columns: withMetadata(positionColumns([{ name: "ID", type: "NUMBER(38,0)" }], [])),
    matchBy: "position",
    fields: 1,
    stage: named("STAGE"),
    format: named("FORMAT"),
    onError: "SKIP_FILE",
  });
  const stage = { name: "RAW.S.STAGE", url: `s3://${bucket}/t/`, integration: "STORAGE" };

  function call<T>(path: string, body?: unknown, role = "", method?: "DELETE"): Promise<T> {
    const url = `${services.snowflake.endpoint}/_local/${path}`;
    return fetchJson<T>(url, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      body,
      headers: { "x-snowflake-role": role },
    });
  }
  const sql = async (statement: string, role = "") =>
    (await call<{ rows: Record<string, unknown>[] }>("sql", { sql: statement }, role)).rows;
  const status = async () => (await call<{ executionState: string }>("pipes/RAW.S.PIPE/status")).executionState;
  const runs = async (task: string) =>
    (await call<{ runs: { state: string; error: string | null }[] }>(`tasks/RAW.S.${task}/history`)).runs;
  const task = (name: string, more: object = {}) =>
    call("tasks", {
      name: `RAW.S.${name}`,
      sql: "DELETE FROM RAW.S.NOTHING",
      schedule: "60 MINUTES",
      started: true,
      ...more,
    });
  const advance = (seconds: number) => call("clock", { seconds });

  before(async function () {
    this.timeout(300_000);
    services = await startServices({ tools: await ensureServiceTools(), logSuffix: "snowflake-rules" });
    const { s3, iam } = rootClients(services.aws.endpoint);
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await sql(
      'CREATE DATABASE RAW; CREATE SCHEMA RAW.S; CREATE TABLE RAW.S.T (ID NUMBER, "_FILE" VARCHAR, "_FILE_ROW" NUMBER, "_LOADED_AT" TIMESTAMP_LTZ)',
    );
    const roleArn = "arn:aws:iam::000000000000:role/reader";
    const { iamUserArn, externalId } = await call<{ iamUserArn: string; externalId: string }>("integrations", {
      name: "STORAGE",
      roleArn,
      allowedLocations: [`s3://${bucket}/t/`],
    });
    const document = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement });
    const Condition = { StringEquals: { "sts:ExternalId": externalId } };
    const trust = { Effect: "Allow", Principal: { AWS: iamUserArn }, Action: "sts:AssumeRole", Condition };
    await iam.send(new CreateRoleCommand({ RoleName: "reader", AssumeRolePolicyDocument: document([trust]) }));
    const PolicyDocument = document([
      { Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/t/*` },
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: `arn:aws:s3:::${bucket}`,
        Condition: { StringLike: { "s3:prefix": "t/*" } },
      },
    ]);
    await iam.send(new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "read", PolicyDocument }));
    await call("formats", { name: "RAW.S.FORMAT", type: "CSV", skipHeader: 1, emptyFieldAsNull: false });
    await call("stages", stage);
    await call("pipes", { name: "RAW.S.PIPE", copyStatement: copy });
  });
  after(() => services?.stop());

  it("W18: a grant of a privilege that the object's type doesn't have, or on what isn't there, or to nobody, is refused", async () => {
    await sql("CREATE ROLE READER");
    const grant = (privileges: string[], objectType: string, objectName: string, accountRoleName = "READER") =>
      call("grants", { name: "g", accountRoleName, privileges, onSchemaObject: { objectType, objectName } });
    await assert.rejects(grant(["READ"], "STAGE", "RAW.S.STAGE"), /READ isn't a privilege of STAGE; those are USAGE/);
    await assert.rejects(grant(["INSERT"], "VIEW", "RAW.S.T"), /VIEW 'RAW.S.T' does not exist/);
    await assert.rejects(grant(["SELECT"], "TABLE", "RAW.S.NONE"), /does not exist or not authorized/);
    await assert.rejects(grant(["SELECT"], "TABLE", "RAW.S.T", "NOBODY"), /Role 'NOBODY' does not exist/);
  });

  it("W18: a role reads what it was granted and nothing else, also not without the schema", async () => {
    const grant = (name: string, on: object) => call("grants", { name, accountRoleName: "READER", ...on });
    const select = { privileges: ["SELECT"], onSchemaObject: { objectType: "TABLE", objectName: "RAW.S.T" } };
    await grant("select", select);
    await assert.rejects(sql("SELECT * FROM RAW.S.T", "READER"), /DATABASE 'RAW' does not exist or not authorized/);
    await grant("db", { privileges: ["USAGE"], onAccountObject: { objectType: "DATABASE", objectName: "RAW" } });
    await grant("schema", { privileges: ["USAGE"], onSchema: { schemaName: "RAW.S" } });
    assert.deepEqual(await sql("SELECT * FROM RAW.S.T", "READER"), []);
    await assert.rejects(sql(copy, "READER"), /Insufficient privileges to operate on table 'RAW.S.T'.*INSERT/);
    await grant("insert", { ...select, privileges: ["INSERT"] });
    await assert.rejects(sql(copy, "READER"), /operate on stage 'RAW.S.STAGE'/);
    await assert.rejects(
      sql("GRANT USAGE ON STAGE RAW.S.STAGE TO ROLE READER", "READER"),
      /Insufficient privileges to grant/,
    );
  });

  it("W18: an object that is made anew has lost its grants", async () => {
    await sql("CREATE TABLE RAW.S.GONE (A NUMBER); GRANT SELECT ON TABLE RAW.S.GONE TO ROLE READER");
    assert.deepEqual(await sql("SELECT * FROM RAW.S.GONE", "READER"), []);
    await sql("DROP TABLE RAW.S.GONE; CREATE TABLE RAW.S.GONE (A NUMBER)");
    await assert.rejects(sql("SELECT * FROM RAW.S.GONE", "READER"), /Insufficient privileges/);
  });

  it("W18: a pipe stops for good when its stage is made anew under its name, not when it is altered", async () => {
    await call("stages", { ...stage, comment: "altered" });
    assert.equal(await status(), "RUNNING");
    await call("stages/RAW.S.STAGE", undefined, "", "DELETE");
    await call("stages", stage);
    assert.equal(await status(), "STOPPED_STAGE_DROPPED");
    await call("pipes/RAW.S.PIPE", undefined, "", "DELETE");
    await call("pipes", { name: "RAW.S.PIPE", copyStatement: copy });
    assert.equal(await status(), "RUNNING");
  });

  it("W18: a pipe loads a name once, whatever is in a file of that name later; a COPY loads a name again with other content", async () => {
    const { s3 } = rootClients(services.aws.endpoint);
    const file = { Bucket: bucket, Key: "t/twice.csv" };
    const refresh = async () => (await sql("ALTER PIPE RAW.S.PIPE REFRESH")).map(({ File }) => File);
    const ids = async () => (await sql("SELECT ID FROM RAW.S.T ORDER BY ID")).map(({ ID }) => ID);
    await s3.send(new PutObjectCommand({ ...file, Body: "id\n1\n" }));
    assert.deepEqual(await refresh(), ["t/twice.csv"]);
    await until("the pipe has loaded the file", async () => (await ids()).length === 1 || undefined);
    await s3.send(new PutObjectCommand({ ...file, Body: "id\n2\n" }));
    assert.deepEqual(await refresh(), []);
    await sql(copy);
    await sql(copy);
    assert.deepEqual(await ids(), [1, 2]);
    await s3.send(new DeleteObjectCommand(file));
    await sql("DELETE FROM RAW.S.T");
  });

  it("W18: a refresh takes files of the last 7 days alone, and after the time that it is given", async () => {
    const { s3 } = rootClients(services.aws.endpoint);
    await sql("ALTER PIPE RAW.S.PIPE SET PIPE_EXECUTION_PAUSED = TRUE");
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "t/old.csv", Body: "id\n1\n" }));
    const refreshed = async (after = "") =>
      (await sql(`ALTER PIPE RAW.S.PIPE REFRESH${after}`)).map(({ File }) => File);
    assert.equal(await status(), "PAUSED");
    assert.deepEqual(await refreshed(), ["t/old.csv"]);
    assert.deepEqual(await refreshed(" MODIFIED_AFTER = '2100-01-01T00:00:00Z'"), []);
    await advance(8 * 86_400);
    assert.deepEqual(await refreshed(), []);
    assert.deepEqual(await sql("SELECT * FROM RAW.S.T"), []);
  });

  it("W18: a task runs when it is started and due, not before, and not while it is suspended", async () => {
    await sql("CREATE TABLE RAW.S.NOTHING (A NUMBER)");
    await task("STARTED");
    await task("SUSPENDED", { started: false });
    await advance(60);
    assert.deepEqual(await runs("STARTED"), []);
    await advance(3_600);
    assert.deepEqual(
      (await runs("STARTED")).map(({ state }) => state),
      ["SUCCEEDED"],
    );
    assert.deepEqual(await runs("SUSPENDED"), []);
    await sql("EXECUTE TASK RAW.S.SUSPENDED");
    assert.equal((await runs("SUSPENDED")).length, 1);
  });

  it("W18: a cron expression counts in its own time zone; one that names no time is refused", async () => {
    await task("NIGHTLY", { schedule: "USING CRON 0 2 * * * America/New_York" });
    for (let quarter = 0; quarter < 97; quarter++) await advance(900);
    const [first, ...more] = (await call<{ runs: { scheduledAt: string }[] }>("tasks/RAW.S.NIGHTLY/history")).runs;
    const time = new Intl.DateTimeFormat("en-US", { timeZone: "America/New_York", hour: "numeric", hourCycle: "h23" });
    assert.equal(time.format(new Date(first?.scheduledAt ?? "")), "02");
    assert.ok(more.length <= 1, "once a day");
    await assert.rejects(task("BAD", { schedule: "USING CRON 61 2 * * * UTC" }), /61 isn't within 0 to 59/);
    await assert.rejects(task("BAD", { schedule: "hourly" }), /expected '<n> MINUTES'/);
  });

  it("W18: a task that fails ten times running is suspended, unless it says otherwise", async () => {
    await task("FAILING", { sql: "DELETE FROM RAW.S.NO_SUCH_TABLE" });
    await task("PERSISTENT", { sql: "DELETE FROM RAW.S.NO_SUCH_TABLE", suspendTaskAfterNumFailures: 0 });
    for (let hour = 0; hour < 12; hour++) await advance(3_601);
    assert.equal((await runs("FAILING")).length, 10);
    assert.ok((await runs("PERSISTENT")).length >= 11);
  });

  it("W18: a scheduled task takes EXECUTE TASK, and EXECUTE MANAGED TASK or the warehouse", async () => {
    await sql(
      "CREATE ROLE RUNNER; GRANT USAGE ON DATABASE RAW TO ROLE RUNNER; GRANT CREATE TASK ON SCHEMA RAW.S TO ROLE RUNNER",
    );
    const make = (more: object) =>
      call(
        "tasks",
        { name: "RAW.S.MINE", sql: "DELETE FROM RAW.S.NOTHING", schedule: "60 MINUTES", started: true, ...more },
        "RUNNER",
      );
    await assert.rejects(make({}), /EXECUTE TASK/);
    await sql("GRANT EXECUTE TASK ON ACCOUNT TO ROLE RUNNER");
    await assert.rejects(make({}), /EXECUTE MANAGED TASK/);
    await call("warehouses", { name: "LOADING" });
    await assert.rejects(make({ warehouse: "LOADING" }), /warehouse 'LOADING'.*USAGE/);
    await sql("GRANT USAGE ON WAREHOUSE LOADING TO ROLE RUNNER");
    await make({ warehouse: "LOADING" });
  });
});

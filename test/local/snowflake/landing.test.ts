/** Data into Snowflake on a cloud of its own: files through pipes and tasks, a DynamoDB table's changes, by exact rights. */
import assert from "node:assert/strict";
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
import { fetchJson } from "../../../local/processes/localFetch";
import { countRows } from "../../../local/run/counts";
import { eventually, openStage, type Row, type Stage } from "./stage";

const hour = 3_600;
const day = 24 * hour;

/** How the table NIGHTLY is declared; tests change it. */
const nightly = {
  columns: [{ name: "ID", type: "NUMBER(38,0)" }, { name: "CITY" }, { name: "OLD" }],
  dropColumns: [] as string[],
};

describe("Snowflake on the local cloud", () => {
  let stage: Stage;

  before(async function () {
    this.timeout(300_000);
    stage = await openStage("snowflake-test", (folder) => ({
      tables: [
        { name: "ORDERS", prefix: "orders/", delimiter: "|", sampleFile: join(folder, "header.psv") },
        { name: "EVENTS", prefix: "events/", format: "json" },
        { name: "NIGHTLY", prefix: "nightly/", schedule: "60 MINUTES", ...nightly },
        {
          name: "NAMED",
          prefix: "named/",
          matchBy: "name",
          columns: [{ name: "id", type: "NUMBER(38,0)" }, { name: "city" }],
          requiredColumns: ["id"],
          onError: "CONTINUE",
        },
      ],
    }));
  });

  after(() => stage?.close());

  const rows = (statement: string, role?: string): Promise<readonly Row[]> => stage.sql(statement, role);
  const count = (table: string): Promise<number> =>
    countRows(stage.services.snowflake.endpoint, `RAW.LANDING.${table}`);
  const local = <T>(path: string): Promise<T> => fetchJson<T>(`${stage.services.snowflake.endpoint}/_local/${path}`);
  const history = async (task: string): Promise<{ state: string; error: string | null }[]> =>
    (await local<{ runs: { state: string; error: string | null }[] }>(`tasks/RAW.LANDING.${task}/history`)).runs;

  function item(sk: string, city: string): Record<string, AttributeValue> {
    return { pk: { S: "a" }, sk: { S: sk }, city: { S: city }, big: { N: "12345678901234567890" } };
  }

  async function newestState(): Promise<string[][]> {
    const found = await rows('SELECT "SK", "ITEM" FROM "RAW"."LANDING"."THINGS" ORDER BY "SK"');
    return found.map(({ SK, ITEM }) => [String(SK), (JSON.parse(String(ITEM)) as { city: string }).city]);
  }

  async function operations(): Promise<string[]> {
    const found = await rows('SELECT "OP", "SK" FROM "RAW"."LANDING"."THINGS_CHANGES" ORDER BY "SEQUENCE", "SK"');
    return found.map(({ OP, SK }) => `${OP} ${SK}`);
  }

  it("W1: a single up made a role that trusts exactly the integration's user with its External ID", async () => {
    const { integrations } = await local<{
      integrations: { iamUserArn: string; externalId: string; roleArn: string }[];
    }>("integrations");
    assert.equal(integrations.length, 1);
    const [integration] = integrations;
    assert.equal(integration?.roleArn, stage.outputs.roleArn);
    const RoleName = stage.outputs.roleArn.split("/").at(-1);
    const { Role } = await stage.clients.iam.send(new GetRoleCommand({ RoleName }));
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

  it("W12: the deploying role has exactly the privileges that the page lists, and each was needed", async () => {
    const { privileges } = await local<{ privileges: { role: string; privilege: string; used: boolean }[] }>(
      "privileges",
    );
    const mine = privileges.filter(({ role }) => role === "DEPLOYER");
    assert.equal(mine.length, 12);
    assert.deepEqual(
      mine.filter(({ used }) => !used).map(({ privilege }) => privilege),
      [],
    );
  });

  it("W3, W4, W5: a pipe-delimited file arrives by the bucket's notification, all VARCHAR, with file and row", async () => {
    await stage.put("orders/2026 ü+1.psv", 'id|city|note\n7|Köln|"a|b"\n8||""\n');
    await eventually(
      () => rows('SELECT "ID", "CITY", "NOTE", "_FILE", "_FILE_ROW" FROM "RAW"."LANDING"."ORDERS" ORDER BY "ID"'),
      [
        { ID: "7", CITY: "Köln", NOTE: "a|b", _FILE: "orders/2026 ü+1.psv", _FILE_ROW: 1 },
        { ID: "8", CITY: null, NOTE: null, _FILE: "orders/2026 ü+1.psv", _FILE_ROW: 2 },
      ],
    );
  });

  it("W15: a comma file in the pipe-delimited table, and ragged records, are refused and told, each by its name", async () => {
    const before = await count("ORDERS");
    await stage.put("orders/comma.csv", "id,city,note\n7,Köln,x\n");
    await stage.put("orders/long.psv", "id|city|note\n1|a|b\n2|a|b|c\n");
    await stage.put("orders/short.psv", "id|city|note\n1|a|b\n2|a\n");
    const told = new Map<string, string>();
    await eventually(async () => {
      for (const { messages } of await stage.errors()) {
        for (const { fileName, firstError } of messages as { fileName: string; firstError: string }[]) {
          told.set(fileName, firstError);
        }
      }
      return [...told.keys()].sort();
    }, ["orders/comma.csv", "orders/long.psv", "orders/short.psv"]);
    assert.match(told.get("orders/comma.csv") ?? "", /fewer than 3 fields/);
    assert.match(told.get("orders/long.psv") ?? "", /record 2: .*more than 3 fields/);
    assert.match(told.get("orders/short.psv") ?? "", /record 2: .*fewer than 3 fields/);
    assert.equal(await count("ORDERS"), before);
  });

  it("W15: by name, fields in another order find their columns; a pipe with CONTINUE is reported by its task", async () => {
    await stage.put("named/1.csv", "City,extra,ID\nOslo,x,1\nRom,y,2\n");
    await stage.put("named/2.csv", "city,id\nBern,3\nBonn,\n");
    await stage.put("named/3.csv", "town;number\nBasel;4\n");
    await eventually(
      () => rows('SELECT "ID", "CITY" FROM "RAW"."LANDING"."NAMED" ORDER BY "ID"'),
      [
        { ID: 1, CITY: "Oslo" },
        { ID: 2, CITY: "Rom" },
        { ID: 3, CITY: "Bern" },
      ],
    );
    await eventually(
      async () => (await local<{ files: Row[] }>("pipes/RAW.LANDING.NAMED_PIPE/history")).files.length,
      3,
    );
    await stage.errors();
    await stage.advance(hour + 60);
    const [run] = await history("NAMED_ERRORS");
    assert.equal(run?.state, "FAILED");
    assert.match(run?.error ?? "", /Files with errors: named\/2\.csv: .*non-nullable column: ID; named\/3\.csv: .*ID/);
    const messages = await stage.errors();
    assert.ok(
      messages.some(({ taskName }) => String(taskName).endsWith("NAMED_ERRORS")),
      JSON.stringify(messages),
    );
  });

  it("W3: gzip NDJSON arrives as one VARIANT a line, numbers as they were", async () => {
    await stage.put("events/a.ndjson.gz", gzipSync('{"n":12345678901234567890}\n{"n":2}\n'));
    await eventually(
      async () =>
        (await rows('SELECT "RECORD" FROM "RAW"."LANDING"."EVENTS" ORDER BY "_FILE_ROW"')).map(({ RECORD }) =>
          String(RECORD).replaceAll(" ", ""),
        ),
      ['{"n":12345678901234567890}', '{"n":2}'],
    );
  });

  it("W5, W18: a file that is put again under its name is loaded once, whatever is in it now", async () => {
    const before = await count("EVENTS");
    await stage.put("events/a.ndjson.gz", gzipSync('{"n":5}\n{"n":6}\n{"n":7}\n'));
    await stage.put("events/b.ndjson", '{"n":3}\n');
    await eventually(() => count("EVENTS"), before + 1);
    const { ignored, pendingFiles } = await local<{ ignored: number; pendingFiles: number }>(
      "pipes/RAW.LANDING.EVENTS_PIPE/status",
    );
    assert.equal(pendingFiles, 0);
    assert.ok(ignored >= 1);
  });

  it("W7, W18: files of a scheduled table wait until its hour has come, and are then loaded in bulk, once", async () => {
    await stage.put("nightly/1.csv", "id,city,old\n1,Oslo,a\n2,Rom,b\n");
    await stage.put("nightly/2.csv", "id,city,old\n3,Bern,c\n");
    await stage.advance(hour / 2);
    assert.equal(await count("NIGHTLY"), 0);
    await stage.advance(hour);
    const loaded = [
      { ID: 1, CITY: "Oslo" },
      { ID: 2, CITY: "Rom" },
      { ID: 3, CITY: "Bern" },
    ];
    assert.deepEqual(await rows('SELECT "ID", "CITY" FROM "RAW"."LANDING"."NIGHTLY" ORDER BY "ID"'), loaded);
    await stage.advance(hour);
    assert.equal(await count("NIGHTLY"), 3);
    assert.deepEqual(
      (await history("NIGHTLY_LOAD")).map(({ state }) => state).filter((state) => state !== "SUCCEEDED"),
      [],
    );
  });

  it("W15: a bad file of a scheduled load fails its task with the file's name, in every run; the good ones are loaded", async () => {
    await stage.errors();
    await stage.put("nightly/3.csv", "id,city,old\nfour,Basel,x\n");
    await stage.put("nightly/4.csv", "id,city,old\n5,Genf,y\n");
    for (let run = 0; run < 11; run++) await stage.advance(hour);
    const runs = (await history("NIGHTLY_LOAD")).slice(-11);
    for (const { state, error } of runs) {
      assert.equal(state, "FAILED");
      assert.match(error ?? "", /Files with errors: nightly\/3\.csv: record 1: Column ID/);
    }
    assert.equal(await count("NIGHTLY"), 4);
    const [message] = (await stage.errors()).filter(({ taskName }) => String(taskName).endsWith("NIGHTLY_LOAD"));
    assert.match(JSON.stringify(message?.messages), /nightly\/3\.csv/);
  });

  it("W8, W18: the loader role loads, refreshes and reads by its grants, and may do nothing else", async () => {
    const { loaderRoleName: loader, copyStatements, pipes } = stage.outputs;
    const at = '"RAW"."LANDING"';
    await rows(`CREATE TABLE ${at}."SECRET" (A VARCHAR)`);
    await stage.put("nightly/5.csv", "id,city,old\n6,Zug,z\n");
    await rows(copyStatements.NIGHTLY ?? "", loader);
    assert.equal(await count("NIGHTLY"), 5);
    assert.equal((await rows(`SELECT * FROM ${at}."THINGS"`, loader)).length, 0);
    const pipe = pipes.EVENTS?.pipe;
    await rows(`ALTER PIPE ${pipe} REFRESH PREFIX = 'none'; SELECT SYSTEM$PIPE_STATUS('${pipe}')`, loader);
    assert.ok((await rows(`LIST @${pipes.EVENTS?.stage}`, loader)).length >= 2);
    await rows(`EXECUTE TASK ${at}."THINGS_MERGE"`, loader);
    for (const refused of [
      `SELECT * FROM ${at}."SECRET"`,
      `INSERT INTO ${at}."SECRET" VALUES ('x')`,
      `DELETE FROM ${at}."NIGHTLY"`,
      `UPDATE ${at}."NIGHTLY" SET "CITY" = 'x'`,
      `DROP TABLE ${at}."NIGHTLY"`,
      `CREATE TABLE ${at}."MINE" (A VARCHAR)`,
      `INSERT INTO ${at}."THINGS_CURRENT" SELECT * FROM ${at}."THINGS_CURRENT"`,
      (copyStatements.NIGHTLY ?? "").replace('INTO "RAW"."LANDING"."NIGHTLY"', `INTO ${at}."SECRET"`),
      "CREATE DATABASE MINE",
      `GRANT SELECT ON TABLE ${at}."ORDERS" TO ROLE PUBLIC`,
    ]) {
      await assert.rejects(rows(refused, loader), /Insufficient privileges|not authorized/, refused);
    }
    await rows(`DROP TABLE ${at}."SECRET"`);
  });

  it("W8: the loader role's grants are on exactly the objects of this landing", async () => {
    const { privileges } = await local<{ privileges: Record<"role" | "privilege" | "type" | "name", string>[] }>(
      "privileges",
    );
    const mine = privileges.filter(({ role }) => role === stage.outputs.loaderRoleName);
    const granted = mine.map(({ privilege, type, name }) => `${privilege} on ${type} ${name}`).sort();
    const here = "RAW.LANDING";
    const on = (type: string, name: string, ...each: string[]) =>
      each.map((one) => `${one} on ${type} ${here}.${name}`);
    const table = (name: string, ...runners: string[]) => [
      ...on("STAGE", `${name}_STAGE`, "USAGE"),
      ...on("FILE FORMAT", `${name}_FORMAT`, "USAGE"),
      ...on("TABLE", name, "INSERT", "SELECT"),
      ...runners.flatMap((runner) => on(runner.endsWith("_PIPE") ? "PIPE" : "TASK", runner, "MONITOR", "OPERATE")),
    ];
    const storage = mine.find(({ type }) => type === "INTEGRATION");
    assert.deepEqual(
      granted,
      [
        "USAGE on DATABASE RAW",
        `USAGE on SCHEMA ${here}`,
        `USAGE on INTEGRATION ${storage?.name}`,
        ...table("ORDERS", "ORDERS_PIPE"),
        ...table("EVENTS", "EVENTS_PIPE"),
        ...table("NIGHTLY", "NIGHTLY_LOAD"),
        ...table("NAMED", "NAMED_PIPE", "NAMED_ERRORS"),
        ...table("THINGS_CHANGES", "THINGS_CHANGES_PIPE"),
        ...on("VIEW", "THINGS", "SELECT"),
        ...on("TABLE", "THINGS_CURRENT", "SELECT"),
        ...on("TASK", "THINGS_MERGE", "MONITOR", "OPERATE"),
      ].sort(),
    );
  });

  it("W10: inserts, updates and deletes of a DynamoDB table are told apart, and the view has its newest state", async () => {
    for (const each of [item("1", "Oslo"), item("2", "Rom"), item("1", "Bergen")]) {
      await stage.clients.dynamoDb.send(new PutItemCommand({ TableName: "things", Item: each }));
    }
    const Key = { pk: { S: "a" }, sk: { S: "2" } };
    await stage.clients.dynamoDb.send(new DeleteItemCommand({ TableName: "things", Key }));
    await eventually(operations, ["INSERT 1", "INSERT 2", "MODIFY 1", "REMOVE 2"]);
    assert.deepEqual(await newestState(), [["1", "Bergen"]]);
  });

  it("W10: a first full load brings what the table had before, and never covers a newer change", async () => {
    const items = Array.from({ length: 25 }, (_, i) => item(`old-${String(i).padStart(2, "0")}`, `City ${i}`));
    await stage.clients.dynamoDb.send(
      new BatchWriteItemCommand({ RequestItems: { things: items.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    await eventually(async () => (await newestState()).length, 26);
    // As if the stream had been switched on after these were written.
    await rows(`DELETE FROM "RAW"."LANDING"."THINGS_CHANGES" WHERE "SK" LIKE 'old-%'`);
    assert.deepEqual(await newestState(), [["1", "Bergen"]]);
    const FunctionName = /--function-name (\S+)/.exec(stage.outputs.snapshotCommands.THINGS ?? "")?.[1];
    const lambda = new LambdaClient({
      endpoint: stage.services.aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"segments":2}') }));
    assert.equal(answer.FunctionError, undefined, Buffer.from(answer.Payload ?? []).toString());
    await eventually(newestState, [["1", "Bergen"], ...items.map(({ sk, city }) => [sk?.S ?? "", city?.S ?? ""])]);
    assert.equal((await operations()).filter((each) => each.startsWith("LOAD")).length, 26);
  });

  it("W17: changes are merged, then go after their days; the view shows the same all the way", async () => {
    const before = await newestState();
    const current = async () =>
      (
        await rows('SELECT "OP", COUNT(*) AS "N" FROM "RAW"."LANDING"."THINGS_CURRENT" GROUP BY "OP" ORDER BY "OP"')
      ).map(({ OP, N }) => [OP, N]);
    await stage.advance(2 * hour);
    assert.deepEqual(await current(), [
      ["LOAD", 25],
      ["MODIFY", 1],
      ["REMOVE", 1],
    ]);
    assert.deepEqual(await newestState(), before);
    const item1 = item("1", "Tromsø");
    await stage.clients.dynamoDb.send(new PutItemCommand({ TableName: "things", Item: item1 }));
    const changed = before.map(([sk, city]) => [sk, sk === "1" ? "Tromsø" : city]);
    await eventually(newestState, changed);
    await stage.advance(2 * hour);
    await stage.advance(91 * day);
    assert.equal(await count("THINGS_CHANGES"), 0);
    await stage.advance(91 * day);
    assert.deepEqual(await current(), [
      ["LOAD", 25],
      ["MODIFY", 1],
    ]);
    assert.deepEqual(await newestState(), changed);
  });

  it("W15: a file that holds no changes is refused by the table of changes", async () => {
    await stage.errors();
    await stage.put("changes/things/foreign.ndjson", '{"id": 1}\n');
    await eventually(
      async () => (await stage.errors()).flatMap(({ messages }) => (messages as { fileName: string }[])[0]?.fileName),
      ["changes/things/foreign.ndjson"],
    );
    assert.equal(await count("THINGS_CHANGES"), 0);
  });

  it("W13: an update that would drop a column stops in the preview too; dropColumns lets exactly that one go", async () => {
    const columns = async () =>
      (await rows('SELECT * FROM "RAW"."LANDING"."NIGHTLY" LIMIT 1')).flatMap((row) => Object.keys(row));
    await rows('INSERT INTO "RAW"."LANDING"."NIGHTLY" ("ID", "CITY", "OLD") VALUES (99, \'Ulm\', \'w\')');
    const before = await count("NIGHTLY");
    nightly.columns = nightly.columns.filter(({ name }) => name !== "OLD");
    const refused = /table NIGHTLY would lose the column OLD .*dropColumns: \["OLD"\]/;
    await assert.rejects(stage.local.stack.preview({ color: "never" }), refused);
    await assert.rejects(stage.local.stack.up({ color: "never" }), refused);
    assert.ok((await columns()).includes("OLD"));
    nightly.dropColumns = ["OLD"];
    await stage.update();
    assert.deepEqual(await columns(), ["ID", "CITY", "_FILE", "_FILE_ROW", "_LOADED_AT"]);
    assert.equal(await count("NIGHTLY"), before);
  }).timeout(180_000);

  it("W2: Snowflake's role was denied nothing and read only under the stages' prefixes", async () => {
    const { entries } = await fetchJson<{
      entries: { role: string | null; action: string; resource: string; decision: string }[];
    }>(`${stage.services.aws.endpoint}/_local/iam-ledger`);
    const own = entries.filter(({ role }) => role !== null && stage.outputs.roleArn.endsWith(`/${role}`));
    const reads = own.filter(({ action }) => action.startsWith("s3:GetObject"));
    assert.ok(reads.length >= 4, JSON.stringify(own));
    for (const { resource, decision } of reads) {
      assert.equal(decision, "Allow", resource);
      assert.match(resource, /^arn:aws:s3:::[^/]+\/(orders|events|nightly|named|changes\/things)\//);
    }
  });
});

/** The whole orchestration on a cloud of its own: Fivetran syncs, then the real dbt on what is in Snowflake. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { FivetranDbtOrchestration } from "../../components/fivetranDbtOrchestration";
import { type LocalStack, openStack } from "../../local/engine/stack";
import { type Services, startServices } from "../../local/processes/services";
import { fetchJson, type RootClients, rootClients } from "../../local/run/clients";
import { sql } from "../../local/run/counts";
import {
  type OrchestrationSurroundings,
  orchestrationSurroundings,
  registerWebhook,
  runStateMachine,
} from "../../local/run/orchestration";
import { ensureTools } from "../../local/setup/ensureTools";

const groupId = "local_group";
interface Outputs {
  readonly stateMachineArn: string;
  readonly webhookUrl: string;
  readonly artifactsBucketName: string;
  readonly waitsTableName: string;
}

describe("The orchestration on the local cloud", () => {
  let services: Services;
  let clients: RootClients;
  let surroundings: OrchestrationSurroundings;
  let local: LocalStack;
  let folder: string;
  let outputs: Outputs;

  async function program(): Promise<Record<keyof Outputs, unknown>> {
    const { fivetranApiUrl, fivetranSecretArn, webhookSecretArn, snowflakeSecretArn, dbtEnvironment } = surroundings;
    const made = new FivetranDbtOrchestration("nightly", {
      ...{ groupId, fivetranApiUrl, fivetranSecretArn, webhookSecretArn },
      ...{ allowDestroy: true, logDays: 1, pollInterval: 20, syncTimeout: 120 },
      schedule: { expression: "cron(0 5 * * ? *)", timeZone: "Europe/Zurich" },
      dbt: { projectFolder: "functions/dbt/example-project", snowflakeSecretArn, environment: dbtEnvironment },
    });
    const { stateMachineArn, webhookUrl, artifactsBucketName, waitsTableName } = made;
    return { stateMachineArn, webhookUrl, artifactsBucketName, waitsTableName };
  }

  before(async function () {
    this.timeout(300_000);
    const tools = await ensureTools();
    folder = await mkdtemp(join(tmpdir(), "orchestration-test-"));
    services = await startServices({ tools, logSuffix: "orchestration-test" });
    clients = rootClients(services.aws.endpoint);
    await sql(services.snowflake.endpoint, "CREATE DATABASE RAW");
    const put = { status: "RESCHEDULED" as const, milliseconds: 2_000 };
    surroundings = await orchestrationSurroundings(services, {
      groups: { [groupId]: [{ id: "airports" }, { id: "zipcodes", outcomes: [put] }, { id: "flights" }] },
    });
    local = await openStack({
      tools,
      services,
      name: "orchestration-test",
      program,
      stateFolder: join(folder, "state"),
      settings: { "aws:region": "us-east-1" },
    });
    const result = await local.stack.up({ color: "never" });
    outputs = Object.fromEntries(
      Object.entries(result.outputs).map(([name, { value }]) => [name, value]),
    ) as unknown as Outputs;
    await registerWebhook(services, surroundings, { webhookUrl: outputs.webhookUrl, groupId });
  });

  after(async () => {
    await local?.close();
    await surroundings?.fivetran.stop();
    await services?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("O1, O4, O11: three connections, one put off once, then dbt's models; artifacts in the bucket, no token left", async function () {
    this.timeout(180_000);
    const { status, cause, output, name } = await runStateMachine(services, outputs.stateMachineArn, { seconds: 120 });
    assert.equal(status, "SUCCEEDED", cause);
    const { synced, dbt } = JSON.parse(output ?? "{}") as { synced: number; dbt: unknown };
    assert.equal(synced, 3, JSON.stringify(dbt));
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: outputs.artifactsBucketName }));
    assert.deepEqual(Contents.map(({ Key }) => Key).sort(), [
      `runs/${name}/manifest.json`,
      `runs/${name}/run_results.json`,
      `runs/${name}/summary.json`,
    ]);
    const rows = await sql(
      services.snowflake.endpoint,
      'SELECT SUM(AIRPORTS) AS N FROM "RAW"."MARTS"."AIRPORTS_BY_STATE"',
    );
    assert.equal(Number(rows[0]?.N), 3_376, "every airport that Fivetran brought");
    const { Items } = await clients.dynamoDb.send(new ScanCommand({ TableName: outputs.waitsTableName }));
    assert.deepEqual(
      Items?.filter(({ token }) => token !== undefined),
      [],
    );
    const { entries } = await fetchJson<{ entries: { decision: string }[] }>(
      `${services.aws.endpoint}/_local/iam-ledger`,
    );
    assert.deepEqual(
      entries.filter(({ decision }) => decision !== "Allow"),
      [],
    );
  });

  it("O2, O6: an input decides what is synced: nothing, all but what has started the run, or a mistake that is told", async function () {
    this.timeout(180_000);
    const asked = () => surroundings.fivetran.requests.filter(({ path }) => path.endsWith("/sync")).length;
    const before = asked();
    const run = async (input: object) => {
      const ended = await runStateMachine(services, outputs.stateMachineArn, { input, seconds: 80 });
      return { ...ended, output: JSON.parse(ended.output ?? "{}") as object };
    };
    const dbt_command = ["build", "--select", "stg_airports"];
    const alone = await run({ include: [], dbt_command });
    assert.deepEqual(alone.output, {
      ...{ status: "SUCCEEDED", connections: 0, synced: 0, skipped: [], failed: [], dbt: "SUCCEEDED" },
    });
    const started_by = { connection_id: "airports", sync_id: "its-own", created: new Date().toISOString() };
    const started = await run({ started_by, include: ["airports"], dbt_command });
    assert.deepEqual(started.output, {
      ...{ status: "SUCCEEDED", connections: 1, synced: 1, skipped: [], failed: [], dbt: "SUCCEEDED" },
    });
    const { status, error, cause } = await run({ include: 7 });
    assert.deepEqual([status, error], ["FAILED", "WrongInput"]);
    assert.match(cause ?? "", /include 7, and it has to be a list of texts/);
    assert.equal(asked(), before, "no sync was asked for");
  });
});

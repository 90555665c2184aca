/** Fivetran played against deployed connectors, with IAM enforced and rows in Snowflake, on a cloud of its own. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { lambdaConnector } from "../../cli/fivetran-invoke/inLambda";
import { type PlayOptions, play, playTest } from "../../cli/fivetran-invoke/play";
import { LocalStore } from "../../cli/fivetran-invoke/store";
import { FivetranConnector } from "../../components/fivetran-connector/fivetranConnector";
import { SnowflakeDestination } from "../../local/fivetran/snowflakeDestination";
import { applyTo, type DeployedConnector, isRefused, requestOf, targetOf } from "../../local/fivetran/syncConnector";
import { fetchJson } from "../../local/processes/localFetch";
import { type Services, startServices } from "../../local/processes/services";
import { type RootClients, rootClients } from "../../local/run/clients";
import { sql } from "../../local/run/counts";
import { type LocalStack, openStack } from "../../local/run/stack";
import { ensureTools } from "../../local/setup/ensureTools";
import { type Faults, type SourceApi, sourceApiSecrets, startSourceApi } from "../../local/source-api";

const methods = ["direct", "s3"] as const;
type Method = (typeof methods)[number];
const externalIds: Readonly<Record<Method, string>> = { direct: "delivered_ample", s3: "another_one" };
const tables = ["airports", "flights"] as const;
/** So slow that a load takes longer than the function may. */
const slow = (slowMs: number): Faults => ({ slowEvery: 1, slowMs, throttleEvery: 7, failEvery: 9, tokenUses: 4 });
const slowMs: Readonly<Record<Method, number>> = { direct: 800, s3: 500 };

let services: Services;
let clients: RootClients;
let local: LocalStack;
let folder: string;
let source: SourceApi;
const connectors: Partial<Record<Method, DeployedConnector & { logGroupName: string }>> = {};

async function program(): Promise<Record<string, unknown>> {
  const entry = "functions/connector-kit/example/handler.ts";
  const shared = { entry, allowDestroy: true };
  // Time for all tries of a request.
  const direct = new FivetranConnector("direct", { ...shared, timeout: 16, externalId: externalIds.direct });
  const s3 = new FivetranConnector("through-s3", {
    ...shared,
    externalId: externalIds.s3,
    timeout: 10,
    syncMethod: "s3",
    bucketPrefix: "fivetran/",
  });
  return Object.fromEntries(
    Object.entries({ direct, s3 }).map(([method, made]) => {
      const { roleArn, externalId, functionName, region, bucketName, logGroupName } = made;
      return [method, { roleArn, externalId, functionName, region, bucketName, logGroupName }];
    }),
  );
}

function connectorOf(method: Method): DeployedConnector & { logGroupName: string } {
  return connectors[method] ?? assert.fail(`${method} is not deployed`);
}

async function connected(method: Method): Promise<PlayOptions> {
  const connector = connectorOf(method);
  const opened = await lambdaConnector(targetOf({ awsEndpoint: services.aws.endpoint, connector }));
  return { ...opened, ...requestOf(connector, source) };
}

async function roleClients(method: Method) {
  const { roleArn, externalId } = connectorOf(method);
  const config = { endpoint: services.aws.endpoint, region: "us-east-1" };
  const sts = new STSClient({ ...config, credentials: { accessKeyId: "834469178297", secretAccessKey: "local" } });
  const assume = { RoleArn: roleArn, RoleSessionName: "fivetran", ExternalId: externalId };
  const { Credentials } = await sts.send(new AssumeRoleCommand(assume));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  return {
    lambda: new LambdaClient({ ...config, credentials }),
    s3: new S3Client({ ...config, credentials, forcePathStyle: true }),
  };
}

function denied(error: unknown): boolean {
  assert.ok(error instanceof Error);
  assert.match(error.name, /AccessDenied/, error.message);
  return true;
}

describe("Fivetran's connectors on the local cloud", function () {
  this.timeout(180_000);

  before(async function () {
    this.timeout(300_000);
    const tools = await ensureTools();
    folder = await mkdtemp(join(tmpdir(), "connector-test-"));
    services = await startServices({ tools, logSuffix: "connector-test" });
    clients = rootClients(services.aws.endpoint);
    await sql(services.snowflake.endpoint, 'CREATE DATABASE "RAW"');
    local = await openStack({
      tools,
      services,
      name: "connector-test",
      program,
      stateFolder: join(folder, "state"),
      settings: { "aws:region": "us-east-1" },
    });
    const { outputs } = await local.stack.up({ color: "never" });
    for (const method of methods) {
      const bucketPrefix = method === "s3" ? "fivetran/" : "";
      connectors[method] = { ...outputs[method]?.value, name: method, bucketPrefix };
    }
  });

  beforeEach(async () => {
    source = await startSourceApi();
  });

  afterEach(() => source.stop());

  after(async () => {
    await local?.close();
    await services?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("F9: the role is for Fivetran's account with the right External ID alone", async () => {
    for (const method of methods) {
      const target = targetOf({ awsEndpoint: services.aws.endpoint, connector: connectorOf(method) });
      assert.equal(await isRefused(target), false);
      assert.equal(await isRefused({ ...target, externalId: "guessed" }), true, "a wrong External ID");
      assert.equal(await isRefused({ ...target, externalId: undefined }), true, "no External ID");
      const other = { accessKeyId: "111122223333", secretAccessKey: "local" };
      assert.equal(await isRefused({ ...target, credentials: other }), true, "another account");
    }
    const swapped = { ...connectorOf("direct"), externalId: externalIds.s3 };
    assert.equal(await isRefused(targetOf({ awsEndpoint: services.aws.endpoint, connector: swapped })), true);
  });

  it("F7: the connection test is answered without reading a page, and says when the secrets are wrong", async () => {
    for (const method of methods) {
      const options = await connected(method);
      await playTest(options);
      assert.equal(source.counts().pages, 0);
      const secrets = { ...sourceApiSecrets, clientSecret: "no-such-secret" };
      await assert.rejects(playTest({ ...options, secrets }), (error: Error) => {
        assert.match(error.message, /SourceError|401/);
        assert.doesNotMatch(error.message, /no-such-secret/);
        return true;
      });
    }
  });

  for (const method of methods) {
    it(`F2, F3, F5, F10: ${method}: a load over a bad source takes several calls and arrives whole in Snowflake, and so do changes and deletes`, async () => {
      const place = { database: "RAW", schema: `CONNECTOR_${method.toUpperCase()}` };
      const destination = new SnowflakeDestination(services.snowflake.endpoint, place);
      await destination.prepare();
      const options = { ...(await connected(method)), destination: applyTo.bind(undefined, destination) };
      source.setFaults(slow(slowMs[method]));
      const load = await play(options);
      assert.ok(load.requests >= 2, `${load.requests} calls`);
      const { throttled, failed, unauthorized } = source.counts();
      assert.ok(throttled > 0 && failed > 0 && unauthorized > 0, JSON.stringify(source.counts()));
      await assertArrived(destination);

      source.setFaults({});
      source.advance(3);
      const changes = await play({ ...options, state: load.state });
      assert.ok(changes.tables.every(({ deletes }) => deletes > 0));
      const sent = changes.tables.reduce((sum, { upserts, deletes }) => sum + upserts + deletes, 0);
      assert.ok(sent < 8_376 / 2, `only what changed is sent: ${sent} rows`);
      await assertArrived(destination);

      const nothing = await play({ ...options, state: changes.state });
      assert.equal(nothing.requests, 1);
      assert.deepEqual(nothing.state, changes.state);
    });
  }

  async function assertArrived(destination: SnowflakeDestination): Promise<void> {
    for (const table of tables) {
      const there = await destination.values(table, "id");
      const expected = source.rows(table).map(({ id }) => id);
      assert.deepEqual(there, expected.sort(), table);
      const revised = source.rows(table).filter(({ revised }) => revised !== undefined);
      if (revised.length > 0) {
        const values = (await destination.values(table, "revised")).filter((value) => value !== "null");
        assert.deepEqual(values.map(Number).sort(), revised.map(({ revised: day }) => Number(day)).sort());
      }
    }
  }

  it("F5: files lie under the prefix while they are read, and none is left behind", async () => {
    const options = await connected("s3");
    const seen: string[] = [];
    const bucket = options.bucket ?? assert.fail("no bucket");
    const read = async (file: string): Promise<string> => {
      const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket.bucket }));
      seen.push(...Contents.map(({ Key = "" }) => Key));
      return bucket.read(file);
    };
    await play({ ...options, bucket: { ...bucket, read } });
    assert.ok(seen.length > 0);
    for (const key of seen) assert.match(key, /^fivetran\//);
    const { KeyCount } = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket.bucket }));
    assert.equal(KeyCount, 0);
  });

  it("F8: the custom payload's start leaves out what was before", async () => {
    const options = await connected("direct");
    const { tables: summary } = await play({ ...options, payload: { ...options.payload, startFrom: "3000" } });
    const counts = Object.fromEntries(summary.map(({ table, rows }) => [table, rows]));
    assert.deepEqual(counts, { airports: 376, flights: 2_000 });
  });

  it("F10: a source that fails for ever is a clear error, and the sync goes on from its last state", async () => {
    const options = { ...(await connected("direct")), store: new LocalStore() };
    const { state } = await play(options);
    source.advance(3);
    source.setFaults({ failAlways: true });
    await assert.rejects(play({ ...options, state }), /SourceError: .*\/v1\/airports answered 503/);
    const { pages } = source.counts();
    source.setFaults({});
    await play({ ...options, state });
    for (const table of tables) assert.equal(options.store.rows(table).length, source.rowCounts()[table], table);
    assert.ok(source.counts().pages - pages < 10, "it doesn't begin anew");
  });

  it("F6: no log line of the functions has a secret or a token in it", async () => {
    const logs = new CloudWatchLogsClient({
      endpoint: services.aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    for (const method of methods) {
      const options = await connected(method);
      const secrets = { ...sourceApiSecrets, clientSecret: "no-such-secret" };
      await assert.rejects(play({ ...options, secrets }));
      source.setFaults({ failEvery: 3, tokenUses: 2 });
      await play(options);
      const { logGroupName } = connectorOf(method);
      const lines: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }));
        lines.push(...(page.events ?? []).map(({ message = "" }) => message));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      assert.ok(lines.length > 5, `${method}: ${lines.length} lines`);
      const text = lines.join("\n");
      assert.match(text, /Answered/);
      const secret = sourceApiSecrets.clientSecret;
      for (const form of [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString("base64"),
        "no-such-secret",
      ]) {
        assert.ok(!text.includes(form), `${method}: ${form}`);
      }
      assert.doesNotMatch(text, /Bearer [\w-]{20}/);
    }
  });

  it("F9: the role may call its own function and use the files under the prefix, nothing beside", async () => {
    await play(await connected("s3"));
    const { entries } = await fetchJson<{ entries: { role: string | null; decision: string; action: string }[] }>(
      `${services.aws.endpoint}/_local/iam-ledger`,
    );
    const own = entries.filter(({ role }) => role?.startsWith("data-pipelines-connector-test-"));
    assert.ok(own.some(({ action }) => action === "s3:DeleteObject"));
    assert.deepEqual(
      own.filter(({ decision }) => decision !== "Allow"),
      [],
    );
    const direct = await roleClients("direct");
    const s3 = await roleClients("s3");
    const { functionName, bucketName: Bucket } = connectorOf("s3");
    await assert.rejects(direct.lambda.send(new InvokeCommand({ FunctionName: functionName })), denied);
    await assert.rejects(direct.s3.send(new PutObjectCommand({ Bucket, Key: "fivetran/a", Body: "x" })), denied);
    await assert.rejects(s3.s3.send(new PutObjectCommand({ Bucket, Key: "elsewhere/a", Body: "x" })), denied);
    await assert.rejects(s3.s3.send(new ListObjectsV2Command({ Bucket })), denied);
  });
});

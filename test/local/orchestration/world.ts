/** One cloud with one stack for all tests of this folder. What takes its time is started at once, before the first test. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ECS } from "@aws-sdk/client-ecs";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { SFN } from "@aws-sdk/client-sfn";
import { orchestrationSurroundings, registerWebhook } from "../../../local/fivetran/surroundings";
import { type Services, startServices } from "../../../local/processes/services";
import { sql } from "../../../local/run/counts";
import { openStack } from "../../../local/run/stack";
import { ensureTools } from "../../../local/setup/ensureTools";
import { repository } from "../../../local/setup/paths";
import { faults, groups, pageSize } from "./groups";
import type { Place } from "./place";
import { type Scenarios, startScenarios } from "./scenarios";
import { program, stubImage } from "./stack";

export interface World extends Place {
  readonly scenarios: Scenarios;
}

let opening: Promise<World> | undefined;
const closing: (() => Promise<unknown>)[] = [];

/** The world: opened by the first test that asks, closed after the last of all tests. */
export function world(): Promise<World> {
  opening ??= open();
  return opening;
}

async function open(): Promise<World> {
  const tools = await ensureTools();
  const folder = await mkdtemp(join(tmpdir(), "orchestration-test-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const services = await startServices({ tools, logSuffix: "orchestration-test" });
  closing.push(() => services.stop());
  await sql(services.snowflake.endpoint, "CREATE DATABASE RAW");
  await buildStub(services);
  const surroundings = await orchestrationSurroundings(services, { groups, pageSize, syncMs: 300 });
  const { fivetran } = surroundings;
  closing.push(() => fivetran.stop());
  const local = await openStack({
    tools,
    services,
    name: "orchestration-test",
    stateFolder: join(folder, "state"),
    program: () => program(surroundings),
    settings: { "aws:region": "us-east-1" },
  });
  closing.push(() => local.close());
  // A program that fails while it makes a resource's input may leave the engine waiting for it, and the tests with it.
  const ending = new AbortController();
  closing.push(async () => ending.abort());
  const { outputs } = await local.stack.up({ color: "never", signal: ending.signal });
  const made = Object.fromEntries(Object.entries(outputs).map(([group, { value }]) => [group, value]));
  const place: Place = { services, fivetran, outputs: made as Place["outputs"], ...clientsOf(services) };
  await Promise.all(
    Object.entries(place.outputs).map(([groupId, { webhookUrl, webhookSecretArn }]) =>
      registerWebhook(services, surroundings, { webhookUrl, groupId, webhookSecretArn }),
    ),
  );
  fivetran.setFaults(faults);
  return { ...place, scenarios: await startScenarios(place) };
}

function clientsOf({ aws }: Services) {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = { endpoint: aws.endpoint, region: "us-east-1", credentials };
  return {
    sfn: new SFN({ ...client, disableHostPrefix: true }),
    dynamoDb: new DynamoDB(client),
    ecs: new ECS(client),
    iam: new IAM(client),
    s3: new S3({ ...client, forcePathStyle: true }),
  };
}

async function buildStub({ aws }: Services): Promise<void> {
  const dockerfile = join(__dirname, "image", "Dockerfile");
  const built = await fetch(`${aws.endpoint}/_local/images`, {
    method: "POST",
    body: JSON.stringify({ uri: stubImage, context: repository, dockerfile }),
  });
  assert.equal(built.status, 200, await built.text());
}

/** Tests in the world. Their time-out is that of a machine that does much else; none of them waits for a time. */
export function describeWorld(title: string, tests: (here: () => World) => void): void {
  describe(title, function () {
    this.timeout(300_000);
    let here: World | undefined;
    before(async () => {
      here = await world();
    });
    tests(() => {
      if (here === undefined) throw new Error("The world is there in tests only, not while they are defined.");
      return here;
    });
  });
}

after("the orchestration's cloud", async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

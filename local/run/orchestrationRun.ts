/** A run of the orchestration, and what it left: rows, artifacts, dbt's outcomes, tokens. */
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { type OrchestrationSurroundings, registerWebhook, runStateMachine } from "../fivetran/surroundings";
import type { RootClients } from "./clients";
import { broughtRows, modelReports, tableOf } from "./models";
import type { LocalOrchestration } from "./outputs";
import type { Run } from "./pipeline";
import type { OrchestrationReport } from "./report";

export interface OrchestrationRunArgs {
  readonly surroundings: OrchestrationSurroundings;
  readonly outputs: LocalOrchestration;
  /** The database that Fivetran brings rows to and dbt works in. */
  readonly database: string;
  /** Where dbt builds its models. */
  readonly schema: string;
}

/** Registers the webhook and runs the orchestration, as a user does after the first `pulumi up`. */
export async function runOrchestration(run: Run, args: OrchestrationRunArgs): Promise<OrchestrationReport> {
  const { services, clients, tell } = run;
  const { surroundings, outputs, database, schema } = args;
  tell("registering the webhook");
  await registerWebhook(services, surroundings, outputs);
  const start = Date.now();
  const watch = setInterval(() => tell(stage(surroundings)), 500);
  const execution = await runStateMachine(services, outputs.stateMachineArn, { seconds: run.timeoutSeconds }).finally(
    () => clearInterval(watch),
  );
  const { status = "UNKNOWN", output = "{}", cause = "" } = execution;
  tell(status);
  const took = (Date.now() - start) / 1_000;
  const { synced = 0 } = JSON.parse(output) as { synced?: number };
  const artifacts = await keysOf(clients, outputs.artifactsBucketName);
  const results = artifacts.find((key) => key.endsWith("/run_results.json"));
  const { endpoint } = services.snowflake;
  return {
    status,
    cause,
    seconds: took,
    synced,
    artifacts,
    connections: await connectionsOf(surroundings, endpoint, database, start),
    models: status === "SUCCEEDED" ? await modelReports(endpoint, database, schema) : [],
    dbtNodes: results === undefined ? {} : await nodesOf(clients, outputs.artifactsBucketName, results),
    tokensLeft: await tokensIn(clients, outputs.waitsTableName),
  };
}

function stage({ fivetran }: OrchestrationSurroundings): string {
  const connections = fivetran.connections();
  const synced = connections.filter(({ succeeded_at }) => succeeded_at !== null).length;
  if (synced === connections.length) return "all connections synced, dbt runs";
  const putOff = connections.filter(({ status }) => status.sync_state === "rescheduled").map(({ id }) => id);
  return `${synced} of ${connections.length} connections synced${putOff.length > 0 ? `, ${putOff} put off` : ""}`;
}

async function connectionsOf(
  { fivetran }: OrchestrationSurroundings,
  snowflakeEndpoint: string,
  database: string,
  start: number,
): Promise<OrchestrationReport["connections"]> {
  const ends = fivetran.deliveries.filter(({ payload }) => payload.event === "sync_end");
  return Promise.all(
    fivetran.connections().map(async ({ id, succeeded_at }) => {
      const own = ends.filter(({ payload }) => payload.connector_id === id);
      const rescheduled = own.filter(({ payload }) => payload.data?.status === "RESCHEDULED").length;
      const heard = own.filter(({ status = 0 }) => status >= 200 && status < 300).length;
      const seconds = succeeded_at === null ? null : (Date.parse(succeeded_at) - start) / 1_000;
      const brought = await broughtRows(snowflakeEndpoint, database, tableOf(id), succeeded_at !== null);
      return { id, syncs: own.length, heard, rescheduled, seconds, brought };
    }),
  );
}

async function keysOf({ s3 }: RootClients, Bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    keys.push(...Contents.map(({ Key = "" }) => Key));
  }
  return keys;
}

async function nodesOf({ s3 }: RootClients, Bucket: string, Key: string): Promise<Record<string, number>> {
  const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const { results } = JSON.parse((await object.Body?.transformToString()) ?? "") as { results: { status: string }[] };
  const counts: Record<string, number> = {};
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function tokensIn({ dynamoDb }: RootClients, TableName: string): Promise<number> {
  let tokens = 0;
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, { TableName })) {
    // A wait that a look has ended stays a while for its webhook.
    tokens += Items.filter(({ token, state }) => token !== undefined && state?.S !== "over").length;
  }
  return tokens;
}

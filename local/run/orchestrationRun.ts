/** The orchestration of the local stack: what Fivetran has for it, a run, and what it left. */
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import type { OrchestrationSettings } from "../../stacks/schema";
import { bringRows, connectionTables } from "../fivetran/tables";
import type { Services } from "../processes/services";
import type { RootClients } from "./clients";
import { broughtRows, modelReports, tableOf } from "./models";
import {
  type OrchestrationSurroundings,
  orchestrationSurroundings,
  registerWebhook,
  runStateMachine,
} from "./orchestration";
import type { LocalOrchestration } from "./outputs";
import type { Progress } from "./progress";
import type { OrchestrationReport } from "./report";

/** How long the second connection's first sync is put off. */
const putOffMs = 3_000;

/** Three connections, each of which brings a table of its own into the database; the second is put off once. */
export function localFivetran(
  services: Services,
  { groupId }: OrchestrationSettings,
  database: string,
): Promise<OrchestrationSurroundings> {
  const outcomes = [{ status: "RESCHEDULED" as const, milliseconds: putOffMs }];
  const connections = connectionTables.map(({ connection: id, schema, table }, index) => ({
    ...{ id, schema: schema.toLowerCase(), service: `local_${table.toLowerCase()}` },
    ...(index === 1 ? { outcomes } : {}),
  }));
  return orchestrationSurroundings(services, {
    groups: { [groupId]: connections },
    syncMs: 1_000,
    onSync: bringRows(services.snowflake.endpoint, database),
  });
}

export interface OrchestrationRunArgs {
  readonly services: Services;
  readonly clients: RootClients;
  readonly surroundings: OrchestrationSurroundings;
  readonly outputs: LocalOrchestration;
  readonly settings: OrchestrationSettings;
  /** The database that Fivetran brings rows to and dbt works in. */
  readonly database: string;
  /** Seconds until the run has to have ended. */
  readonly timeoutSeconds: number;
  readonly progress: Progress;
}

/** Registers the webhook and runs the orchestration, as a user does after the first `pulumi up`. */
export async function runOrchestration(args: OrchestrationRunArgs): Promise<OrchestrationReport> {
  const { services, clients, surroundings, outputs, settings, database, progress } = args;
  const tell = (text: string) => progress.waiting("orchestration", text);
  tell("registering the webhook");
  await registerWebhook(services, surroundings, outputs);
  const start = Date.now();
  const watch = setInterval(() => tell(stage(surroundings)), 500);
  const run = await runStateMachine(services, outputs.stateMachineArn, { seconds: args.timeoutSeconds }).finally(() =>
    clearInterval(watch),
  );
  tell(run.status ?? "UNKNOWN");
  const took = (Date.now() - start) / 1_000;
  const { synced = 0 } = JSON.parse(run.output ?? "{}") as { synced?: number };
  const artifacts = await keysOf(clients, outputs.artifactsBucketName);
  const results = artifacts.find((key) => key.endsWith("/run_results.json"));
  const schema = settings.dbt.environment?.SNOWFLAKE_SCHEMA ?? "MARTS";
  const { endpoint } = services.snowflake;
  return {
    ...{ status: run.status ?? "UNKNOWN", cause: run.cause ?? "", seconds: took, synced, artifacts },
    connections: await connectionsOf(surroundings, endpoint, database, start),
    models: run.status === "SUCCEEDED" ? await modelReports(endpoint, database, schema) : [],
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
  const ends = fivetran.deliveries.map(({ payload }) => payload).filter(({ event }) => event === "sync_end");
  return Promise.all(
    fivetran.connections().map(async ({ id, succeeded_at }) => {
      const own = ends.filter(({ connector_id }) => connector_id === id);
      const rescheduled = own.filter(({ data }) => data?.status === "RESCHEDULED").length;
      const seconds = succeeded_at === null ? Number.NaN : (Date.parse(succeeded_at) - start) / 1_000;
      const brought = await broughtRows(snowflakeEndpoint, database, tableOf(id), succeeded_at !== null);
      return { id, syncs: own.length, rescheduled, seconds, brought };
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
    tokens += Items.filter(({ token }) => token !== undefined).length;
  }
  return tokens;
}

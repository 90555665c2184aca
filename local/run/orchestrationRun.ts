/** The orchestration of the local stack: what Fivetran has for it, a run, and what it left. */
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import type { OrchestrationSettings } from "../../stacks/schema";
import type { Services } from "../processes/services";
import type { OrchestrationReport } from "../report/report";
import type { RootClients } from "./clients";
import {
  type OrchestrationSurroundings,
  orchestrationSurroundings,
  registerWebhook,
  runStateMachine,
} from "./orchestration";
import type { LocalOrchestration } from "./outputs";

/** How long the second connection's first sync is put off. */
const putOffMs = 3_000;

/** Three connections. Their syncs take their time and bring no rows: what dbt reads, the pipes have landed. */
export function localFivetran(
  services: Services,
  { groupId }: OrchestrationSettings,
): Promise<OrchestrationSurroundings> {
  const outcomes = [{ status: "RESCHEDULED" as const, milliseconds: putOffMs }];
  return orchestrationSurroundings(services, {
    groups: { [groupId]: [{ id: "airports" }, { id: "zipcodes", outcomes }, { id: "flights", syncMs: 2_000 }] },
    syncMs: 1_000,
  });
}

export async function runOrchestration(
  services: Services,
  clients: RootClients,
  surroundings: OrchestrationSurroundings,
  outputs: LocalOrchestration,
  seconds: number,
): Promise<OrchestrationReport> {
  await registerWebhook(services, surroundings, outputs);
  const start = Date.now();
  const run = await runStateMachine(services, outputs.stateMachineArn, { seconds });
  const took = (Date.now() - start) / 1_000;
  const { synced = 0 } = JSON.parse(run.output ?? "{}") as { synced?: number };
  const artifacts = await keysOf(clients, outputs.artifactsBucketName);
  const results = artifacts.find((key) => key.endsWith("/run_results.json"));
  return {
    ...{ status: run.status ?? "UNKNOWN", cause: run.cause ?? "", seconds: took, synced, artifacts },
    connections: connectionsOf(surroundings),
    dbtNodes: results === undefined ? {} : await nodesOf(clients, outputs.artifactsBucketName, results),
    tokensLeft: await tokensIn(clients, outputs.waitsTableName),
  };
}

function connectionsOf({ fivetran }: OrchestrationSurroundings): OrchestrationReport["connections"] {
  const ends = fivetran.deliveries.map(({ payload }) => payload).filter(({ event }) => event === "sync_end");
  return fivetran.connections().map(({ id }) => {
    const own = ends.filter(({ connector_id }) => connector_id === id);
    const rescheduled = own.filter(({ data }) => data?.status === "RESCHEDULED").length;
    return { id, syncs: own.length, rescheduled };
  });
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

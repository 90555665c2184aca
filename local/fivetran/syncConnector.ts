/** Plays Fivetran against a deployed connector: a load over a source that isn't always well, then what changed since. */
import type { CheckedAnswer, Row } from "../../cli/fivetran-invoke/checkAnswer";
import { type LambdaTarget, lambdaConnector } from "../../cli/fivetran-invoke/inLambda";
import { type PlayOptions, play, playTest } from "../../cli/fivetran-invoke/play";
import { LocalStore } from "../../cli/fivetran-invoke/store";
import { type Faults, type SourceApi, sourceApiSecrets, startSourceApi } from "../source-api";
import { SnowflakeDestination } from "./snowflakeDestination";

/** What Fivetran was told of a connector, and what its role may use of the bucket. */
export interface DeployedConnector {
  readonly name: string;
  readonly roleArn: string;
  readonly externalId: string;
  readonly functionName: string;
  readonly region: string;
  /** Empty with the sync method "direct". */
  readonly bucketName: string;
  readonly bucketPrefix: string;
  /** @default Fivetran's own */
  readonly fivetranAccountId?: string;
}

export interface SyncArgs {
  readonly awsEndpoint: string;
  readonly snowflakeEndpoint: string;
  /** Database of the destination. */
  readonly database: string;
  readonly connector: DeployedConnector;
}

export interface ConnectorSync {
  readonly name: string;
  readonly method: "direct" | "s3";
  readonly tables: readonly SyncedTable[];
  /** Calls of the function, of the load and of the sync after it. */
  readonly requests: number;
  /** What the source did wrong meanwhile. */
  readonly throttled: number;
  readonly failed: number;
  readonly tokensExpired: number;
  /** Whether STS refused the role without the right External ID. */
  readonly wrongExternalIdRefused: boolean;
}

export interface SyncedTable {
  /** `DATABASE.SCHEMA.TABLE` */
  readonly name: string;
  /** Rows that the source has in the end. */
  readonly source: number;
  /** Rows counted in Snowflake. */
  readonly loaded: number;
  readonly upserts: number;
  readonly deletes: number;
  readonly seconds: number;
}

/** Throttles, fails, lets tokens expire, and answers so slowly that a load takes several calls. */
const faults: Faults = { throttleEvery: 6, failEvery: 10, tokenUses: 5, slowEvery: 1, slowMs: 500 };
/** In the local cloud an account's number is its root's access key. */
const fivetranAccount = "834469178297";

/** Plays the example connector over the local source. @throws what the connector or its role answers */
export async function syncConnector(args: SyncArgs): Promise<ConnectorSync> {
  const { name, bucketName } = args.connector;
  const start = Date.now();
  const wrongExternalIdRefused = await isRefused({ ...targetOf(args), externalId: `not-${args.connector.externalId}` });
  const connected = await lambdaConnector(targetOf(args));
  const source = await startSourceApi();
  try {
    const destination = new SnowflakeDestination(args.snowflakeEndpoint, placeOf(args));
    await destination.prepare();
    const store = new LocalStore();
    const options: PlayOptions = {
      ...connected,
      ...requestOf(args.connector, source),
      store,
      destination: (answer) => applyTo(destination, answer),
    };
    await playTest(options);
    source.setFaults(faults);
    const load = await play(options);
    source.setFaults({});
    source.advance(2);
    const changes = await play({ ...options, state: load.state });
    const counted = source.counts();
    return {
      name,
      method: bucketName === "" ? "direct" : "s3",
      tables: await Promise.all(
        changes.tables.map(async ({ table, upserts, deletes }) => ({
          name: destination.nameOf(table),
          source: source.rowCounts()[table as "airports" | "flights"],
          loaded: await destination.count(table),
          upserts,
          deletes,
          seconds: (Date.now() - start) / 1000,
        })),
      ),
      requests: load.requests + changes.requests,
      throttled: counted.throttled,
      failed: counted.failed,
      tokensExpired: counted.unauthorized,
      wrongExternalIdRefused,
    };
  } finally {
    await source.stop();
  }
}

/**
 * Plays somebody's own connector, with their secrets and over their source: the connection test, then one sync. What
 * its source has isn't known here, so a table is to have the rows that the answers leave.
 *
 * @throws what the connector or its role answers
 */
export async function syncOwnConnector(args: SyncArgs, secrets: Row): Promise<ConnectorSync> {
  const { name, externalId, bucketName } = args.connector;
  const start = Date.now();
  const wrongExternalIdRefused = await isRefused({ ...targetOf(args), externalId: `not-${externalId}` });
  const destination = new SnowflakeDestination(args.snowflakeEndpoint, placeOf(args));
  await destination.prepare();
  const options: PlayOptions = {
    ...(await lambdaConnector(targetOf(args))),
    agent: agentOf(args.connector),
    secrets,
    store: new LocalStore(),
    destination: (answer) => applyTo(destination, { ...answer, softDelete: [] }),
  };
  await playTest(options);
  const { requests, tables } = await play(options);
  return {
    name,
    method: bucketName === "" ? "direct" : "s3",
    tables: await Promise.all(
      tables.map(async ({ table, rows, upserts, deletes }) => ({
        name: destination.nameOf(table),
        source: rows,
        loaded: await destination.count(table),
        upserts,
        deletes,
        seconds: (Date.now() - start) / 1000,
      })),
    ),
    requests,
    throttled: 0,
    failed: 0,
    tokensExpired: 0,
    wrongExternalIdRefused,
  };
}

/** As whom Fivetran calls: the root of its own account takes on the connector's role. */
export function targetOf({ awsEndpoint, connector }: Pick<SyncArgs, "awsEndpoint" | "connector">): LambdaTarget {
  const { functionName, roleArn, externalId, region, bucketName, bucketPrefix, fivetranAccountId } = connector;
  return {
    functionName,
    role: roleArn,
    externalId,
    region,
    endpoint: awsEndpoint,
    credentials: { accessKeyId: fivetranAccountId ?? fivetranAccount, secretAccessKey: "local" },
    ...(bucketName === "" ? {} : { bucket: bucketName, prefix: bucketPrefix }),
  };
}

/** What Fivetran sends of its form's fields. */
export function requestOf(
  connector: Pick<DeployedConnector, "name" | "externalId">,
  source: Pick<SourceApi, "url">,
): Pick<PlayOptions, "agent" | "secrets" | "payload"> {
  return {
    agent: agentOf(connector),
    secrets: sourceApiSecrets,
    payload: { apiUrl: source.url },
  };
}

function agentOf({ name, externalId }: Pick<DeployedConnector, "name" | "externalId">): string {
  return `${name}/${externalId}/${name.replaceAll("-", "_")}`;
}

/** @throws any error but a refusal */
export async function isRefused(target: LambdaTarget): Promise<boolean> {
  try {
    await lambdaConnector(target);
    return false;
  } catch (error) {
    if (error instanceof Error && error.name === "AccessDenied") return true;
    throw error;
  }
}

/** @throws Error for softDelete, which the example connector doesn't send */
export async function applyTo(destination: SnowflakeDestination, answer: CheckedAnswer): Promise<void> {
  if (answer.softDelete.length > 0) throw new Error(`softDelete of ${answer.softDelete} isn't applied here`);
  const keyOf = (table: string): readonly string[] => answer.schema[table]?.primary_key ?? [];
  for (const [table, rows] of Object.entries(answer.insert)) await destination.upsert(table, keyOf(table), rows);
  for (const [table, rows] of Object.entries(answer.delete)) await destination.remove(table, keyOf(table), rows);
}

function placeOf({ database, connector }: SyncArgs) {
  return { database, schema: connector.name.replaceAll("-", "_").toUpperCase() };
}

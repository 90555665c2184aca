/** The stack's Fivetran connectors, played one beside the other. */
import type { StackConfig } from "../../stacks/schema";
import { type ConnectorSync, type DeployedConnector, syncConnector, targetOf } from "../fivetran/syncConnector";
import { sourceApiSecrets } from "../source-api";
import type { LocalOutputs } from "./outputs";
import type { Progress } from "./progress";
import type { ConnectorReport, FileReport, TableReport } from "./report";

export interface Endpoints {
  readonly awsEndpoint: string;
  readonly snowflakeEndpoint: string;
}

/** Syncs every connector into the stack's database in Snowflake. @throws what the connector or its role answers */
export async function syncConnectors(
  { connectors, snowflake }: StackConfig,
  outputs: LocalOutputs,
  endpoints: Endpoints,
  progress: Progress,
): Promise<ConnectorSync[]> {
  if (snowflake === undefined) throw new Error("Pulumi.local.yaml has connectors, but no snowflake to bring rows to");
  const { database } = snowflake;
  let done = 0;
  const tell = () => progress.waiting("connectors", `${done} of ${connectors.length} synced`);
  tell();
  return Promise.all(
    deployedConnectors(connectors, outputs).map(async (connector) => {
      const sync = await syncConnector({ ...endpoints, database, connector });
      done += 1;
      tell();
      return sync;
    }),
  );
}

/** What Fivetran is told of each. @throws Error naming the output that the stack doesn't have */
export function deployedConnectors(
  connectors: StackConfig["connectors"],
  outputs: Pick<LocalOutputs, "connectors">,
): DeployedConnector[] {
  return connectors.map(({ name, bucketPrefix = "", fivetranAccountId }) => {
    const deployed = outputs.connectors[name];
    if (deployed === undefined) throw new Error(`the stack has no output connectors.${name}; see stacks/program.ts`);
    return { ...deployed, name, bucketPrefix, fivetranAccountId };
  });
}

/** How to play Fivetran by hand while the local cloud stays up. */
export function playHints(connectors: readonly DeployedConnector[], awsEndpoint: string, sourceUrl: string): string {
  const commands = connectors.map((connector) => {
    const { functionName, role, externalId, region, bucket, prefix, credentials } = targetOf({
      awsEndpoint,
      connector,
    });
    const through = bucket === undefined ? "" : ` --method s3 --bucket ${bucket} --prefix '${prefix}'`;
    return `  AWS_ACCESS_KEY_ID=${credentials?.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials?.secretAccessKey} npm run fivetran:invoke -- \\
    --function ${functionName} --role ${role} --external-id ${externalId} \\
    --endpoint ${awsEndpoint} --region ${region}${through} --secrets secrets.json --payload apiUrl=${sourceUrl}`;
  });
  return `Call a connector as Fivetran does:
  echo '${JSON.stringify(sourceApiSecrets)}' > secrets.json
${commands.join("\n")}`;
}

/** A line for each table of each connector: rows of the source beside rows in Snowflake. */
export function connectorFiles(syncs: readonly ConnectorSync[]): FileReport[] {
  return syncs.flatMap(({ name, tables }) =>
    tables.map(({ name: table, source, loaded, seconds }) => ({
      pipeline: "FivetranConnector",
      source: name,
      file: table.split(".").slice(1).join("."),
      read: source,
      loaded,
      quarantined: 0,
      reasons: [],
      seconds,
    })),
  );
}

export function connectorTables(syncs: readonly ConnectorSync[]): TableReport[] {
  return syncs.flatMap(({ tables }) => tables.map(({ name, loaded }) => ({ name, rows: loaded })));
}

export function connectorReports(syncs: readonly ConnectorSync[]): ConnectorReport[] {
  return syncs.map(({ tables, ...sync }) => ({
    ...sync,
    upserts: tables.reduce((sum, { upserts }) => sum + upserts, 0),
    deletes: tables.reduce((sum, { deletes }) => sum + deletes, 0),
  }));
}

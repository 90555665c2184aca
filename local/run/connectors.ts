/** The stack's Fivetran connectors, played one beside the other. */
import type { StackConfig } from "../../stacks/schema";
import { type ConnectorSync, syncConnector } from "../connectors/syncConnector";
import type { ConnectorReport, FileReport, TableReport } from "../report/report";
import type { LocalOutputs } from "./outputs";

export interface Endpoints {
  readonly awsEndpoint: string;
  readonly snowflakeEndpoint: string;
}

/** Syncs every connector into the stack's database in Snowflake. @throws what the connector or its role answers */
export async function syncConnectors(
  { connectors, snowflake }: StackConfig,
  outputs: LocalOutputs,
  endpoints: Endpoints,
): Promise<ConnectorSync[]> {
  if (connectors.length === 0) return [];
  if (snowflake === undefined) throw new Error("Pulumi.local.yaml has connectors, but no snowflake to bring rows to");
  return Promise.all(
    connectors.map(async ({ name, bucketPrefix = "", fivetranAccountId }) => {
      const deployed = outputs.connectors[name];
      if (deployed === undefined) throw new Error(`the stack has no output connectors.${name}; see stacks/program.ts`);
      const connector = { ...deployed, name, bucketPrefix, fivetranAccountId };
      return syncConnector({ ...endpoints, database: snowflake.database, connector });
    }),
  );
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

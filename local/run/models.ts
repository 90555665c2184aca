/** What the example dbt project has made of the rows that Fivetran's syncs brought, counted in the local Snowflake. */
import { type ConnectionTable, connectionTables } from "../fivetran/tables";
import { countRows, sql } from "./counts";
import type { ModelReport, OrchestrationReport } from "./report";

interface Model {
  readonly name: string;
  /** Whose rows are in it. */
  readonly connection: string;
  /** Of a model that groups rows: the column that says how many of them. */
  readonly sums?: string;
}

const models: readonly Model[] = [
  { name: "STG_AIRPORTS", connection: "airports" },
  { name: "STG_FLIGHTS", connection: "flights" },
  { name: "STG_ZIPCODES", connection: "zipcodes" },
  { name: "AIRPORTS_BY_STATE", connection: "airports", sums: "AIRPORTS" },
  { name: "FLIGHTS_BY_AIRPORT", connection: "flights", sums: "FLIGHTS" },
  { name: "ZIPCODES_BY_STATE", connection: "zipcodes", sums: "ZIPCODES" },
];

type Brought = OrchestrationReport["connections"][number]["brought"];

/** Rows of the connection's source beside rows of its table; no rows where no sync has made the table. */
export async function broughtRows(
  snowflakeEndpoint: string,
  database: string,
  { schema, table, rows }: ConnectionTable,
  hasSynced: boolean,
): Promise<Brought> {
  const name = `${database}.${schema}.${table}`;
  return { table: name, read: rows().length, rows: hasSynced ? await countRows(snowflakeEndpoint, name) : 0 };
}

/** @param schema where dbt builds its models */
export async function modelReports(
  snowflakeEndpoint: string,
  database: string,
  schema: string,
): Promise<ModelReport[]> {
  const reports: ModelReport[] = [];
  for (const { name, connection, sums } of models) {
    const counted = sums === undefined ? "COUNT(*)" : `COALESCE(SUM("${sums}"), 0)`;
    const statement = `SELECT COUNT(*) AS R, ${counted} AS N FROM "${database}"."${schema}"."${name}"`;
    const [row] = await sql(snowflakeEndpoint, statement);
    reports.push({
      name: `${database}.${schema}.${name}`,
      connection,
      rows: Number(row?.R),
      counted: Number(row?.N),
    });
  }
  return reports;
}

/** The table of a connection. @throws Error when it brings none */
export function tableOf(connectionId: string): ConnectionTable {
  const found = connectionTables.find(({ connection }) => connection === connectionId);
  if (found === undefined) throw new Error(`connection ${connectionId} has no table in local/fivetran/tables.ts`);
  return found;
}

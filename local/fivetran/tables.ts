/** What the connections of the local Fivetran bring: real tables of vega-datasets, each in a schema of its connection. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type Row, SnowflakeDestination } from "./snowflakeDestination";
import type { SyncInfo } from "./syncs";

export interface ConnectionTable {
  /** Id of the connection that brings it. */
  readonly connection: string;
  readonly schema: string;
  readonly table: string;
  readonly primaryKey: readonly string[];
  /** The rows of the source. */
  readonly rows: () => Row[];
}

const data = join(__dirname, "../../node_modules/vega-datasets/data");

/** What the example dbt project in functions/fivetran-dbt-orchestration/dbt reads. */
export const connectionTables: readonly ConnectionTable[] = [
  { connection: "airports", schema: "FAA", table: "AIRPORTS", primaryKey: ["iata"], rows: () => csv("airports.csv") },
  {
    connection: "zipcodes",
    schema: "USPS",
    table: "ZIPCODES",
    primaryKey: ["zip_code"],
    rows: () => csv("zipcodes.csv"),
  },
  { connection: "flights", schema: "BTS", table: "FLIGHTS", primaryKey: ["flight_id"], rows: flights },
];

/**
 * What a successful sync does: the connection's rows are put into its table, as Fivetran does it, with the time in
 * `_FIVETRAN_SYNCED`. A connection without a table brings nothing.
 *
 * @param database must be there
 */
export function bringRows(snowflakeEndpoint: string, database: string): (sync: SyncInfo) => Promise<void> {
  const destinations = new Map(
    connectionTables.map(({ connection, schema }) => [
      connection,
      new SnowflakeDestination(snowflakeEndpoint, { database, schema }),
    ]),
  );
  return async ({ connectionId }) => {
    const brought = connectionTables.find(({ connection }) => connection === connectionId);
    const destination = destinations.get(connectionId);
    if (brought === undefined || destination === undefined) return;
    const _fivetran_synced = new Date().toISOString();
    await destination.prepare();
    await destination.upsert(
      brought.table,
      brought.primaryKey,
      brought.rows().map((row) => ({ ...row, _fivetran_synced })),
    );
  };
}

function csv(file: string): Row[] {
  return parse(readFileSync(join(data, file)), { columns: true });
}

/** The file has no key of its own. */
function flights(): Row[] {
  const rows = JSON.parse(readFileSync(join(data, "flights-2k.json"), "utf8")) as Row[];
  return rows.map((row, index) => ({ flight_id: `F${String(index + 1).padStart(5, "0")}`, ...row }));
}

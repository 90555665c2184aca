/** What the stream of operations, the target and Snowflake have. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { GetRecordsCommand, GetShardIteratorCommand, ListShardsCommand } from "@aws-sdk/client-kinesis";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { sql } from "../../../local/run/counts";
import { repository } from "../../../local/setup/paths";
import type { Imports } from "./imports";

/** An operation as consumers of one's own read it. */
export interface Operation {
  readonly table: string;
  readonly version: string;
  readonly op: string;
  readonly key: Readonly<Record<string, string>>;
}

/** Operations of a table, each shard's in their order. */
export async function operations({ kinesis, outputs }: Imports, table: string): Promise<Operation[]> {
  const StreamName = outputs.streamName;
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  const found: Operation[] = [];
  for (const { ShardId } of Shards) {
    const from = { StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
    let { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(from));
    while (ShardIterator !== undefined) {
      const { Records = [], NextShardIterator } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
      if (Records.length === 0) break;
      found.push(
        ...Records.map(({ Data = new Uint8Array() }) => JSON.parse(Buffer.from(Data).toString()) as Operation),
      );
      ShardIterator = NextShardIterator;
    }
  }
  return found.filter((operation) => operation.table === table);
}

type Copy = Readonly<Record<string, unknown>>;

/** Every item of the target by its key. */
export async function targetItems({ dynamoDb: client, outputs }: Imports): Promise<Copy> {
  const items: Record<string, unknown> = {};
  for await (const { Items = [] } of paginateScan({ client }, { TableName: outputs.targetTableName })) {
    for (const item of Items) {
      const { pk, sk, ...rest } = unmarshall(item);
      items[`${pk} ${sk}`] = rest;
    }
  }
  return items;
}

/** The same of the view in Snowflake. */
export async function snowflakeItems({ services }: Imports): Promise<Copy> {
  const rows = await sql(services.snowflake.endpoint, 'SELECT "PK", "SK", "ITEM" FROM "RAW"."LANDING"."EXPORT_ROWS"');
  return Object.fromEntries(
    rows.map(({ PK, SK, ITEM }) => {
      const { pk, sk, ...rest } = JSON.parse(String(ITEM)) as Record<string, unknown>;
      return [`${PK} ${SK}`, rest];
    }),
  );
}

/** Rows of a table by the view that the page makes for its table orders. */
export async function viewOfPage({ services }: Imports, table: string): Promise<readonly Copy[]> {
  const page = readFileSync(join(repository, "docs/export-delta-import.md"), "utf8");
  const [, view] = /```sql\n(CREATE VIEW ORDERS AS\n[\s\S]*?)```/.exec(page) ?? [];
  if (view === undefined) throw new Error("the page has no view");
  const { endpoint } = services.snowflake;
  const own = view
    .replace("VIEW ORDERS", 'VIEW "RAW"."LANDING"."ORDERS"')
    .replace("FROM EXPORT_ROWS", 'FROM "RAW"."LANDING"."EXPORT_ROWS"')
    .replace("'orders'", `'${table}'`);
  await sql(endpoint, own);
  return sql(endpoint, 'SELECT * FROM "RAW"."LANDING"."ORDERS" ORDER BY "ID"');
}

/** Counts by queries of the stores, not by the pipeline's own word. */
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import type { QuarantinedRecord } from "../../functions/s3-to-dynamodb/shared/contract";
import { fetchJson } from "../processes/localFetch";
import type { RootClients } from "./clients";
import type { RejectedRecord } from "./report";

/** Key of a file in the maps below. */
export function fileKey(source: string, objectKey: string): string {
  return `${source}\n${objectKey}`;
}

/** Rows of the DynamoDB table by source and object key. */
export async function countItems({ dynamoDb }: RootClients, tableName: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const pages = paginateScan(
    { client: dynamoDb },
    {
      TableName: tableName,
      ProjectionExpression: "#s, #k",
      ExpressionAttributeNames: { "#s": "_source", "#k": "_key" },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const { _source, _key } of Items) {
      const key = fileKey(_source?.S ?? "", _key?.S ?? "");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

export interface Quarantined extends RejectedRecord {
  /** Refused before it landed, or when its fields got their types. */
  readonly stage: "collect" | "load";
}

/** Quarantined records by source and object key, as they lie in the landing bucket. */
export async function readQuarantine({ s3 }: RootClients, bucket: string): Promise<Map<string, Quarantined[]>> {
  const found = new Map<string, Quarantined[]>();
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: "quarantine/" },
  )) {
    for (const { Key = "" } of Contents) {
      const stage = Key.split("/").at(-1)?.startsWith("load-") ? "load" : "collect";
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const text = (await object.Body?.transformToString()) ?? "";
      for (const line of text.split("\n").filter((each) => each !== "")) {
        const { source, key, record, reason } = JSON.parse(line) as QuarantinedRecord;
        const file = fileKey(source, key);
        found.set(file, [...(found.get(file) ?? []), { record, reason, stage }]);
      }
    }
  }
  return found;
}

interface SqlAnswer {
  readonly rows: readonly Record<string, unknown>[];
}

/** Runs one statement in the local Snowflake. */
export async function sql(snowflakeEndpoint: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const answer = await fetchJson<SqlAnswer>(`${snowflakeEndpoint}/_local/sql`, {
    method: "POST",
    body: { sql: statement },
    isRepeatable: /^SELECT\b/i.test(statement.trim()),
  });
  return answer.rows;
}

/** Rows of a Snowflake table or view, `DATABASE.SCHEMA.NAME`. */
export async function countRows(snowflakeEndpoint: string, name: string): Promise<number> {
  const quoted = name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
  const [row] = await sql(snowflakeEndpoint, `SELECT COUNT(*) AS N FROM ${quoted}`);
  if (row?.N === undefined) throw new Error(`counting ${name} gave ${JSON.stringify(row)}`);
  return Number(row.N);
}

export interface PipeFile {
  readonly file: string;
  readonly status: "LOADED" | "PARTIALLY_LOADED" | "LOAD_FAILED";
  readonly rowsParsed: number;
  readonly rows: number;
  readonly errors: number;
  readonly firstError: string | null;
}

export async function pipeHistory(snowflakeEndpoint: string, pipe: string): Promise<readonly PipeFile[]> {
  const { files } = await fetchJson<{ files: PipeFile[] }>(
    `${snowflakeEndpoint}/_local/pipes/${encodeURIComponent(pipe)}/history`,
  );
  return files;
}

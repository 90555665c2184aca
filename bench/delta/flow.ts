/**
 * An export from its CSV file to the target's requests, by the functions' own code. The services answer at once and in
 * the same process: what is measured is everything but waiting for them.
 */

import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import type { KinesisStreamRecord } from "aws-lambda";
import { applyBatch } from "../../functions/export-delta-import/apply/apply";
import { DynamoDbTarget } from "../../functions/export-delta-import/apply/dynamoDbTarget";
import { normalise } from "../../functions/export-delta-import/normalise/normalise";
import type { StreamRecord } from "../../functions/export-delta-import/publish/operations";
import { publish } from "../../functions/export-delta-import/publish/publish";
import { kinesisPut } from "../../functions/export-delta-import/publish/stream";
import type { FileEntry, VersionEntry } from "../../functions/export-delta-import/registry/entries";
import { compareSchemas } from "../../functions/export-delta-import/shared/schema";
import { deltaSql } from "../../functions/export-delta-import/shared/sql";
import { grouped, printTable } from "../table";
import { cpu, exportRows, names, schema, table } from "./exports";

/** Operations in one batch of the apply function, as the component has it by default. */
const BATCH = 500;
const noDeadline = { near: () => false };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const request = { tenant: "acme", table: "orders", execution: "bench", order: "2", token: 1, group: 0, groups: 1 };
const version: VersionEntry = {
  tenant: "acme",
  table: "orders",
  version: "2",
  order: "2",
  status: "publishing",
  lastFileAt: 0,
  receivedAt: "",
  attempts: 1,
  staged: { prefix: "", schema, schemaHash: "", changes: [], badRecords: 0 },
};

export async function flow(rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-flow-"));
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const lines: string[][] = [];
  const total = { cpu: 0, seconds: 0 };
  const measure = async (what: string, count: () => number, work: () => Promise<unknown>): Promise<void> => {
    const [start, since] = [cpu(), performance.now()];
    await work();
    const [taken, seconds] = [(cpu() - start) / 1_000, (performance.now() - since) / 1_000];
    total.cpu += taken;
    total.seconds += seconds;
    lines.push([what, grouped(count()), grouped(taken, 1), grouped(count() / taken)]);
  };
  try {
    for (const side of ["older", "newer"] as const) {
      const file = join(folder, `${side}.csv.gz`);
      await connection.run(
        `COPY (${exportRows(rows, side, names)}) TO '${file}' (FORMAT csv, HEADER, COMPRESSION gzip)`,
      );
    }
    await read(folder, "older");
    await measure(
      "normalise: CSV file to parts",
      () => rows,
      () => read(folder, "newer"),
    );
    for (const side of ["older", "newer"]) {
      const columns = names.map((_, i) => `c${i + 1}: 'VARCHAR'`).join(", ");
      await connection.run(
        `CREATE VIEW ${side} AS SELECT * FROM read_json('${join(folder, side)}-*.json.gz', format = 'newline_delimited', columns = {${columns}})`,
      );
    }
    const [from, to] = ["older", "newer"].map((name) => ({ database: "main", table: name }));
    if (from === undefined || to === undefined) throw new Error("there are two sides");
    const sql = deltaSql(to, from, compareSchemas(table, schema, schema));
    const result = join(folder, "delta.json.gz");
    await measure(
      "the query, on DuckDB with one thread",
      () => rows,
      () => connection.run(`COPY (${sql}) TO '${result}' (FORMAT json, COMPRESSION gzip)`),
    );
    const sent: StreamRecord[] = [];
    await measure(
      "publish: the delta's file to the stream's requests",
      () => sent.length,
      () => publishFile(result, sent),
    );
    const batches = batchesOf(sent);
    let applied = 0;
    await measure(
      "apply: the stream's records to the target's requests",
      () => sent.length,
      async () => {
        for (const batch of batches) applied += await apply(batch);
      },
    );
    const changed = (2 * rows) / 40 + (rows - rows / 40) / 20;
    if (sent.length !== changed || applied !== changed) {
      throw new Error(`of ${changed} changed rows ${sent.length} were published and ${applied} applied`);
    }
    printTable(["an export through the functions", "rows", "CPU s", "rows a CPU second"], lines);
    console.log(
      `End to end ${grouped(rows)} rows, ${grouped(applied)} of them changed: ${grouped(rows / total.cpu)} rows a CPU second, ${grouped(total.seconds, 1)} s one step after the other.\n`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function read(folder: string, side: string): Promise<void> {
  const path = join(folder, `${side}.csv.gz`);
  const { size } = statSync(path);
  const file: FileEntry = { file: "export.csv.gz", bucket: "b", key: "k", etag: side, size, sequencer: "" };
  let parts = 0;
  const { done } = await normalise(
    request,
    {
      config: { prefix: "", versionOrder: "number", manifestName: "", tables: {}, otherTables: table },
      registry: { version: async () => version, files: async () => [file], fileRead: async () => undefined },
      lock: { renew: async () => undefined },
      exports: {
        open: async () => ({
          etag: side,
          time: "",
          size,
          close: () => undefined,
          read: (start, end) => createReadStream(path, { start, end: end === undefined ? undefined : end - 1 }),
        }),
      },
      work: { put: async (_, body) => writeFileSync(join(folder, `${side}-${parts++}.json.gz`), body) },
      copy: async () => undefined,
      limits: { partBytes: 64 * 1024 ** 2, maxUnpackedBytes: Number.MAX_SAFE_INTEGER, maxUnpackRatio: 1_000 },
      log: silent,
      count: () => undefined,
    },
    noDeadline,
  );
  if (!done) throw new Error("nothing hurries");
}

async function publishFile(path: string, sent: StreamRecord[]): Promise<void> {
  let batch: readonly StreamRecord[] = [];
  const client = new KinesisClient(
    answering(() => ({
      FailedRecordCount: 0,
      Records: batch.map((_, i) => ({ SequenceNumber: String(sent.length + i), ShardId: "shardId-000000000000" })),
    })),
  );
  const put = kinesisPut(client, "operations");
  const counts = { inserted: 0, updated: 0, deleted: 0, unchanged: 0 };
  const delta = { id: "d".repeat(32), from: "1", list: "list", files: 1, counts };
  await publish(
    request,
    {
      registry: { version: async () => ({ ...version, delta }) },
      lock: { renew: async () => undefined },
      progress: {
        published: async () => ({ lines: 0, done: false, shards: {} }),
        savePublished: async () => undefined,
      },
      work: {
        text: async () => JSON.stringify([path]),
        lines: (key) => createInterface({ input: createReadStream(key).pipe(createGunzip()), crlfDelay: Infinity }),
      },
      put: async (records) => {
        batch = records;
        const answer = await put(records);
        sent.push(...records);
        return answer;
      },
      pause: async () => undefined,
      log: silent,
      count: () => undefined,
    },
    noDeadline,
  );
}

/** As Lambda hands them to the function. */
function batchesOf(sent: readonly StreamRecord[]): KinesisStreamRecord[][] {
  const records = sent.map(
    ({ data, partitionKey }, i) =>
      ({
        eventID: `shardId-000000000000:${i}`,
        kinesis: { data: data.toString("base64"), partitionKey, sequenceNumber: String(i) },
      }) as KinesisStreamRecord,
  );
  return Array.from({ length: Math.ceil(records.length / BATCH) }, (_, i) => records.slice(i * BATCH, (i + 1) * BATCH));
}

const target = new DynamoDbTarget(new DynamoDBClient(answering(() => ({}))), "target", 8);

/** @returns how many were applied */
async function apply(batch: KinesisStreamRecord[]): Promise<number> {
  let applied = 0;
  const { batchItemFailures } = await applyBatch(
    { Records: batch },
    {
      target,
      versionOrder: "number",
      concurrency: 64,
      log: silent,
      registry: { head: async () => ({ item: { version: "1", order: "", publishing: "" }, revision: 1 }) },
      progress: { saveApplied: async () => undefined },
      giveUp: async (_, reason) => {
        throw new Error(reason);
      },
      count: ({ OperationsApplied = 0 }) => {
        applied += OperationsApplied;
      },
    },
  );
  if (batchItemFailures.length > 0) throw new Error("an operation failed");
  return applied;
}

/** A client's settings with which it writes and signs its requests, and reads an answer that comes at once. */
function answering(answer: () => unknown) {
  return {
    region: "us-east-1",
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
    requestHandler: {
      handle: async () => ({
        response: {
          statusCode: 200,
          headers: { "content-type": "application/x-amz-json-1.0" },
          body: Buffer.from(JSON.stringify(answer())),
        },
      }),
    },
  };
}

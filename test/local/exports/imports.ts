/** What tests do with a local cloud that has one ExportDeltaImport. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import {
  AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { type AttributeValue, DeleteItemCommand, DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { GetTablesCommand, GlueClient } from "@aws-sdk/client-glue";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { paginateListExecutions, SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type {
  HeadEntry,
  LockEntry,
  RefusedEntry,
  VersionEntry,
} from "../../../functions/export-delta-import/registry/entries";
import { DynamoDbStore } from "../../../functions/export-delta-import/registry/store";
import { fetchJson } from "../../../local/processes/localFetch";
import type { Services } from "../../../local/processes/services";
import { runCommand } from "../../../local/setup/command";
import { repository } from "../../../local/setup/paths";
import { type ImportsStack, type Outputs, startStack } from "./stack";

export const tenant = "acme";
const patience = 120_000;

export class Imports {
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
  readonly kinesis: KinesisClient;

  readonly services: Services;
  readonly outputs: Outputs;

  private constructor(private readonly stack: ImportsStack) {
    this.services = stack.services;
    this.outputs = stack.outputs;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = { endpoint: this.services.aws.endpoint, region: "us-east-1", credentials };
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
    this.dynamoDb = new DynamoDBClient(client);
    this.sfn = new SFNClient({ ...client, disableHostPrefix: true });
    this.sqs = new SQSClient(client);
    // Over HTTP/2, which this client begins with, the local cloud cuts answers off at 64 KB.
    this.kinesis = new KinesisClient({ ...client, requestHandler: new NodeHttpHandler() });
  }

  static async start(): Promise<Imports> {
    return new Imports(await startStack());
  }

  async stop(): Promise<void> {
    for (const client of [this.s3, this.dynamoDb, this.sfn, this.sqs, this.kinesis]) client.destroy();
    await this.stack.close();
  }

  output(name: string): string {
    const value = this.outputs[name];
    if (value === undefined) throw new Error(`there is no output ${name}`);
    return value;
  }

  /** @param csv text of the export, packed here; a buffer goes as it is */
  async upload(table: string, version: string, csv: string | Buffer, of = tenant): Promise<void> {
    const Key = `${of}/${table}/${version}/export.csv.gz`;
    const Body = typeof csv === "string" ? gzipSync(csv) : csv;
    await this.s3.send(new PutObjectCommand({ Bucket: this.output("exportsBucketName"), Key, Body }));
  }

  get registry(): DynamoDbStore {
    return new DynamoDbStore(this.dynamoDb, this.output("registryTableName"));
  }

  async version(table: string, version: string): Promise<VersionEntry | undefined> {
    const all = await this.registry.query<VersionEntry>(`${tenant}#${table}`, "version#");
    return all.map(({ item }) => item).find((entry) => entry.version === version);
  }

  async head(table: string): Promise<HeadEntry | undefined> {
    return (await this.registry.get<HeadEntry>({ pk: `${tenant}#${table}`, sk: "head" }))?.item;
  }

  async lockOwner(table: string): Promise<string | undefined> {
    const store = new DynamoDbStore(this.dynamoDb, this.output("lockTableName"));
    return (await store.get<LockEntry>({ pk: `${tenant}#${table}`, sk: "lock" }))?.item.owner;
  }

  /** Waits until a version is in one of the states. @throws Error saying what it was in */
  async reached(table: string, version: string, ...states: readonly VersionEntry["status"][]): Promise<VersionEntry> {
    const end = Date.now() + patience;
    for (;;) {
      const entry = await this.version(table, version);
      if (entry !== undefined && states.includes(entry.status)) return entry;
      const final = ["imported", "refused", "failed"].includes(entry?.status ?? "");
      if (Date.now() > end || final) {
        throw new Error(`${table} ${version} is ${entry?.status ?? "unknown"}, not ${states}: ${entry?.reason ?? ""}`);
      }
      await sleep(250);
    }
  }

  async importAll(table: string, version: string, csv: string): Promise<VersionEntry> {
    await this.upload(table, version, csv);
    return this.reached(table, version, "imported");
  }

  /** The target's rows of a table by their key, without what the apply function adds. */
  async rows(table: string): Promise<Record<string, Record<string, AttributeValue>>> {
    const rows: Record<string, Record<string, AttributeValue>> = {};
    for await (const { Items = [] } of paginateScan(
      { client: this.dynamoDb },
      { TableName: this.output("targetTableName") },
    )) {
      for (const { pk, sk, _tenant, _table, _version, _order, ...row } of Items) {
        if (_tenant?.S === tenant && _table?.S === table) rows[sk?.S ?? ""] = row;
      }
    }
    return rows;
  }

  async failures(): Promise<string[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.output("applyFailuresUrl"), MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body }) => Body ?? "");
  }

  /** Stops the execution that imports a version, as a person does. */
  async stopImport(table: string, version: string): Promise<void> {
    const executionArn = (await this.version(table, version))?.execution;
    await this.sfn.send(new StopExecutionCommand({ executionArn, error: "Test", cause: "stopped by a test" }));
  }

  /** Executions of the state machine so far. */
  async executions(): Promise<number> {
    const stateMachineArn = this.output("stateMachineArn");
    let count = 0;
    for await (const { executions = [] } of paginateListExecutions({ client: this.sfn }, { stateMachineArn })) {
      count += executions.length;
    }
    return count;
  }

  /** What the cloud's IAM has denied so far. */
  async denied(): Promise<string[]> {
    const { entries } = await fetchJson<{
      entries: { role: string | null; action: string; resource: string; decision: string }[];
    }>(`${this.services.aws.endpoint}/_local/iam-ledger`);
    return entries
      .filter(({ decision }) => decision !== "Allow")
      .map(({ role, action, resource }) => `${role} ${action} ${resource}`);
  }

  /** Calls that a service's own API model refuses. */
  async modelProblems(): Promise<unknown[]> {
    const { problems } = await fetchJson<{ problems: unknown[] }>(
      `${this.services.aws.endpoint}/_local/model-problems`,
    );
    return problems;
  }

  /** Glue's tables that imports have left. */
  async glueTables(): Promise<string[]> {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const glue = new GlueClient({ endpoint: this.services.aws.endpoint, region: "us-east-1", credentials });
    try {
      const { TableList = [] } = await glue.send(new GetTablesCommand({ DatabaseName: this.output("databaseName") }));
      return TableList.map(({ Name = "" }) => Name);
    } finally {
      glue.destroy();
    }
  }

  /** Runs a statement as the account's root. @returns how it ended */
  async query(QueryString: string, WorkGroup = this.output("workgroupName")): Promise<QueryExecution | undefined> {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const athena = new AthenaClient({ endpoint: this.services.aws.endpoint, region: "us-east-1", credentials });
    try {
      const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand({ QueryString, WorkGroup }));
      let ended: QueryExecution | undefined;
      await this.until("the query ends", async () => {
        ended = (await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution;
        const state = ended?.Status?.State ?? "";
        return !["QUEUED", "RUNNING"].includes(state) || state;
      });
      return ended;
    } finally {
      athena.destroy();
    }
  }

  /** Why objects were refused before they belonged to a version. */
  async refusals(): Promise<string[]> {
    return (await this.registry.query<RefusedEntry>("#refused", "20")).map(({ item }) => item.reason);
  }

  /** Runs one of the package's commands as its user does. @returns what it says */
  command(name: string, table: string, version: string, ...more: readonly string[]): Promise<string> {
    const about = ["--tenant", tenant, "--table", table, "--version", version];
    const where = ["--registry", this.output("registryTableName")];
    if (name === "delta-replay") {
      where.push("--state-machine", this.output("stateMachineArn"), "--work-bucket", this.output("workBucketName"));
    }
    return runCommand(process.execPath, ["--import", "tsx", "cli/index.ts", name, ...about, ...where, ...more], {
      cwd: repository,
      env: { ...process.env, ...this.services.environment },
    });
  }

  /** SIGKILL to every running process of a function. @returns their number */
  async killWorkers(part: string): Promise<number> {
    const { pid } = this.services.aws;
    const lines = (await runCommand("ps", ["-A", "-o", "pid=,ppid=,args="])).split("\n");
    const workers = lines
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
      .filter(
        (found) =>
          Number(found?.[2]) === pid &&
          found?.[3]?.includes(`ministack-lambda-data-pipelines-exports-imports-${part}-`),
      )
      .map((found) => Number(found?.[1]));
    for (const worker of workers) process.kill(worker, "SIGKILL");
    return workers.length;
  }

  /** Takes a table's rows out of the target, as nobody should. */
  async removeRows(table: string): Promise<void> {
    const TableName = this.output("targetTableName");
    for await (const { Items = [] } of paginateScan({ client: this.dynamoDb }, { TableName })) {
      for (const { pk, sk, _table } of Items) {
        if (_table?.S !== table || pk === undefined || sk === undefined) continue;
        await this.dynamoDb.send(new DeleteItemCommand({ TableName, Key: { pk, sk } }));
      }
    }
  }

  /** Waits until a condition is met. @throws Error with what was seen last */
  async until(what: string, condition: () => Promise<true | string>): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      const seen = await condition();
      if (seen === true) return;
      assert.ok(Date.now() < end, `not in time: ${what}; seen last: ${seen}`);
      await sleep(250);
    }
  }

  /** Runs `act` while the cloud does something wrong. */
  async withFault<T>(fault: Readonly<Record<string, unknown>>, act: (hits: () => Promise<number>) => Promise<T>) {
    const url = `${this.services.aws.endpoint}/_local/faults`;
    const { id } = await fetchJson<{ id: string }>(url, { method: "POST", body: fault });
    const hits = async (): Promise<number> => {
      const { faults } = await fetchJson<{ faults: { id: string; hits: number }[] }>(url);
      return faults.find((each) => each.id === id)?.hits ?? 0;
    };
    try {
      return await act(hits);
    } finally {
      await fetchJson(`${url}/${id}`, { method: "DELETE" });
    }
  }
}

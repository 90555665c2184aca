/** A Snowflake landing on a cloud of its own, deployed by the role that docs/snowflake-landing.md describes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import * as aws from "@pulumi/aws";
import {
  requiredPreviewFeatures,
  SnowflakeLanding,
  type SnowflakeLandingArgs,
  type SnowflakePipe,
} from "../../../components/snowflake-landing/snowflakeLanding";
import { fetchJson } from "../../../local/processes/localFetch";
import { type Services, startServices } from "../../../local/processes/services";
import { type RootClients, rootClients } from "../../../local/run/clients";
import { type LocalStack, openStack } from "../../../local/run/stack";
import { ensureTools } from "../../../local/setup/ensureTools";

const root = join(__dirname, "..", "..", "..");

/** The statements that make the deploying role, as the page has them, for the schema LANDING. */
export function deployerStatements(): string {
  const page = readFileSync(join(root, "docs", "snowflake-landing.md"), "utf8");
  const [, sql = ""] = /### What the deploying role may do[\s\S]*?```sql\n([\s\S]*?)```/.exec(page) ?? [];
  assert.match(sql, /CREATE ROLE DEPLOYER/);
  return sql.replaceAll("RAW.SALES", "RAW.LANDING");
}

export interface Outputs {
  readonly bucketName: string;
  readonly roleArn: string;
  readonly loaderRoleName: string;
  readonly errorTopicArn: string;
  readonly copyStatements: Readonly<Record<string, string>>;
  readonly pipes: Readonly<Record<string, SnowflakePipe>>;
  readonly snapshotCommands: Readonly<Record<string, string>>;
}

export type Row = Readonly<Record<string, unknown>>;

export interface Stage {
  readonly services: Services;
  readonly clients: RootClients;
  readonly local: LocalStack;
  /** Of the last update. */
  outputs: Outputs;
  update(): Promise<void>;
  /** Rows of the last statement, as this role; as the account's administrator without one. */
  sql(statement: string, role?: string): Promise<readonly Row[]>;
  put(key: string, body: string | Buffer): Promise<unknown>;
  /** What the error topic was sent since the last look. */
  errors(): Promise<readonly Row[]>;
  /** Lets time pass in Snowflake; whatever is due then runs at once. */
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** @param args what the landing is made of at each update, given the folder for its files */
export async function openStage(name: string, args: (folder: string) => Partial<SnowflakeLandingArgs>): Promise<Stage> {
  const tools = await ensureTools();
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  await writeFile(join(folder, "header.psv"), "id|city|note\n");
  const services = await startServices({ tools, logSuffix: name });
  const { endpoint } = services.snowflake;
  const clients = rootClients(services.aws.endpoint);
  const sql: Stage["sql"] = async (statement, role = "") => {
    const response = await fetch(`${endpoint}/_local/sql`, {
      method: "POST",
      headers: { "x-snowflake-role": role },
      body: JSON.stringify({ sql: statement }),
    });
    const answer = (await response.json()) as { rows?: readonly Row[]; error?: string };
    if (!response.ok) throw new Error(answer.error);
    return answer.rows ?? [];
  };
  await sql(`CREATE DATABASE RAW; CREATE SCHEMA RAW.LANDING; ${deployerStatements()}`);
  const program = async () => {
    const things = new aws.dynamodb.Table("things", {
      name: "things",
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: ["pk", "sk"].map((key) => ({ name: key, type: "S" })),
      streamEnabled: true,
      streamViewType: "NEW_IMAGE",
    });
    const landing = new SnowflakeLanding("landing", {
      database: "RAW",
      schema: "LANDING",
      dynamoDbTables: [{ name: "THINGS", tableName: things.name, tableArn: things.arn, streamArn: things.streamArn }],
      changesWindowSeconds: 1,
      allowDestroy: true,
      ...args(folder),
    });
    const { bucketName, roleArn, loaderRoleName, errorTopicArn, copyStatements, pipes, snapshotCommands } = landing;
    return { bucketName, roleArn, loaderRoleName, errorTopicArn, copyStatements, pipes, snapshotCommands };
  };
  const local = await openStack({
    tools,
    services,
    name,
    program,
    stateFolder: join(folder, "state"),
    settings: {
      "aws:region": "us-east-1",
      "snowflake:profile": "local",
      "snowflake:role": "DEPLOYER",
      "snowflake:previewFeaturesEnabled": [...requiredPreviewFeatures],
    },
  });
  const stage: Stage = {
    services,
    clients,
    local,
    outputs: {} as Outputs,
    sql,
    update: async () => {
      const { outputs } = await local.stack.up({ color: "never" });
      stage.outputs = Object.fromEntries(
        Object.entries(outputs).map(([key, { value }]) => [key, value]),
      ) as unknown as Outputs;
    },
    put: (Key, Body) => clients.s3.send(new PutObjectCommand({ Bucket: stage.outputs.bucketName, Key, Body })),
    errors: async () => [],
    advance: async (seconds) => {
      await fetchJson(`${endpoint}/_local/clock`, { method: "POST", body: { seconds } });
    },
    close: async () => {
      await local.close();
      await services.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await stage.update();
    stage.errors = await subscribed(services.aws.endpoint, stage.outputs.errorTopicArn);
  } catch (error) {
    await stage.close();
    throw error;
  }
  return stage;
}

/** A queue on the error topic. */
async function subscribed(endpoint: string, TopicArn: string): Promise<Stage["errors"]> {
  const config = { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  const [sns, sqs] = [new SNSClient(config), new SQSClient(config)];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "errors" }));
  const Endpoint = "arn:aws:sqs:us-east-1:000000000000:errors";
  const Statement = [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: Endpoint }];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
  return async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.map(({ Body = "{}" }) => JSON.parse((JSON.parse(Body) as { Message: string }).Message) as Row);
  };
}

/** Polls until it is as expected; the last look's difference is the error. */
export async function eventually(look: () => Promise<unknown>, expected: unknown): Promise<void> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const seen = await look();
    try {
      assert.deepEqual(seen, expected);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

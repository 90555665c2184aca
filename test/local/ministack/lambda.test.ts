import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import { type Services, startServices } from "../../../local/processes/services";
import { runCommand } from "../../../local/setup/command";
import { ensureServiceTools } from "../../../local/setup/ensureTools";

const handler = `
class TableMissing extends Error { name = "TableMissing"; }
export const handler = async (event) => {
  if (event.fail) throw new TableMissing("no table");
  if (event.hang) await new Promise((resolve) => setTimeout(resolve, 30_000));
  const bad = (event.Records ?? []).filter(({ body }) => body === "bad");
  return { root: process.env.LAMBDA_TASK_ROOT, names: Object.keys(process.env), batchItemFailures: bad.map((r) => ({ itemIdentifier: r.messageId })) };
};`;

/** What stands in the environment of whoever starts the local cloud. */
const usersOwn = { GITHUB_TOKEN: "of-the-user", AWS_PROFILE: "production", DATABASE_URL: "of-the-user" };

describe("The local Lambda", () => {
  let services: Services;
  let lambda: Lambda;
  let sqs: SQS;
  let iam: IAM;
  let dynamoDb: DynamoDB;
  let folder: string;
  const arn = (queue: string) => `arn:aws:sqs:us-east-1:000000000000:${queue}`;

  before(async function () {
    this.timeout(300_000);
    const tools = await ensureServiceTools();
    Object.assign(process.env, usersOwn);
    services = await startServices({ tools, logSuffix: "lambda-test" });
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = { endpoint: services.aws.endpoint, region: "us-east-1", credentials };
    [lambda, sqs, iam] = [new Lambda(client), new SQS(client), new IAM(client)];
    dynamoDb = new DynamoDB(client);
    folder = await mkdtemp(join(tmpdir(), "lambda-test-"));
    await writeFile(join(folder, "index.mjs"), handler);
    const archive = join(folder, "code.zip");
    await runCommand(tools.awsPython, ["-m", "zipfile", "-c", archive, "index.mjs"], { cwd: folder });
    const trusted = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trusted] });
    const { Role } = await iam.createRole({ RoleName: "handler", AssumeRolePolicyDocument });
    await lambda.createFunction({
      FunctionName: "handler",
      Role: Role?.Arn,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 2,
      Code: { ZipFile: await readFile(archive) },
    });
  });

  after(async () => {
    for (const name of Object.keys(usersOwn)) delete process.env[name];
    await services?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function invoke(event: object): Promise<{ error?: string; body: Record<string, unknown> }> {
    const answer = await lambda.invoke({ FunctionName: "handler", Payload: JSON.stringify(event) });
    const body = JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as Record<string, unknown>;
    return { error: answer.FunctionError, body };
  }

  async function waiting(queue: string): Promise<number> {
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName: queue });
    const AttributeNames = ["ApproximateNumberOfMessages" as const];
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames });
    return Number(Attributes?.ApproximateNumberOfMessages);
  }

  async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
    for (let tries = 0; tries < 120; tries++) {
      if (await condition()) return;
      await sleep(100);
    }
    throw new Error(`Not within 12 s: ${what}`);
  }

  it("design: an .mjs handler runs and finds its own folder", async () => {
    const { error, body } = await invoke({});
    assert.equal(error, undefined);
    assert.match(String(body.root), /code$/);
  });

  it("S7: a function sees nothing of the environment of whoever started the local cloud", async () => {
    const { names } = (await invoke({})).body as { names: string[] };
    assert.ok(names.includes("AWS_LAMBDA_FUNCTION_NAME"));
    const foreign = names.filter((name) => name in usersOwn);
    assert.deepEqual(foreign, []);
  });

  it("design: an error keeps its name, so that Retry and Catch match it", async () => {
    const { error, body } = await invoke({ fail: true });
    assert.deepEqual([error, body.errorType, body.errorMessage], ["Unhandled", "TableMissing", "no table"]);
  });

  it("design: a handler that takes too long is ended, and the next call is served", async () => {
    const { body } = await invoke({ hang: true });
    assert.equal(body.errorType, "Sandbox.Timedout");
    assert.equal((await invoke({})).error, undefined);
  });

  it("I8: a queue is read only with the role's leave, and what keeps failing goes to the dead-letter queue", async () => {
    await sqs.createQueue({ QueueName: "dead.fifo", Attributes: { FifoQueue: "true" } });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn("dead.fifo"), maxReceiveCount: 2 });
    const Attributes = { FifoQueue: "true", VisibilityTimeout: "2", RedrivePolicy };
    const { QueueUrl } = await sqs.createQueue({ QueueName: "work.fifo", Attributes });
    const { UUID } = await lambda.createEventSourceMapping({
      FunctionName: "handler",
      EventSourceArn: arn("work.fifo"),
      BatchSize: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    for (const body of ["good", "bad"]) {
      await sqs.sendMessage({ QueueUrl, MessageBody: body, MessageGroupId: body, MessageDeduplicationId: body });
    }
    await until(async () => {
      const { LastProcessingResult } = await lambda.getEventSourceMapping({ UUID });
      return /may not sqs:ReceiveMessage, sqs:DeleteMessage/.test(LastProcessingResult ?? "");
    }, "the mapping tells what its role lacks");
    assert.equal(await waiting("work.fifo"), 2);
    const Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    const Statement = [{ Effect: "Allow", Action, Resource: arn("work.fifo") }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.putRolePolicy({ RoleName: "handler", PolicyName: "queue", PolicyDocument });
    await until(async () => (await waiting("dead.fifo")) === 1, "the bad message is in the dead-letter queue");
    assert.equal(await waiting("work.fifo"), 0);
  });

  it("W10: a stream's changes are gathered for the window, not sent one by one", async () => {
    const AttributeDefinitions = [{ AttributeName: "pk", AttributeType: "S" as const }];
    const { TableDescription } = await dynamoDb.createTable({
      TableName: "changing",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions,
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    const EventSourceArn = TableDescription?.LatestStreamArn;
    const Action = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
    const Statement = [{ Effect: "Allow", Action, Resource: EventSourceArn }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.putRolePolicy({ RoleName: "handler", PolicyName: "stream", PolicyDocument });
    const mapping = { FunctionName: "handler", EventSourceArn, StartingPosition: "TRIM_HORIZON" as const };
    const { UUID } = await lambda.createEventSourceMapping({ ...mapping, MaximumBatchingWindowInSeconds: 60 });
    for (let item = 0; item < 8; item += 1) {
      await dynamoDb.putItem({ TableName: "changing", Item: { pk: { S: String(item) } } });
      await sleep(100);
    }
    const result = async () => (await lambda.getEventSourceMapping({ UUID })).LastProcessingResult ?? "";
    await until(async () => (await result()).startsWith("OK"), "the batch is sent long before a minute is over");
    assert.equal(await result(), "OK - 8 records");
  });
});

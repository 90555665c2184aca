/** The local cloud of all engine tests: started once, stopped when the last test is done. */
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, ListPoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Services, startServices } from "../../local/processes/services";
import { ensureTools, type Tools } from "../../local/setup/ensureTools";

export interface Cloud {
  readonly tools: Tools;
  readonly services: Services;
}

let started: Promise<Cloud> | undefined;

export function cloud(): Promise<Cloud> {
  started ??= start();
  return started;
}

async function start(): Promise<Cloud> {
  const tools = await ensureTools();
  return { tools, services: await startServices({ tools, logSuffix: "engine" }) };
}

// Outside any describe, hence once for the whole run.
after(async () => {
  await (await started)?.services.stop();
});

/** The settings that every AWS client needs here. */
export function clientConfig({ services }: Cloud) {
  return {
    endpoint: services.aws.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
}

/** Everything in the cloud whose name begins with the prefix, each with its kind. */
export async function namesInCloud(where: Cloud, prefix: string): Promise<string[]> {
  const config = clientConfig(where);
  const [buckets, tables, queues, functions, roles, policies] = await Promise.all([
    new S3Client({ ...config, forcePathStyle: true }).send(new ListBucketsCommand({})),
    new DynamoDBClient(config).send(new ListTablesCommand({})),
    new SQSClient(config).send(new ListQueuesCommand({})),
    new LambdaClient(config).send(new ListFunctionsCommand({})),
    new IAMClient(config).send(new ListRolesCommand({})),
    new IAMClient(config).send(new ListPoliciesCommand({ Scope: "Local" })),
  ]);
  const names: Readonly<Record<string, (string | undefined)[] | undefined>> = {
    bucket: buckets.Buckets?.map(({ Name }) => Name),
    table: tables.TableNames,
    queue: queues.QueueUrls?.map((url) => url.split("/").pop()),
    function: functions.Functions?.map(({ FunctionName }) => FunctionName),
    role: roles.Roles?.map(({ RoleName }) => RoleName),
    policy: policies.Policies?.map(({ PolicyName }) => PolicyName),
  };
  return Object.entries(names).flatMap(([kind, found = []]) =>
    found.filter((name) => name?.startsWith(prefix)).map((name) => `${kind} ${name}`),
  );
}

/** What a stack with an orchestration needs around it: Fivetran, the secrets, the registered webhook, a run. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { childEnvironment } from "../processes/environment";
import type { Services } from "../processes/services";
import { runCommand } from "../setup/command";
import { repository } from "../setup/paths";
import { type FivetranOptions, type FivetranServer, startFivetranApi } from ".";
import { bringRows } from "./tables";

export interface OrchestrationSurroundings {
  readonly fivetran: FivetranServer;
  /** What the component gets of it, by its arguments' names. */
  readonly fivetranApiUrl: string;
  readonly fivetranSecretArn: string;
  /** With a value; a component that isn't given it makes an empty one, which the registration fills. */
  readonly webhookSecretArn: string;
  readonly snowflakeSecretArn: string;
  /** Leads the dbt project's profile to the local Snowflake. */
  readonly dbtEnvironment: Readonly<Record<string, string>>;
}

/**
 * Starts the Fivetran API and stores the secrets, before the stack is made. The caller stops `fivetran`.
 * @param options `onSync` defaults to bringing the tables that the example dbt project reads into the database RAW, for
 * connections with the ids of local/fivetran/tables.ts
 */
export async function orchestrationSurroundings(
  services: Services,
  options: FivetranOptions,
): Promise<OrchestrationSurroundings> {
  const fivetran = await startFivetranApi({ onSync: bringRows(services.snowflake.endpoint, "RAW"), ...options });
  const client = new SecretsManagerClient(clientOf(services));
  const secret = async (Name: string, value: object) => {
    const { ARN = "" } = await client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(value) }));
    return ARN;
  };
  const { apiKey, apiSecret } = fivetran;
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    fivetran,
    fivetranApiUrl: fivetran.url,
    fivetranSecretArn: await secret("fivetran-api", { apiKey, apiSecret }),
    webhookSecretArn: await secret("fivetran-webhook", { webhookSecret: randomBytes(24).toString("hex") }),
    snowflakeSecretArn: await secret("snowflake-dbt", { privateKey }),
    dbtEnvironment: { DBT_TARGET: "local", DBT_PORT: String(services.snowflake.port) },
  };
}

export interface WebhookOutputs {
  readonly webhookUrl: string;
  readonly groupId: string;
  /** @default that of the surroundings */
  readonly webhookSecretArn?: string;
}

/** Registers the stack's webhook by the command that a user runs. @throws Error with what the command said */
export async function registerWebhook(
  services: Services,
  surroundings: OrchestrationSurroundings,
  { webhookUrl, groupId, webhookSecretArn = surroundings.webhookSecretArn }: WebhookOutputs,
): Promise<string> {
  const { fivetran, fivetranSecretArn, fivetranApiUrl } = surroundings;
  const command = [join(repository, "cli", "index.ts"), "register-webhook"];
  const args = ["--url", webhookUrl, "--group", groupId, "--secret-arn", webhookSecretArn];
  const env = childEnvironment(services.environment);
  const before = fivetran.requests.length;
  const said = await runCommand(
    process.execPath,
    ["--import", "tsx", ...command, ...args, "--api-secret-arn", fivetranSecretArn, "--api-url", fivetranApiUrl],
    { cwd: repository, env },
  );
  const tested = fivetran.requests.slice(before).some(({ path }) => /^\/v1\/webhooks\/[^/]+\/test$/.test(path));
  if (!tested) throw new Error(`register-webhook ended with 0 without a webhook's test at Fivetran. It said: ${said}`);
  return said;
}

/** Starts a run of the state machine and waits for its end. @throws Error when it still runs after the seconds */
export async function runStateMachine(
  services: Services,
  stateMachineArn: string,
  { input = {}, seconds = 300 }: { readonly input?: object; readonly seconds?: number } = {},
): Promise<DescribeExecutionCommandOutput> {
  const sfn = new SFNClient({ ...clientOf(services), disableHostPrefix: true });
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  for (const deadline = Date.now() + seconds * 1_000; Date.now() < deadline; await sleep(200)) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== "RUNNING") return execution;
  }
  throw new Error(`${executionArn} still runs after ${seconds} s`);
}

function clientOf({ aws }: Services) {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return { endpoint: aws.endpoint, region: "us-east-1", credentials };
}

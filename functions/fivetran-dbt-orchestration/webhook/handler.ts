import type { Context } from "aws-lambda";
import { createDynamoDBClient, createSecretsManagerClient, createSFNClient } from "../../shared/aws/awsClients";
import { SecretCache, secretsManagerReader } from "../../shared/aws/secret";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { SfnTasks } from "../waits/tasks";
import { WaitTable } from "../waits/waits";
import { environment, parseStartOn } from "./environment";
import { SfnExecutions, type WebhookPorts } from "./ports";
import type { WebhookRequest } from "./signature";
import { handleWebhook, type WebhookAnswer } from "./webhook";

/** A secret that doesn't fit is read anew at most that often, whatever the internet sends. */
const RENEW_MS = 30_000;

const env = parseEnvironment(environment);
const log = createLogger("fivetran-webhook");
const secrets = new SecretCache(secretsManagerReader(createSecretsManagerClient()));
const sfn = createSFNClient();

const ports: WebhookPorts = {
  secret: async (renew) => {
    const { webhookSecret } = await secrets.members(
      env.WEBHOOK_SECRET_ARN,
      ["webhookSecret"],
      renew ? RENEW_MS : undefined,
    );
    return webhookSecret;
  },
  waits: new WaitTable(createDynamoDBClient(), env.WAITS_TABLE),
  tasks: new SfnTasks(sfn),
  executions: new SfnExecutions(sfn, env.STATE_MACHINE_ARN),
  log,
  count: (counts) => emitMetrics(env.PIPELINE, counts),
  now: () => new Date(),
  groupId: env.GROUP_ID,
  startOn: parseStartOn(env.START_ON),
};

/** Fivetran's webhook, behind an HTTP API (payload format 2.0). */
export async function handler(request: WebhookRequest, context: Context): Promise<WebhookAnswer> {
  log.addContext(context);
  return handleWebhook(request, ports);
}

import type { Context } from "aws-lambda";
import { createDynamoDBClient, createSecretsManagerClient } from "../../shared/aws/awsClients";
import { SecretCache, secretsManagerReader } from "../../shared/aws/secret";
import { parseEnvironment } from "../../shared/environment";
import { fivetranFromSecret } from "../../shared/fivetran/fromSecret";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { WaitTable } from "../waits/waits";
import { environment } from "./environment";
import { type PollAnswer, parsePollRequest, pollConnection } from "./pollConnection";

const env = parseEnvironment(environment);
const log = createLogger("poll-connection");
const secrets = new SecretCache(secretsManagerReader(createSecretsManagerClient()));
const waits = new WaitTable(createDynamoDBClient(), env.WAITS_TABLE);

/** How far a sync is, for an execution that has waited in vain for its webhook. */
export async function handler(event: unknown, context: Context): Promise<PollAnswer> {
  log.addContext(context);
  const remainingMs = () => context.getRemainingTimeInMillis();
  const fivetran = fivetranFromSecret({
    ...{ url: env.FIVETRAN_API_URL, secretArn: env.API_SECRET_ARN, secrets, log, remainingMs },
  });
  return pollConnection(parsePollRequest(event), {
    ...{ fivetran, waits, log },
    count: (counts) => emitMetrics(env.PIPELINE, counts),
    now: () => new Date(),
  });
}

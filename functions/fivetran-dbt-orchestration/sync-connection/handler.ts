import type { Context } from "aws-lambda";
import { createDynamoDBClient, createSecretsManagerClient, createSFNClient } from "../../shared/aws/awsClients";
import { SecretCache, secretsManagerReader } from "../../shared/aws/secret";
import { parseEnvironment } from "../../shared/environment";
import { fivetranFromSecret } from "../../shared/fivetran/fromSecret";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { SfnTasks } from "../waits/tasks";
import { WaitTable } from "../waits/waits";
import { environment } from "./environment";
import { parseSyncRequest, type SyncOutcome, syncConnection } from "./syncConnection";

const env = parseEnvironment(environment);
const log = createLogger("sync-connection");
const secrets = new SecretCache(secretsManagerReader(createSecretsManagerClient()));
const waits = new WaitTable(createDynamoDBClient(), env.WAITS_TABLE);
const tasks = new SfnTasks(createSFNClient());

/** Triggers the sync of a connection for a task that waits for its token. */
export async function handler(event: unknown, context: Context): Promise<{ readonly outcome: SyncOutcome }> {
  log.addContext(context);
  const remainingMs = () => context.getRemainingTimeInMillis();
  const fivetran = fivetranFromSecret({
    url: env.FIVETRAN_API_URL,
    secretArn: env.API_SECRET_ARN,
    secrets,
    log,
    remainingMs,
  });
  const outcome = await syncConnection(parseSyncRequest(event), {
    fivetran,
    waits,
    tasks,
    log,
    count: (counts) => emitMetrics(env.PIPELINE, counts),
    now: () => new Date(),
  });
  return { outcome };
}

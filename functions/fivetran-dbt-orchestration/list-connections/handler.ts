import type { Context } from "aws-lambda";
import { createSecretsManagerClient } from "../../shared/aws/awsClients";
import { SecretCache, secretsManagerReader } from "../../shared/aws/secret";
import { parseEnvironment } from "../../shared/environment";
import { fivetranFromSecret } from "../../shared/fivetran/fromSecret";
import { createLogger } from "../../shared/log";
import { environment } from "./environment";
import { type ConnectionList, listConnections, parseListRequest } from "./listConnections";

const env = parseEnvironment(environment);
const log = createLogger("list-connections");
const secrets = new SecretCache(secretsManagerReader(createSecretsManagerClient()));

/** The connections of a Fivetran group that an execution syncs. */
export async function handler(event: unknown, context: Context): Promise<ConnectionList> {
  log.addContext(context);
  const remainingMs = () => context.getRemainingTimeInMillis();
  const fivetran = fivetranFromSecret({
    url: env.FIVETRAN_API_URL,
    secretArn: env.API_SECRET_ARN,
    secrets,
    log,
    remainingMs,
  });
  return listConnections(parseListRequest(event), { fivetran, log });
}

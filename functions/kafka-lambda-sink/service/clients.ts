import { LambdaClient, type LambdaClientConfig } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { generateAuthToken } from "aws-msk-iam-sasl-signer-js";
import type { LambdaConfig } from "../config/config";
import type { MskToken } from "../kafka/access";
import type { MakeClient } from "./invoker";

const CONNECT_MS = 1_000;
/** Before its end a session is replaced. */
const EARLY_MS = 5 * 60_000;

/** Clients with the credentials that the configuration names: an access key, another account's role, or the task's own. */
export function lambdaClients(config: LambdaConfig): MakeClient {
  const credentials = credentialsOf(config);
  return (requestTimeout) =>
    new LambdaClient({
      region: config.region,
      credentials,
      maxAttempts: 1,
      customUserAgent: config.userAgent,
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout },
    });
}

function credentialsOf({ accessKey, assumeRole, region }: LambdaConfig): LambdaClientConfig["credentials"] {
  const own = accessKey && { accessKeyId: accessKey.id, secretAccessKey: accessKey.secret };
  if (assumeRole === undefined) return own;
  const { arn: RoleArn, externalId: ExternalId, sessionName: RoleSessionName } = assumeRole;
  const sts = new STSClient({ region, credentials: own });
  return async () => {
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, ExternalId, RoleSessionName }));
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken, Expiration } = Credentials ?? {};
    const expiration = Expiration && new Date(Expiration.getTime() - EARLY_MS);
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration };
  };
}

/** Signs the task's role in at MSK. */
export function mskTokens(region: string): MskToken {
  return async () => (await generateAuthToken({ region })).token;
}

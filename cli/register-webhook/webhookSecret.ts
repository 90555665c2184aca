import { randomBytes } from "node:crypto";
import { PutSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type ReadSecret, SecretCache, SecretError } from "../../functions/shared/aws/secret";
import { isNamed } from "../../functions/shared/retry";

/** Bytes of a secret that is made here: as many as the digest of the HMAC that it is for. */
const BYTES = 32;

export interface SecretPorts {
  /** The secret's text. @throws an error named ResourceNotFoundException while it has no value */
  readonly read: ReadSecret;
  readonly store: (arn: string, text: string) => Promise<void>;
  readonly print: (line: string) => void;
}

export interface SecretRequest {
  readonly arn: string;
  /** Replaces the one that is there. */
  readonly rotate: boolean;
  readonly dryRun: boolean;
}

/**
 * What webhooks are signed with: what the secret holds, or, while it holds nothing, a random one that is stored in it.
 * It stands in no line that is printed.
 *
 * @returns undefined in a dry run that would have made one
 * @throws SecretError when the secret doesn't exist, or its value is of another form
 */
export async function webhookSecret(request: SecretRequest, ports: SecretPorts): Promise<string | undefined> {
  const { arn, rotate, dryRun } = request;
  const text = await storedValue(arn, ports.read);
  if (text !== undefined && !rotate) {
    return (await new SecretCache(async () => text).members(arn, ["webhookSecret"])).webhookSecret;
  }
  const why = text === undefined ? "which had no value yet" : "instead of the one it had";
  if (dryRun) {
    ports.print(`Would make a webhook secret and store it in ${arn}.`);
    return undefined;
  }
  const made = randomBytes(BYTES).toString("hex");
  await store(arn, JSON.stringify({ ...membersOf(arn, text), webhookSecret: made }), ports);
  ports.print(`Made a webhook secret and stored it in ${arn}, ${why}.`);
  return made;
}

export function secretStore(client: SecretsManagerClient): SecretPorts["store"] {
  return async (SecretId, SecretString) => {
    await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  };
}

/** Undefined: no value yet, or no such secret, which AWS names alike; storing tells the two apart. */
async function storedValue(arn: string, read: ReadSecret): Promise<string | undefined> {
  try {
    const text = await read(arn);
    if (text !== undefined) return text;
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
  throw new SecretError(`Secret ${arn} holds bytes. Its value has to be the text {"webhookSecret": "…"}.`);
}

async function store(arn: string, text: string, ports: SecretPorts): Promise<void> {
  try {
    await ports.store(arn, text);
  } catch (error) {
    if (!isNamed(error, "ResourceNotFoundException")) throw error;
    throw new SecretError(`There is no secret ${arn}. Look at its region and account, or run pulumi up first.`);
  }
}

/** What else is in the value stays there. @throws SecretError rather than overwrite a value of another form */
function membersOf(arn: string, text: string | undefined): object {
  if (text === undefined) return {};
  const wrong = new SecretError(
    `Secret ${arn} holds no JSON object, so that --rotate would destroy it. Its value has to be {"webhookSecret": "…"}.`,
  );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, so it isn't passed on as a cause.
    throw wrong;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw wrong;
  return parsed;
}

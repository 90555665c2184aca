import type { SecretCache } from "../aws/secret";
import type { Log } from "../log";
import { FivetranClient } from "./client";

/** A secret that the API has refused is read anew, unless it is younger than this. */
const RENEW_MS = 10_000;

/** A client that signs in with the key in a secret `{"apiKey": …, "apiSecret": …}`, also after the key was rotated. */
export function fivetranFromSecret(options: {
  readonly url: string;
  readonly secrets: SecretCache;
  readonly secretArn: string;
  readonly log: Log;
  /** Milliseconds that the invocation has left. */
  readonly remainingMs: () => number;
}): FivetranClient {
  const { url, secrets, secretArn, log, remainingMs } = options;
  return new FivetranClient({
    url,
    log,
    remainingMs,
    credentials: (renew) => secrets.members(secretArn, ["apiKey", "apiSecret"], renew ? RENEW_MS : undefined),
  });
}

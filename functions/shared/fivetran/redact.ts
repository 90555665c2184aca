import type { ApiCredentials } from "./types";

/** The Authorization header. */
export function basicAuthorization({ apiKey, apiSecret }: ApiCredentials): string {
  return `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString("base64")}`;
}

/** The text without the key, its secret and the header they make: an answer or a network error may repeat them. */
export function redact(text: string, credentials: ApiCredentials): string {
  const { apiKey, apiSecret } = credentials;
  const header = basicAuthorization(credentials).slice("Basic ".length);
  // The longest first, because one may lie within another.
  const secrets = [header, apiKey, apiSecret].filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[redacted]"), text);
}

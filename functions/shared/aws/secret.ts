import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** How long a secret is used before it is read again, in milliseconds. */
export const SECRET_CACHE_MS = 5 * 60 * 1000;

export class SecretError extends Error {
  override readonly name = "SecretError";
}

/** Reads a secret's text by its ARN. */
export type ReadSecret = (arn: string) => Promise<string | undefined>;

/** Secrets with JSON objects in them, kept for some minutes. Their values stand in no message. */
export class SecretCache {
  private readonly cache = new Map<string, { readonly value: Promise<string>; readonly readAt: number }>();

  constructor(
    private readonly read: ReadSecret,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * The named members of the secret's JSON object.
   * @param maxAgeMs read anew when what is kept is older. @default 5 minutes
   * @throws SecretError naming the member that is missing
   */
  async members<const Name extends string>(
    arn: string,
    names: readonly Name[],
    maxAgeMs = SECRET_CACHE_MS,
  ): Promise<Readonly<Record<Name, string>>> {
    const text = await this.text(arn, maxAgeMs);
    let parsed: Readonly<Record<string, unknown>> | null;
    try {
      parsed = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    } catch {
      // The parser's message quotes the text, so it isn't passed on as a cause.
      throw wrongForm(arn, names, "isn't JSON");
    }
    const found = names.map((name): [Name, string] => {
      const value = parsed?.[name];
      if (typeof value !== "string" || value === "") throw wrongForm(arn, names, `lacks ${name}`);
      return [name, value];
    });
    return Object.fromEntries(found) as Record<Name, string>;
  }

  private async text(arn: string, maxAgeMs: number): Promise<string> {
    const kept = this.cache.get(arn);
    if (kept !== undefined && this.now() - kept.readAt < maxAgeMs) return kept.value;
    const value = this.read(arn).then((text) => {
      if (text === undefined) throw new SecretError(`Secret ${arn} has no text. Store a JSON object as its value.`);
      return text;
    });
    const entry = { value, readAt: this.now() };
    this.cache.set(arn, entry);
    try {
      return await value;
    } catch (error) {
      if (this.cache.get(arn) === entry) this.cache.delete(arn);
      throw error;
    }
  }
}

function wrongForm(arn: string, names: readonly string[], problem: string): SecretError {
  const form = names.map((name) => `"${name}": "…"`).join(", ");
  return new SecretError(`Secret ${arn} ${problem}. Its value has to be {${form}}.`);
}

export function secretsManagerReader(client: SecretsManagerClient): ReadSecret {
  return async (arn) => (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
}

/** Snowflake's SQL API with a key pair: no driver needed. https://docs.snowflake.com/en/developer-guide/sql-api/reference */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

export interface Connection {
  /** `https://<account>.snowflakecomputing.com`, without a slash at the end. */
  readonly url: string;
  /** Identifier of the account, for example `ACME-PROD`. */
  readonly account: string;
  readonly user: string;
  readonly role: string;
  /** Runs the queries; empty for the user's default. */
  readonly warehouse: string;
  readonly privateKey: KeyObject;
}

export type Row = Readonly<Record<string, string | null>>;

/** Runs one statement and gives its rows, every value as text. */
export type RunSql = (statement: string) => Promise<readonly Row[]>;

/** What Snowflake says of a statement that failed. */
export class SnowflakeError extends Error {
  override readonly name = "SnowflakeError";
}

/** @throws Error when it isn't a private key, or its passphrase is wrong */
export function readPrivateKey(pem: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, passphrase: passphrase === "" ? undefined : passphrase });
  } catch {
    // The reason of the library may quote the key.
    throw new Error("the private key can't be read: expected a PEM file in PKCS#8, and its passphrase if it has one");
  }
}

const hour = 3_600;

/** A token that says who signs in, good for an hour. */
export function signInToken({ account, user, privateKey }: Connection, now: Date): string {
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const subject = `${account.toUpperCase()}.${user.toUpperCase()}`;
  const fingerprint = createHash("sha256").update(publicKey).digest("base64");
  const iat = Math.floor(now.getTime() / 1000);
  const claims = { iss: `${subject}.SHA256:${fingerprint}`, sub: subject, iat, exp: iat + hour };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

export interface SqlApiPorts {
  readonly fetch: typeof fetch;
  readonly now: () => Date;
  /** Waits this many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

interface Answer {
  readonly message?: string;
  readonly statementHandle?: string;
  readonly resultSetMetaData?: {
    readonly rowType: readonly { readonly name: string }[];
    readonly partitionInfo?: readonly unknown[];
  };
  readonly data?: readonly (readonly (string | null)[])[];
}

const attempts = 5;

export function sqlApi(
  connection: Connection,
  ports: SqlApiPorts = { fetch, now: () => new Date(), wait: sleep },
): RunSql {
  const request = async (path: string, body?: object): Promise<{ status: number; answer: Answer }> => {
    for (let attempt = 1; ; attempt++) {
      // With the same id, so that Snowflake runs a statement once, however often it is sent.
      const again = body !== undefined && attempt > 1 ? "&retry=true" : "";
      const response = await ports.fetch(`${connection.url}/api/v2/statements${path}${again}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          authorization: `Bearer ${signInToken(connection, ports.now())}`,
          "x-snowflake-authorization-token-type": "KEYPAIR_JWT",
          "content-type": "application/json",
          accept: "application/json",
          "user-agent": "pulumi-data-pipelines",
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      if ((response.status === 429 || response.status >= 500) && attempt < attempts) {
        await ports.wait(500 * 2 ** attempt);
        continue;
      }
      const answer = (await response.json()) as Answer;
      if (response.ok) return { status: response.status, answer };
      throw new SnowflakeError(answer.message ?? `the SQL API answers ${response.status}`);
    }
  };
  return async (statement) => {
    const { role, warehouse } = connection;
    const first = await request(`?requestId=${randomUUID()}`, {
      statement,
      role,
      warehouse: warehouse === "" ? undefined : warehouse,
      timeout: 600,
    });
    let { status, answer } = first;
    const handle = answer.statementHandle ?? "";
    for (let asked = 1; status === 202; asked++) {
      await ports.wait(Math.min(500 * asked, 5_000));
      ({ status, answer } = await request(`/${handle}`));
    }
    const rows = [...(answer.data ?? [])];
    const partitions = answer.resultSetMetaData?.partitionInfo?.length ?? 1;
    for (let partition = 1; partition < partitions; partition++) {
      rows.push(...((await request(`/${handle}?partition=${partition}`)).answer.data ?? []));
    }
    const names = (answer.resultSetMetaData?.rowType ?? []).map(({ name }) => name);
    return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
  };
}

import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import fc from "fast-check";
import { parseOptions } from "../../../../cli/snowflake-pipes/options";
import { type Pipe, pausePipes, repairPipe, withoutDoubles } from "../../../../cli/snowflake-pipes/pipes";
import { run } from "../../../../cli/snowflake-pipes/run";
import { type Connection, readPrivateKey, signInToken, sqlApi } from "../../../../cli/snowflake-pipes/sqlApi";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const connection: Connection = {
  url: "https://acme-prod.snowflakecomputing.com",
  account: "ACME-PROD",
  user: "LOADER",
  role: "LOADER_ROLE",
  warehouse: "",
  privateKey,
};
const now = new Date("2026-03-01T12:00:00Z");

describe("snowflake:pipes' sign-in", () => {
  it("W14: the token names account, user and the key's fingerprint, is signed with the key and ends after an hour", () => {
    const [header = "", claims = "", signature = ""] = signInToken(connection, now).split(".");
    const read = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString());
    assert.deepEqual(read(header), { alg: "RS256", typ: "JWT" });
    const { iss, sub, iat, exp } = read(claims);
    assert.equal(sub, "ACME-PROD.LOADER");
    assert.match(String(iss), /^ACME-PROD\.LOADER\.SHA256:[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual([iat, exp], [now.getTime() / 1000, now.getTime() / 1000 + 3600]);
    const signed = Buffer.from(`${header}.${claims}`);
    assert.ok(verify("sha256", signed, createPublicKey(privateKey), Buffer.from(signature, "base64url")));
  });

  it("W14: a key that can't be read is refused without a word of it", () => {
    const broken = pem.replace("BEGIN PRIVATE KEY", "BEGIN PRIVAT KEY");
    assert.throws(
      () => readPrivateKey(broken, ""),
      (error: Error) => /PKCS#8/.test(error.message) && !error.message.includes(pem.slice(40, 60)),
    );
  });

  interface Sent {
    readonly url: string;
    readonly body: Record<string, unknown> | undefined;
  }

  /** Answers one after the other; keeps what was asked. */
  function api(answers: readonly (readonly [number, object])[]) {
    const sent: Sent[] = [];
    const left = [...answers];
    const fake = async (url: unknown, init?: RequestInit): Promise<Response> => {
      sent.push({ url: String(url), body: init?.body === undefined ? undefined : JSON.parse(String(init?.body)) });
      const [status, body] = left.shift() ?? assert.fail("asked once more than expected");
      return new Response(JSON.stringify(body), { status });
    };
    const sql = sqlApi(connection, { fetch: fake as typeof fetch, now: () => now, wait: async () => undefined });
    return { sql, sent };
  }
  const meta = (partitions: number) => ({
    rowType: [{ name: "A" }],
    partitionInfo: Array.from({ length: partitions }, () => ({})),
  });

  it("W14: a long statement is asked for until it is done, and every partition of its rows is read", async () => {
    const { sql, sent } = api([
      [202, { statementHandle: "h" }],
      [202, { statementHandle: "h" }],
      [200, { statementHandle: "h", resultSetMetaData: meta(2), data: [["1"]] }],
      [200, { data: [[null]] }],
    ]);
    assert.deepEqual(await sql("SELECT 1"), [{ A: "1" }, { A: null }]);
    assert.deepEqual(
      sent.map(({ url }) => url.replace(/^.*statements/, "").replace(/requestId=.*/, "requestId")),
      ["?requestId", "/h", "/h", "/h?partition=1"],
    );
  });

  it("W14: a busy service is asked again with the same id, so that a statement runs once; a refusal is told", async () => {
    const { sql, sent } = api([
      [429, {}],
      [503, {}],
      [200, { resultSetMetaData: meta(1), data: [] }],
    ]);
    await sql("SELECT 1");
    const asked = sent.map(({ url }) => new URL(url).searchParams);
    assert.equal(new Set(asked.map((query) => query.get("requestId"))).size, 1);
    assert.deepEqual(
      asked.map((query) => query.get("retry")),
      [null, "true", "true"],
    );
    await assert.rejects(api([[422, { message: "no such pipe" }]]).sql("x"), /SnowflakeError: no such pipe/);
    await assert.rejects(api(Array.from({ length: 5 }, () => [500, {}] as const)).sql("x"), /answers 500/);
  });
});

describe("snowflake:pipes' options", () => {
  const pipe = { pipe: '"R"."S"."T_PIPE"', stage: '"R"."S"."T_STAGE"', table: '"R"."S"."T"', prefix: "t/" };
  const outputs = JSON.stringify({ snowflake: { files: { pipes: { T: pipe }, loaderRoleName: "LOADER" } } });
  const read = (path: string): string => (path === "key.p8" ? pem : outputs);
  const environment = { SNOWFLAKE_ACCOUNT: "acme-prod", SNOWFLAKE_USER: "me", SNOWFLAKE_PRIVATE_KEY_PATH: "key.p8" };
  const parse = (args: string[], env: Record<string, string> = environment) => parseOptions(args, env, read);
  const where = ["--outputs", "o.json", "--component", "snowflake.files"];

  it("W14: pipes and role come from the stack's outputs, the sign-in from the environment", () => {
    const options = parse(["repair", ...where, "--table", "t"]);
    assert.deepEqual(options?.pipes, [pipe]);
    const { url, account, user, role } = options?.connection ?? assert.fail();
    assert.deepEqual(
      [url, account, user, role],
      ["https://acme-prod.snowflakecomputing.com", "ACME-PROD", "ME", "LOADER"],
    );
  });

  it("W14: what is wrong is told with what to give", () => {
    assert.throws(() => parse(["drain", ...where]), /expected pause or repair/);
    assert.throws(() => parse(["repair", ...where, "--table", "X"]), /no pipe; there are T/);
    assert.throws(() => parse(["repair", "--outputs", "o.json"]), /--component/);
    assert.throws(() => parse(["repair", ...where], {}), /SNOWFLAKE_ACCOUNT isn't set/);
    assert.equal(parse(["--help"]), undefined);
    assert.equal(parse(["repair", "--help"]), undefined);
  });
});

/** A Snowflake with one pipe: what is listed, what is in the table, and what a refresh does. */
class FakeSnowflake {
  readonly statements: string[] = [];
  readonly table: string[] = [];
  state = "RUNNING";
  private queue: string[] = [];

  constructor(
    readonly files: readonly string[],
    loaded: readonly string[],
    /** Files that Snowflake refuses. */
    readonly bad: readonly string[] = [],
    readonly modified = "Sat, 28 Feb 2026 12:00:00 GMT",
  ) {
    this.table.push(...loaded);
  }

  readonly sql = async (statement: string) => {
    this.statements.push(statement);
    const refresh = /REFRESH PREFIX = '(.*)'$/.exec(statement);
    if (refresh !== null) {
      const prefix = `t/${refresh[1]?.replaceAll("''", "'")}`;
      this.queue.push(...this.files.filter((file) => file.startsWith(prefix)));
      return [];
    }
    if (statement.startsWith("LIST")) {
      return this.files.map((file) => ({ name: `s3gov://bucket/${file}`, last_modified: this.modified }));
    }
    if (statement.includes("DISTINCT")) return [...new Set(this.table)].map((NAME) => ({ NAME }));
    if (statement.includes("DOUBLED")) {
      const doubled = new Set(this.table.filter((file, i) => this.table.indexOf(file) !== i));
      return [{ DOUBLED: String(doubled.size) }];
    }
    if (statement.includes("SYSTEM$PIPE_STATUS")) {
      const [next] = this.queue;
      if (next !== undefined && !this.bad.includes(next)) this.table.push(next);
      this.queue = this.queue.slice(1);
      return [{ STATUS: JSON.stringify({ executionState: this.state, pendingFileCount: this.queue.length }) }];
    }
    if (statement.includes("PAUSED = TRUE")) this.state = "PAUSED";
    if (statement.includes("PAUSED = FALSE")) this.state = "RUNNING";
    return [];
  };

  readonly printed: string[] = [];
  readonly ports = {
    sql: this.sql,
    print: (line: string) => void this.printed.push(line),
    now: () => now,
    wait: async () => undefined,
  };
}

const pipe: Pipe = { pipe: '"R"."S"."T_PIPE"', stage: '"R"."S"."T_STAGE"', table: '"R"."S"."T"', prefix: "t/" };

describe("snowflake:pipes", () => {
  it("W14: pause stops the pipe and waits until it says so", async () => {
    const fake = new FakeSnowflake([], []);
    let looks = 0;
    const sql = async (statement: string) => {
      const rows = await fake.sql(statement);
      const isLoading = statement.includes("PIPE_STATUS") && ++looks <= 3;
      return isLoading ? [{ STATUS: '{"executionState":"RUNNING","pendingFileCount":1}' }] : rows;
    };
    await pausePipes([pipe], { ...fake.ports, sql });
    assert.deepEqual([fake.state, looks], ["PAUSED", 4]);
    assert.match(fake.printed.join(), /T_PIPE" is paused/);
  });

  it("W14: repair loads exactly what is missing, resumes the pipe, and ends with everything there once", async () => {
    const fake = new FakeSnowflake(["t/a.csv", "t/b's.csv", "t/c.csv"], ["t/a.csv"]);
    fake.state = "PAUSED";
    const repair = await repairPipe(pipe, fake.ports);
    assert.deepEqual(repair, { refreshed: ["t/b's.csv", "t/c.csv"], missing: [], doubled: 0 });
    assert.equal(fake.state, "RUNNING");
    assert.deepEqual([...fake.table].sort(), ["t/a.csv", "t/b's.csv", "t/c.csv"]);
  });

  it("W14: whatever was loaded before, each file is there once afterwards; a second repair does nothing", async () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,6}\.csv$/);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { maxLength: 30 }),
        fc.infiniteStream(fc.boolean()),
        async (names, coin) => {
          const files = names.map((each) => `t/${each}`);
          const fake = new FakeSnowflake(
            files,
            files.filter(() => coin.next().value),
          );
          await repairPipe(pipe, fake.ports);
          assert.deepEqual([...fake.table].sort(), [...files].sort());
          assert.deepEqual((await repairPipe(pipe, fake.ports)).refreshed, []);
        },
      ),
    );
  });

  it("W14: a missing file whose name begins a loaded one's isn't refreshed, which would load that one again", async () => {
    const fake = new FakeSnowflake(["t/a.csv", "t/a.csv.gz"], ["t/a.csv.gz"]);
    const repair = await repairPipe(pipe, fake.ports);
    assert.deepEqual(repair, { refreshed: [], missing: ["t/a.csv"], doubled: 0 });
    assert.match(fake.printed.join(), /a\.csv\.gz.*would be loaded again.*COPY INTO with FILES/);
  });

  it("W14: files older than REFRESH takes aren't touched", async () => {
    const fake = new FakeSnowflake(["t/a.csv"], [], [], "Sat, 21 Feb 2026 12:00:00 GMT");
    assert.deepEqual((await repairPipe(pipe, fake.ports)).refreshed, []);
  });

  it("W14: what Snowflake refuses, and rows that are there twice, are told, and the command ends with 1", async () => {
    const fake = new FakeSnowflake(["t/a.csv", "t/b.csv"], ["t/a.csv", "t/a.csv"], ["t/b.csv"]);
    const options = { action: "repair" as const, pipes: [pipe], connection };
    assert.equal(await run(options, fake.ports), false);
    const told = fake.printed.join("\n");
    assert.match(told, /1 files are still not in .*COPY_HISTORY says why:\n {2}t\/b\.csv/);
    assert.ok(told.includes(withoutDoubles(pipe)));
    const whole = new FakeSnowflake(["t/a.csv"], []);
    assert.equal(await run(options, whole.ports), true);
  });

  it("W14: a pipe that has stopped for good is an error, not a wait", async () => {
    const fake = new FakeSnowflake(["t/a.csv"], []);
    const sql = async (statement: string) =>
      statement.includes("PIPE_STATUS")
        ? [{ STATUS: '{"executionState":"STOPPED_STAGE_DROPPED","pendingFileCount":0}' }]
        : fake.sql(statement);
    await assert.rejects(repairPipe(pipe, { ...fake.ports, sql }), /STOPPED_STAGE_DROPPED.*pulumi up/);
  });
});

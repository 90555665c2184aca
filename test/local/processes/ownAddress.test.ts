import assert from "node:assert/strict";
import { type IncomingHttpHeaders, request } from "node:http";
import { type FivetranServer, startFivetranApi } from "../../../local/fivetran";
import { type Services, startServices } from "../../../local/processes/services";
import { ensureServiceTools } from "../../../local/setup/ensureTools";
import { type SourceApi, startSourceApi } from "../../../local/source-api";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** With headers that fetch wouldn't send. */
function send(url: string, method: string, headers: Record<string, string> = {}, body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on("error", reject);
    sent.end(method === "POST" ? body : "");
  });
}

describe("Who the local services answer", () => {
  let services: Services;
  let fivetran: FivetranServer;
  let source: SourceApi;

  before(async function () {
    this.timeout(300_000);
    services = await startServices({ tools: await ensureServiceTools(), logSuffix: "own-address-test" });
    fivetran = await startFivetranApi({ groups: {} });
    source = await startSourceApi({ rows: 1 });
  });
  after(async () => {
    await Promise.all([services?.stop(), fivetran?.stop(), source?.stop()]);
  });

  const basic = `Basic ${Buffer.from("local-key:local-secret").toString("base64")}`;
  const signed =
    "AWS4-HMAC-SHA256 Credential=test/20261127/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0";
  /** Requests that are answered when they come from a program. */
  const requests = (): [name: string, url: string, method: string, headers: Record<string, string>][] => [
    ["the local AWS", `${services.aws.endpoint}/_local/health`, "GET", {}],
    ["a service of the local AWS", `${services.aws.endpoint}/?Action=ListQueues`, "GET", { authorization: signed }],
    ["a function of the local AWS", `${services.aws.endpoint}/2015-03-31/functions/`, "OPTIONS", {}],
    ["the local Snowflake", `${services.snowflake.endpoint}/_local/health`, "GET", {}],
    ["the local Snowflake's session", `${services.snowflake.endpoint}/telemetry/send`, "POST", {}],
    ["the local Fivetran", `${fivetran.url}/v1/groups`, "GET", { authorization: basic }],
    ["the connectors' source", `${source.url}/oauth/token`, "POST", {}],
  ];
  const tokenBody = '{"client_id":"local-client","client_secret":"local/client+secret=1"}';

  it("S7: a program that calls them by their own address is answered, and no page is allowed anything", async () => {
    for (const [name, url, method, headers] of requests()) {
      const answer = await send(url, method, headers, tokenBody);
      assert.equal(answer.status, 200, `${name}: ${answer.status} ${answer.body}`);
      const allowed = Object.keys(answer.headers).filter((header) => header.startsWith("access-control-"));
      assert.deepEqual(allowed, [], name);
    }
  });

  const strangers: readonly (readonly [what: string, headers: (url: URL) => Record<string, string>])[] = [
    ["a page of another site", () => ({ origin: "https://example.com" })],
    ["a page of the service itself", (url) => ({ origin: url.origin })],
    ["a page in a sandbox", () => ({ origin: "null" })],
    ["an image of a page, for which browsers send no Origin", () => ({ "sec-fetch-site": "cross-site" })],
    ["a name that leads to the loopback address", ({ port }) => ({ host: `evil.example:${port}` })],
    ["the host's usual name", ({ port }) => ({ host: `localhost:${port}` })],
    ["the address without its port", () => ({ host: "127.0.0.1" })],
    ["a bucket's host", ({ port }) => ({ host: `bucket.s3.127.0.0.1:${port}` })],
  ];
  for (const [what, more] of strangers) {
    it(`S7: 403 for ${what}`, async () => {
      for (const [name, url, method, headers] of requests()) {
        const answer = await send(url, method, { ...headers, ...more(new URL(url)) }, tokenBody);
        assert.equal(answer.status, 403, `${name}: ${answer.status} ${answer.body}`);
        assert.match(answer.body, /only 127\.0\.0\.1:\d+ is answered|pages of browsers aren't answered/, name);
      }
    });
  }

  it("S7: a build's files are taken from the project only", async () => {
    const refused: readonly object[] = [
      { context: "/etc" },
      { context: `${process.cwd()}/../..` },
      { context: process.cwd(), dockerfile: "/etc/passwd" },
      { context: `${process.cwd()}/local/../../../etc` },
    ];
    for (const body of refused) {
      const answer = await send(
        `${services.aws.endpoint}/_local/images`,
        "POST",
        {},
        JSON.stringify({ uri: "x", ...body }),
      );
      assert.equal(answer.status, 400, answer.body);
      assert.match(answer.body, /is outside of .*; only files of the project are taken/);
    }
  });

  it("S7: statements reach no file and no address", async () => {
    const run = (sql: string, place = {}) =>
      send(`${services.snowflake.endpoint}/_local/sql`, "POST", {}, JSON.stringify({ sql, ...place }));
    assert.equal((await run("CREATE DATABASE PLACE")).status, 200);
    for (const statement of [
      "SELECT * FROM read_text('/etc/hostname')",
      "SELECT * FROM '/etc/hostname.csv'",
      "CREATE TABLE T AS SELECT * FROM read_csv_auto('/etc/hostname')",
      "SELECT * FROM read_csv_auto('http://127.0.0.1:1/x.csv')",
    ]) {
      const answer = await run(statement, { database: "PLACE", schema: "PUBLIC" });
      assert.equal(answer.status, 400, `${statement}: ${answer.body}`);
      assert.match(answer.body, /disabled (by|through) configuration/, statement);
    }
  });
});

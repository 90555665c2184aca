import assert from "node:assert/strict";
import fc from "fast-check";
import { FivetranApiError } from "../../../../functions/shared/fivetran/errors";
import { redact, retryAfterMs } from "../../../../functions/shared/fivetran/http";
import { type ApiServer, apiServer, CREDENTIALS, type Received } from "./apiServer";

const BASIC = `Basic ${Buffer.from(`${CREDENTIALS.apiKey}:${CREDENTIALS.apiSecret}`).toString("base64")}`;

describe("Fivetran API client", () => {
  let server: ApiServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  }

  /** Pages by `limit` and `cursor`; the cursor is where the next page begins. */
  function pages(count: number): (request: Received) => { json: unknown } {
    return ({ query }) => {
      const from = Number(query.get("cursor") ?? 0);
      const to = from + Number(query.get("limit"));
      const items = Array.from({ length: count }, (_, i) => ({ id: `c${i}` })).slice(from, to);
      return { json: { code: "Success", data: { items, ...(to < count ? { next_cursor: String(to) } : {}) } } };
    };
  }

  it("O2: 200 connections in five pages are listed by the current endpoint, each once", async () => {
    server = await apiServer(pages(200));
    const found = await collect(server.client({ pageSize: 40 }).client.listConnections("a group/1"));
    assert.equal(new Set(found.map(({ id }) => id)).size, 200);
    assert.equal(found.length, 200);
    assert.equal(server.received.length, 5);
    const [first, second] = server.received;
    assert.equal(first?.path, "/v1/groups/a%20group%2F1/connections");
    assert.equal(first?.query.get("cursor"), null);
    assert.equal(second?.query.get("cursor"), "40");
    assert.equal(first?.headers.accept, "application/json;version=2");
    assert.equal(first?.headers.authorization, BASIC);
  });

  it("O2: whatever the number of connections and the size of a page, each is listed once and in order", async () => {
    let count = 0;
    server = await apiServer((request) => pages(count)(request));
    const { client } = server.client();
    const sizes = fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 25 }), async (n, pageSize) => {
      count = n;
      const sized = (server as ApiServer).client({ pageSize }).client;
      const ids = (await collect(sized.listConnections("g"))).map(({ id }) => id);
      assert.deepEqual(
        ids,
        Array.from({ length: n }, (_, i) => `c${i}`),
      );
    });
    await fc.assert(sizes, { numRuns: 25 });
    assert.ok(client);
  });

  it("O2: a server that names the same page for ever is told from a long list", async () => {
    server = await apiServer(() => ({ json: { data: { items: [{ id: "c" }], next_cursor: "x" } } }));
    await assert.rejects(collect(server.client().client.listConnections("g")), /the same page was named twice/);
    assert.equal(server.received.length, 2);
  });

  it("O10: on 429 the client waits as long as Retry-After says, then goes on", async () => {
    server = await apiServer((_, count) =>
      count === 1 ? { status: 429, headers: { "retry-after": "7" } } : { json: { data: { id: "c" } } },
    );
    const { client, waits } = server.client();
    assert.equal((await client.getConnection("c")).id, "c");
    assert.deepEqual(waits, [7_000]);
  });

  it("O10: a Retry-After beyond the function's time ends at once as FivetranThrottled, saying when", async () => {
    server = await apiServer(() => ({ status: 429, headers: { "retry-after": "3600" } }));
    const { client, waits } = server.client({ remainingMs: () => 60_000 });
    await assert.rejects(client.getConnection("c"), { name: "FivetranThrottled", status: 429, message: /3600 s/ });
    assert.deepEqual([waits, server.received.length], [[], 1]);
  });

  it("O10: 500s are tried again with back-off and full jitter, six times at most, then FivetranApiError", async () => {
    server = await apiServer(() => ({ status: 503, text: "<html>no</html>" }));
    const { client, waits } = server.client({ random: () => 1 });
    const problem = {
      name: "FivetranApiError",
      status: 503,
      message: /GET \/v1\/connections\/c: HTTP 503 \(6 attempts\)/,
    };
    await assert.rejects(client.getConnection("c"), problem);
    assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000]);
    assert.equal(server.received.length, 6);
  });

  it("O10: no wait goes beyond the function's remaining time", async () => {
    let left = 9_000;
    server = await apiServer(() => ({ status: 500 }));
    const { client, waits } = server.client({
      random: () => 1,
      remainingMs: () => left,
      sleep: async (ms) => {
        left -= ms;
        waits.push(ms);
      },
    });
    await assert.rejects(client.getConnection("c"), { name: "FivetranApiError" });
    assert.deepEqual(waits, [500, 1_000, 2_000]);
  });

  it("O10: an answer that doesn't come in time is asked for again", async () => {
    server = await apiServer((_, count) => (count === 1 ? { hang: true } : { json: { data: { id: "c" } } }));
    const { client, waits } = server.client({ timeoutMs: 50 });
    assert.equal((await client.getConnection("c")).id, "c");
    assert.equal(waits.length, 1);
  });

  it("O10: a connection that breaks is tried again; one that always does is a FivetranApiError", async () => {
    server = await apiServer((_, count) => (count === 1 ? { drop: true } : { json: { data: { id: "c" } } }));
    assert.equal((await server.client().client.getConnection("c")).id, "c");
    await server.close();
    const { client, waits } = server.client({ attempts: 2 });
    await assert.rejects(client.getConnection("c"), { name: "FivetranApiError", status: undefined });
    assert.equal(waits.length, 1);
  });

  it("O10: 401 reads the key anew once, as after a rotation; refused again it is FivetranUnauthorized", async () => {
    const renewals: boolean[] = [];
    const credentials = async (renew: boolean) => {
      renewals.push(renew);
      return renew ? { apiKey: "new", apiSecret: "newer" } : CREDENTIALS;
    };
    server = await apiServer(({ headers }) =>
      headers.authorization === BASIC ? { status: 401 } : { json: { data: { id: "c" } } },
    );
    assert.equal((await server.client({ credentials }).client.getConnection("c")).id, "c");
    assert.deepEqual(renewals, [false, true]);
    const refused = server.client({ credentials: async () => CREDENTIALS });
    await assert.rejects(refused.client.getConnection("c"), { name: "FivetranUnauthorized", message: /apiKey/ });
    assert.deepEqual(refused.waits, []);
  });

  for (const [status, name] of [
    [403, "FivetranUnauthorized"],
    [404, "FivetranNotFound"],
    [400, "FivetranApiError"],
  ] as const) {
    it(`O10: ${status} isn't tried again, it is ${name} with the API's words`, async () => {
      server = await apiServer(() => ({ status, json: { code: "Refused", message: "because" } }));
      const expected = { name, status, message: /HTTP \d+ Refused: because/ };
      await assert.rejects(server.client().client.getConnection("c"), expected);
      assert.equal(server.received.length, 1);
    });
  }

  it("O10: an answer that isn't what the API documents is an error, not an empty result", async () => {
    server = await apiServer(({ path }) => (path.includes("groups") ? { json: { data: {} } } : { text: "<html>" }));
    const { client } = server.client();
    await assert.rejects(collect(client.listConnections("g")), {
      name: "FivetranApiError",
      message: /data\.items isn't a list/,
    });
    await assert.rejects(client.getConnection("c"), { name: "FivetranApiError", message: /isn't JSON/ });
    assert.equal(server.received.length, 2);
  });

  it("O10: a redirect isn't followed: the key goes to the API only", async () => {
    server = await apiServer(({ path }) =>
      path === "/elsewhere" ? { json: { data: {} } } : { status: 307, headers: { location: "/elsewhere" } },
    );
    await assert.rejects(server.client({ attempts: 1 }).client.getConnection("c"), FivetranApiError);
    assert.deepEqual(
      server.received.map(({ path }) => path),
      ["/v1/connections/c"],
    );
  });

  it("O10: neither the key nor its secret stands in errors or logs, even where the answer repeats them", async () => {
    const { apiKey, apiSecret } = CREDENTIALS;
    const lines: string[] = [];
    server = await apiServer(() => ({ status: 500, json: { code: apiKey, message: `${apiSecret} ${BASIC}` } }));
    const log = { warn: (...line: unknown[]) => lines.push(JSON.stringify(line)) };
    const { client } = server.client({ attempts: 2, log });
    const error: unknown = await client.getConnection("c").catch((refused: unknown) => refused);
    assert.ok(error instanceof FivetranApiError);
    const told = [error.message, error.stack, ...lines].join("\n");
    assert.equal(lines.length, 1);
    assert.match(told, /\[redacted\]: \[redacted\] Basic \[redacted\]/);
    for (const secret of [apiKey, apiSecret, BASIC.slice(6)]) assert.ok(!told.includes(secret), secret);
  });

  it("O10: redaction leaves nothing of any key, also where one lies within another", () => {
    const secret = fc.string({ minLength: 4, maxLength: 12, unit: fc.constantFrom("a", "b", "c") });
    const text = fc.array(fc.oneof(secret, fc.constant(" ")), { maxLength: 8 });
    fc.assert(
      fc.property(secret, secret, text, (apiKey, apiSecret, words) => {
        const redacted = redact([apiKey, ...words, apiSecret].join(""), { apiKey, apiSecret });
        assert.ok(!redacted.includes(apiKey) && !redacted.includes(apiSecret), redacted);
      }),
    );
  });

  it("O10: Retry-After is a number of seconds or a date; anything else counts as none", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    assert.equal(retryAfterMs("1.5", now), 1_500);
    assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:00:09 GMT", now), 9_000);
    assert.equal(retryAfterMs("Thu, 01 Jan 2025 00:00:09 GMT", now), 0);
    for (const header of [null, "", "soon", "-5"]) assert.equal(retryAfterMs(header, now), undefined, String(header));
  });

  it("O3: a sync is asked for without stopping one at work; settings are changed without set-up tests", async () => {
    server = await apiServer(() => ({ json: { code: "Success", message: "Operation performed." } }));
    const { client } = server.client();
    await client.syncConnection("c/1");
    await client.syncConnection("c", true);
    await client.modifyConnection("c", { paused: false, schedule_type: "manual" });
    assert.deepEqual(
      server.received.map(({ method, path, body }) => [method, path, body]),
      [
        ["POST", "/v1/connections/c%2F1/sync", { force: false }],
        ["POST", "/v1/connections/c/sync", { force: true }],
        ["PATCH", "/v1/connections/c", { paused: false, schedule_type: "manual", run_setup_tests: false }],
      ],
    );
  });
});

import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort } from "../../../../local/processes/freePort";
import { fetchJson, localFetch, UnreachableError } from "../../../../local/processes/localFetch";
import { causesOf } from "../../../../local/setup/causes";

describe("Requests to the local services", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  /** Cuts the first requests off without an answer. */
  async function service(cutOff: number, port = 0) {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.headers.connection}`);
      if (seen.length <= cutOff) request.socket.destroy();
      else response.end('{"ok":true}');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  }

  it("S6: a request whose connection broke is repeated, each on a connection of its own", async () => {
    const { seen, url } = await service(2);
    assert.deepEqual(await fetchJson(url), { ok: true });
    assert.deepEqual(seen, ["GET close", "GET close", "GET close"]);
  });

  it("S6: what may have been done isn't done again, unless twice is as good as once", async () => {
    const first = await service(1);
    await assert.rejects(localFetch(first.url, { method: "POST", body: 1 }), UnreachableError);
    assert.deepEqual(first.seen, ["POST close"]);
    const second = await service(1);
    const answer = await localFetch(second.url, { method: "POST", body: 1, isRepeatable: true });
    assert.equal(answer.status, 200);
  });

  it("S6: a service that takes connections only later is waited for, whatever the request", async () => {
    const port = await freePort();
    const answer = fetchJson(`http://127.0.0.1:${port}/`, { method: "POST", body: {} });
    const { seen } = await service(0, port);
    assert.deepEqual(await answer, { ok: true });
    assert.equal(seen.length, 1);
  });

  it("S13: a service that can't be reached is told with address and cause", async () => {
    const port = await freePort();
    await assert.rejects(localFetch(`http://127.0.0.1:${port}/x`), {
      message: new RegExp(`^GET http://127.0.0.1:${port}/x, tried 6 times: fetch failed: connect ECONNREFUSED`),
    });
  });

  it("S13: causes are told once each, and those of several attempts beside each other", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED ::1:9"), { code: "ECONNREFUSED" });
    const both = new AggregateError([refused, new Error("connect ECONNREFUSED 127.0.0.1:9")]);
    const failed = new TypeError("fetch failed", { cause: both });
    assert.equal(
      causesOf(new Error("the sync", { cause: failed })),
      "the sync: fetch failed: connect ECONNREFUSED ::1:9, connect ECONNREFUSED 127.0.0.1:9",
    );
    assert.equal(causesOf(new Error("outer: inner", { cause: new Error("inner") })), "outer: inner");
    assert.equal(causesOf("text"), "text");
  });
});

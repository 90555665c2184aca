/** The local Fivetran API, called by the client and checked by the signature test that the functions use. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isSigned } from "../../../../functions/fivetran-dbt-orchestration/webhook/signature";
import { FivetranClient } from "../../../../functions/shared/fivetran/client";
import {
  type FivetranOptions,
  type FivetranServer,
  startFivetranApi,
  type WebhookPayload,
} from "../../../../local/fivetran";

const secret = "webhook secret";
const wanted = ["sync_start", "sync_end"];

describe("The local Fivetran API", () => {
  let api: FivetranServer | undefined;
  let receiver: Server;
  let hookUrl: string;
  /** What the webhook's endpoint got. */
  let received: { payload: WebhookPayload; signed: boolean; upper: boolean }[];
  let answers: number[];

  beforeEach(async () => {
    received = [];
    answers = [];
    receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      const signature = request.headers["x-fivetran-signature-256"];
      const headers = { "x-fivetran-signature-256": Array.isArray(signature) ? signature[0] : signature };
      received.push({
        payload: JSON.parse(body) as WebhookPayload,
        signed: isSigned({ headers, body }, secret),
        upper: signature === String(signature).toUpperCase(),
      });
      response.writeHead(answers.shift() ?? 200).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  });

  afterEach(async () => {
    await api?.stop();
    api = undefined;
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  });

  async function start(options: Partial<FivetranOptions>): Promise<{ server: FivetranServer; client: FivetranClient }> {
    const server = await startFivetranApi({ groups: { g: [{ id: "a" }] }, syncMs: 20, ...options });
    api = server;
    return { server, client: clientOf(server) };
  }

  function clientOf(server: FivetranServer, apiSecret = server.apiSecret, attempts = 3): FivetranClient {
    const { url, apiKey } = server;
    return new FivetranClient({
      url,
      pageSize: 40,
      attempts,
      sleep: async () => undefined,
      credentials: async () => ({ apiKey, apiSecret }),
    });
  }

  const hook = { active: true, secret, events: wanted };

  async function ends(count: number): Promise<WebhookPayload[]> {
    for (let tries = 0; tries < 2_000; tries++) {
      const found = received.map(({ payload }) => payload).filter(({ event }) => event === "sync_end");
      if (found.length >= count) return found;
      await sleep(10);
    }
    throw new Error(`fewer than ${count} ends: ${JSON.stringify(received)}`);
  }

  it("O2: 200 connections come in five pages", async () => {
    const connections = Array.from({ length: 200 }, (_, index) => ({ id: `c${index}` }));
    const { server, client } = await start({ groups: { g: connections, other: [{ id: "x" }] } });
    const ids: string[] = [];
    for await (const { id } of client.listConnections("g")) ids.push(id);
    assert.deepEqual(
      ids,
      connections.map(({ id }) => id),
    );
    assert.equal(server.requests.length, 5);
    assert.ok(server.requests.every(({ accept }) => accept === "application/json;version=2"));
  });

  it("O2: a page can be smaller than what was asked for", async () => {
    const connections = Array.from({ length: 7 }, (_, index) => ({ id: `c${index}` }));
    const { server, client } = await start({ groups: { g: connections }, pageSize: 3 });
    const ids: string[] = [];
    for await (const { id } of client.listConnections("g")) ids.push(id);
    assert.equal(ids.length, 7);
    assert.equal(server.requests.length, 3);
  });

  it("O10: a wrong key is refused, an unknown connection isn't found", async () => {
    const { server, client } = await start({});
    await assert.rejects(clientOf(server, "wrong").getConnection("a"), { name: "FivetranUnauthorized" });
    await assert.rejects(client.getConnection("b"), { name: "FivetranNotFound" });
  });

  it("O5: a sync takes its time, then a signed webhook says how it ended", async () => {
    const { server, client } = await start({ syncMs: 80 });
    await client.createWebhook("g", { ...hook, url: hookUrl });
    await client.syncConnection("a");
    assert.equal((await client.getConnection("a")).status?.sync_state, "syncing");
    const [end] = await ends(1);
    assert.deepEqual([end?.connector_id, end?.destination_group_id, end?.data], ["a", "g", { status: "SUCCESSFUL" }]);
    assert.ok(received.every(({ signed, upper }) => signed && upper));
    assert.deepEqual(
      received.map(({ payload }) => payload.event),
      ["test_event", "sync_start", "sync_end"],
    );
    const { succeeded_at, status } = await client.getConnection("a");
    assert.ok(Date.parse(succeeded_at ?? "") <= Date.parse(end?.created ?? ""));
    assert.equal(status?.sync_state, "scheduled");
    assert.equal(server.deliveries.length, 2);
  });

  it("O4: a sync at work isn't started again, unless it is forced", async () => {
    const endless = { id: "a", syncing: true, historical: true, syncMs: 3_600_000 };
    const { server, client } = await start({ groups: { g: [endless] } });
    await client.createWebhook("g", { ...hook, url: hookUrl });
    assert.equal((await client.getConnection("a")).status?.is_historical_sync, true);
    await client.syncConnection("a");
    server.configure("a", { syncMs: 20 });
    await client.syncConnection("a", true);
    await ends(1);
    assert.deepEqual(
      received.map(({ payload }) => payload.event),
      ["test_event", "sync_start", "sync_end"],
    );
  });

  it("O4: a failure with a task breaks the connection, a paused one isn't synced", async () => {
    const outcomes = [{ status: "FAILURE_WITH_TASK" as const, reason: "Sign in again" }];
    const { client } = await start({
      groups: {
        g: [
          { id: "a", outcomes },
          { id: "p", paused: true },
        ],
      },
    });
    await client.createWebhook("g", { ...hook, url: hookUrl });
    await client.syncConnection("a");
    const [end] = await ends(1);
    assert.deepEqual(end?.data, { status: "FAILURE_WITH_TASK", reason: "Sign in again" });
    const { status, failed_at } = await client.getConnection("a");
    assert.deepEqual([status?.setup_state, status?.tasks?.[0]?.message], ["broken", "Sign in again"]);
    assert.ok(failed_at);
    await assert.rejects(client.syncConnection("p"), { name: "FivetranApiError" });
    await client.modifyConnection("p", { paused: false, schedule_type: "manual" });
    await client.syncConnection("p");
    assert.equal((await ends(2))[1]?.connector_id, "p");
  });

  it("O4: a sync that is rescheduled twice goes on by itself when Fivetran schedules it, else when it is triggered", async () => {
    const put = { status: "RESCHEDULED" as const, milliseconds: 40 };
    const outcomes = [put, put];
    const groups = {
      g: [
        { id: "auto", outcomes },
        { id: "manual", outcomes, scheduleType: "manual" as const },
      ],
    };
    const { client } = await start({ groups });
    await client.createWebhook("g", { ...hook, url: hookUrl });
    await client.syncConnection("manual");
    await ends(1);
    const { status } = await client.getConnection("manual");
    assert.equal(status?.sync_state, "rescheduled");
    assert.match(status?.rescheduled_for ?? "", /^\d{4}-\d\d-\d\dT.*Z$/);
    await client.syncConnection("auto");
    const ended = await ends(4);
    assert.deepEqual(
      ended.map(({ connector_id, data }) => `${connector_id} ${data?.status}`),
      ["manual RESCHEDULED", "auto RESCHEDULED", "auto RESCHEDULED", "auto SUCCESSFUL"],
    );
  });

  it("O3, O7: webhooks early, twice, late, forged, of another group, or none", async () => {
    const modes = ["early", "twice", "late", "forged", "otherGroup", "none"] as const;
    const groups = { g: modes.map((webhook) => ({ id: webhook, webhook, webhookDelayMs: 600 })) };
    const { client } = await start({ groups });
    await client.createWebhook("g", { ...hook, url: hookUrl, events: ["sync_end"] });
    await client.syncConnection("early");
    assert.equal((await ends(1)).length, 1, "before the call was answered");
    for (const mode of modes.slice(1)) await client.syncConnection(mode);
    await sleep(120);
    assert.equal(received.filter(({ payload }) => payload.connector_id === "late").length, 0);
    const ended = await ends(6);
    const counted = (id: string) => ended.filter(({ connector_id }) => connector_id === id).length;
    assert.deepEqual(modes.map(counted), [1, 2, 1, 1, 1, 0]);
    assert.deepEqual(
      received.filter(({ signed }) => !signed).map(({ payload }) => payload.connector_id),
      ["forged"],
    );
    assert.equal(
      ended.find(({ connector_id }) => connector_id === "otherGroup")?.destination_group_id,
      "another_group",
    );
  });

  it("O5: a webhook that isn't answered by 2xx is sent again", async () => {
    const { server, client } = await start({ webhookRetry: { attempts: 3, retryMs: 10 } });
    await client.createWebhook("g", { ...hook, url: hookUrl, events: ["sync_end"] });
    answers = [500, 502];
    await client.syncConnection("a");
    await ends(3);
    await sleep(20);
    assert.deepEqual(
      server.deliveries.map(({ status, attempts }) => [status, attempts]),
      [[200, 3]],
    );
  });

  it("O5: a webhook whose address refuses the test event isn't made; a test event can be asked for", async () => {
    const { client } = await start({});
    answers = [500];
    await assert.rejects(client.createWebhook("g", { ...hook, url: hookUrl }), { name: "FivetranApiError" });
    const { id } = await client.createWebhook(undefined, { ...hook, url: hookUrl });
    assert.deepEqual(await client.testWebhook(id, "sync_end"), { succeed: true, status: 200, message: "OK" });
    assert.equal(received.at(-1)?.payload.connector_id, "_connector_1");
  });

  it("O10: faults for a while and for ever, Retry-After, and the rate limit", async () => {
    const { server, client } = await start({ rateLimit: { requests: 6, windowMs: 400 } });
    server.setFaults([
      { match: /GET .*\/connections\/a/, count: 1, status: 429, retryAfterSeconds: 1 },
      { match: /GET .*\/connections\/a/, count: 1, kind: "reset" },
    ]);
    assert.equal((await client.getConnection("a")).id, "a");
    assert.deepEqual(
      server.requests.map(({ status }) => status),
      [429, 0, 200],
    );
    server.setFaults([{ status: 500 }]);
    await assert.rejects(client.getConnection("a"), { name: "FivetranApiError" });
    server.setFaults([{ kind: "garbage", count: 1 }]);
    await assert.rejects(client.getConnection("a"), { name: "FivetranApiError" });
    server.setFaults([]);
    await sleep(450);
    const once = clientOf(server, undefined, 1);
    for (let request = 0; request < 6; request++) await once.getConnection("a");
    await assert.rejects(once.getConnection("a"), { name: "FivetranThrottled" });
  });

  it("O4: what a sync does may fail, and then the sync fails", async () => {
    const done: string[] = [];
    const { client } = await start({
      onSync: async ({ connectionId }) => {
        if (done.push(connectionId) === 2) throw new Error("no such file");
      },
    });
    await client.createWebhook("g", { ...hook, url: hookUrl });
    await client.syncConnection("a");
    await ends(1);
    await client.syncConnection("a");
    assert.deepEqual((await ends(2))[1]?.data, { status: "FAILURE", reason: "no such file" });
  });
});

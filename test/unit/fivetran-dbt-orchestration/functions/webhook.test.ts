import assert from "node:assert/strict";
import { EXECUTION, OTHER_EXECUTION } from "./fakes";
import { CREATED, payload, STORED, signed, webhookWorld } from "./webhookWorld";

const SYNC = "b4703f73-6315-4e22-8d7a-3bfb18b2fed2";
const LOG_URL = "https://fivetran.com/dashboard/connections/purr_rich/status";
const ABOUT = { connection_id: "purr_rich", sync_id: SYNC, log_url: LOG_URL };

describe("Webhook", () => {
  it("O5: SUCCESSFUL completes the wait with the sync's id and log link, and its token is gone", async () => {
    const { send, store, tasks, table, counts } = webhookWorld();
    await store();
    assert.deepEqual(await send(signed(payload())), { status: 200, effect: "completed", completed: 1 });
    assert.deepEqual(tasks.ended.get("t1"), { output: { ...ABOUT, status: "SUCCESSFUL" } });
    assert.deepEqual(table.keys(), [`purr_rich #webhook#${SYNC}#SUCCESSFUL`]);
    assert.deepEqual(counts.totals, { WaitsCompleted: 1 });
  });

  const failures = [
    ["FAILURE", undefined, "The sync failed"],
    ["FAILURE", "disk full", "The sync failed: disk full"],
    ["FAILURE_WITH_TASK", "sign in", "The sync failed, and Fivetran asks for something to be done: sign in"],
    ["failure", undefined, "The sync failed"],
    ["CANCELED", undefined, "The sync was cancelled in Fivetran"],
  ] as const;
  for (const [status, given, reason] of failures) {
    it(`O5: ${status}${given ? ` (${given})` : ""} fails the wait, with the reason and the log link as its cause`, async () => {
      const { send, store, tasks, waits } = webhookWorld();
      await store();
      await send(signed(payload({}, { status, reason: given })));
      assert.deepEqual(tasks.ended.get("t1"), { error: "FivetranSyncFailed", cause: { ...ABOUT, reason } });
      assert.deepEqual(await waits.waitsFor("purr_rich"), []);
    });
  }

  it("O4: RESCHEDULED completes the wait with that status, and the time where the webhook says it", async () => {
    const { send, store, tasks } = webhookWorld();
    await store();
    await send(signed(payload({}, { status: "RESCHEDULED", rescheduled_for: "2026-03-04T06:00:00Z" })));
    const expected = { ...ABOUT, status: "RESCHEDULED", rescheduled_for: "2026-03-04T06:00:00.000Z" };
    assert.deepEqual(tasks.ended.get("t1"), { output: expected });
    await store({ token: "t2", storedAt: CREATED });
    await send(signed(payload({ sync_id: "s2" }, { status: "RESCHEDULED" })));
    assert.deepEqual(tasks.ended.get("t2"), { output: { ...ABOUT, sync_id: "s2", status: "RESCHEDULED" } });
  });

  it("O16, O19: the sync that Fivetran begins by itself after it was put off is the execution's too, and starts none", async () => {
    const { send, store, waits, started } = webhookWorld({ startOn: ["purr_rich"] });
    await store();
    await send(signed(payload({}, { status: "RESCHEDULED" })));
    assert.equal((await waits.waitsFor("purr_rich")).length, 1, "the wait goes on, its task doesn't");
    assert.equal((await send(signed(payload({ sync_id: "s2" })))).effect, "completed");
    assert.deepEqual([started, await waits.waitsFor("purr_rich")], [[], []]);
    await send(signed(payload({ sync_id: "s3" })));
    assert.equal(started.length, 1, "the one after it is nobody's");
  });

  it("O5: a status that is new to us has no effect; the next look decides", async () => {
    const { send, store, tasks, waits } = webhookWorld();
    await store();
    const reply = await send(signed(payload({}, { status: "NO_STATUS" })));
    assert.deepEqual([reply.effect, tasks.ended.size], ["none", 0]);
    assert.equal((await waits.waitsFor("purr_rich")).length, 1);
  });

  it("O5: Fivetran's test event and events of other kinds are answered 200, without effect", async () => {
    const { send, store, tasks, table } = webhookWorld({ startOn: ["_connector_1", "purr_rich"] });
    await store();
    table.sent.length = 0;
    const test = {
      connector_id: "_connector_1",
      destination_group_id: "_projection_1",
      created: "2020-01-01T00:00:00Z",
    };
    const reply = await send(signed(payload(test)));
    assert.deepEqual(reply, { status: 200, effect: "none", reason: "test event" });
    for (const body of [payload({ event: "sync_start" }), { event: "sync_end" }, [], "null", "7"]) {
      const { status, effect } = await send(signed(body));
      assert.deepEqual([status, effect], [200, "none"], JSON.stringify(body));
    }
    assert.deepEqual([tasks.ended.size, table.sent], [0, []]);
  });

  it("O5: signed but not JSON is 400: it isn't Fivetran's", async () => {
    assert.equal((await webhookWorld().send(signed("{"))).status, 400);
  });

  it("O5: an unknown connection and another group are answered 200, without effect", async () => {
    const { send, store, tasks, counts } = webhookWorld();
    await store();
    const unknown = await send(signed(payload({ connector_id: "unknown" })));
    assert.deepEqual(unknown, { status: 200, effect: "none", reason: "nobody waits" });
    const elsewhere = await send(signed(payload({ destination_group_id: "elsewhere" })));
    assert.deepEqual(elsewhere, { status: 200, effect: "none", reason: "another group" });
    assert.deepEqual([tasks.ended.size, counts.totals], [0, { WebhooksIgnored: 2 }]);
  });

  it("O3: two executions that wait for the same sync are both completed", async () => {
    const { send, store, tasks } = webhookWorld();
    await store();
    await store({ execution: OTHER_EXECUTION, token: "t2" });
    assert.equal((await send(signed(payload()))).completed, 2);
    assert.deepEqual([...tasks.ended.keys()].sort(), ["t1", "t2"]);
  });

  it("O3: a late webhook, of a sync that ended before the token was stored, completes nothing", async () => {
    const { send, store, tasks, waits, started } = webhookWorld({ startOn: ["purr_rich"] });
    await store({ storedAt: "2026-03-04T05:05:37.001Z" });
    const reply = await send(signed(payload()));
    assert.deepEqual(reply, { status: 200, effect: "none", reason: "older than every wait" });
    assert.deepEqual([tasks.ended.size, (await waits.waitsFor("purr_rich")).length, started.length], [0, 1, 0]);
    // A webhook of the sync that was waited for still does.
    await send(signed(payload({ sync_id: "s2", created: "2026-03-04T05:06:00.000Z" })));
    assert.equal(tasks.ended.size, 1);
  });

  it("O3: a token stored in the very millisecond of the webhook is completed by it", async () => {
    const { send, store, tasks } = webhookWorld();
    await store({ storedAt: CREATED });
    await send(signed(payload()));
    assert.equal(tasks.ended.size, 1);
  });

  it("O7: the same webhook twice completes once, one after the other and at once", async () => {
    const { send, store, tasks } = webhookWorld();
    await store();
    await send(signed(payload()));
    await store({ token: "t2" });
    assert.deepEqual(await send(signed(payload())), { status: 200, effect: "none", reason: "dealt with before" });
    assert.deepEqual([...tasks.ended.keys()], ["t1"]);

    const both = webhookWorld({ startOn: ["purr_rich"] });
    await both.store();
    await Promise.all([both.send(signed(payload())), both.send(signed(payload()))]);
    assert.deepEqual([both.tasks.ended.size, both.started.length], [1, 0]);
    assert.deepEqual(await both.waits.waitsFor("purr_rich"), []);
  });

  it("O7: replayed after Fivetran's own retries are over, or from the future: no effect", async () => {
    const { send, store, tasks, clock } = webhookWorld();
    await store();
    assert.equal((await send(signed(payload({ created: "2026-03-04T05:22:00.000Z" })))).reason, "from the future");
    clock.advance(25 * 60 * 60 * 1000);
    assert.equal((await send(signed(payload()))).reason, "older than Fivetran would send it");
    assert.equal(tasks.ended.size, 0);
    clock.advance(-60_000);
    assert.equal((await send(signed(payload()))).effect, "completed");
  });

  it("O8: a task that is over is no fault, and its token is removed", async () => {
    const { send, store, waits } = webhookWorld({ tokens: [] });
    await store();
    assert.deepEqual(await send(signed(payload())), { status: 200, effect: "completed", completed: 1 });
    assert.deepEqual(await waits.waitsFor("purr_rich"), []);
  });

  it("O3: a delivery that breaks off is taken up by Fivetran's next one", async () => {
    const { send, store, tasks, waits } = webhookWorld();
    await store();
    await store({ execution: OTHER_EXECUTION, token: "t2" });
    tasks.fault = new Error("Step Functions is down");
    await assert.rejects(send(signed(payload())), /is down/);
    assert.equal((await send(signed(payload()))).completed, 2);
    assert.deepEqual([tasks.ended.size, await waits.waitsFor("purr_rich")], [2, []]);
  });

  it("O3: a wait that another sync has taken isn't completed again", async () => {
    const { send, store, tasks, waits } = webhookWorld();
    await store();
    const [wait] = await waits.waitsFor("purr_rich");
    assert.ok(wait);
    await waits.take(wait, "another");
    assert.equal((await send(signed(payload()))).effect, "none");
    assert.deepEqual([tasks.ended.size, wait.execution, wait.storedAt], [0, EXECUTION, STORED]);
  });
});

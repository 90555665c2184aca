import assert from "node:assert/strict";
import {
  parsePollRequest,
  pollConnection,
} from "../../../../functions/fivetran-dbt-orchestration/poll-connection/pollConnection";
import { parseSyncRequest } from "../../../../functions/fivetran-dbt-orchestration/sync-connection/request";
import { syncConnection } from "../../../../functions/fivetran-dbt-orchestration/sync-connection/syncConnection";
import type { Connection } from "../../../../functions/shared/fivetran/types";
import { connection, EXECUTION } from "./fakes";
import { payload, signed, webhookWorld } from "./webhookWorld";

const EVENT = { group_id: "group", connection_id: "purr_rich", execution: EXECUTION, on_paused: "skip" };
const SINCE = "2026-03-04T05:06:00.000Z";

/** The three functions over one table. What the API does on a sync is told; every call takes a second. */
function together(onSync: (world: ReturnType<typeof webhookWorld>) => Promise<unknown>) {
  const world = webhookWorld({ startOn: ["purr_rich"] });
  const api = { state: connection() as Connection };
  const second = (): void => world.clock.advance(1_000);
  const fivetran = {
    getConnection: async () => {
      second();
      return api.state;
    },
    syncConnection: async () => {
      second();
      await onSync(world);
    },
    modifyConnection: async () => second(),
  };
  const ports = { ...world.ports, fivetran, waits: world.waits };
  return {
    ...world,
    api,
    sync: (mode: "trigger" | "wait", attempt: number, task_token: string) =>
      syncConnection(parseSyncRequest({ ...EVENT, mode, attempt, task_token, since: SINCE }), ports),
    poll: () =>
      pollConnection(parsePollRequest({ connection_id: "purr_rich", execution: EXECUTION, since: SINCE }), ports),
    webhook: (sync_id = "s1") =>
      world.send(signed(payload({ sync_id, created: world.clock.now().toISOString() }, { status: "SUCCESSFUL" }))),
  };
}

describe("Sync, webhook and poll together", () => {
  it("O3: a webhook that comes before the triggering call has answered completes the wait", async () => {
    const all = together(({ send, clock }) => send(signed(payload({ created: clock.now().toISOString() }))));
    assert.equal(await all.sync("trigger", 1, "t1"), "triggered");
    assert.deepEqual([...all.tasks.ended.keys()], ["t1"]);
    assert.deepEqual([await all.waits.waitsFor("purr_rich"), all.started], [[], []]);
  });

  it("O8: a webhook lost between poll and new token is made up for as the token is stored", async () => {
    const all = together(async () => undefined);
    await all.sync("trigger", 1, "t1");
    all.api.state = connection({}, { sync_state: "syncing" });
    assert.equal((await all.poll()).status, "SYNCING");
    assert.equal((await all.webhook()).reason, "nobody waits");
    all.api.state = connection({ succeeded_at: all.clock.now().toISOString() });
    assert.equal(await all.sync("wait", 2, "t2"), "ended");
    assert.deepEqual([...all.tasks.ended.keys()], ["t2"]);
    assert.deepEqual([await all.waits.waitsFor("purr_rich"), all.started], [[], []]);
  });

  it("O8: without any webhook the poll ends the wait; one that comes after all does nothing", async () => {
    const all = together(async () => undefined);
    await all.sync("trigger", 1, "t1");
    all.api.state = connection({ succeeded_at: all.clock.now().toISOString() });
    const late = all.clock.now().toISOString();
    assert.equal((await all.poll()).status, "SUCCESSFUL");
    all.clock.advance(3_600_000);
    const reply = await all.send(signed(payload({ created: late })));
    assert.deepEqual([reply.reason, all.tasks.ended.size, all.started], ["nobody waits", 0, []]);
    assert.deepEqual(await all.waits.waitsFor("purr_rich"), []);
  });

  it("O8: a renewed wait is completed by the sync's webhook", async () => {
    const all = together(async () => undefined);
    await all.sync("trigger", 1, "t1");
    all.api.state = connection({}, { sync_state: "syncing" });
    await all.poll();
    assert.equal(await all.sync("wait", 2, "t2"), "waiting");
    assert.equal((await all.webhook()).effect, "completed");
    assert.deepEqual([...all.tasks.ended.keys()], ["t2"]);
  });
});

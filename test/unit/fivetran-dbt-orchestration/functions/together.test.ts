import assert from "node:assert/strict";
import {
  parseSyncRequest,
  syncConnection,
} from "../../../../functions/fivetran-dbt-orchestration/sync-connection/syncConnection";
import type { Connection } from "../../../../functions/shared/fivetran/types";
import { connection, EXECUTION, OTHER_EXECUTION } from "./fakes";
import { payload, signed, webhookWorld } from "./webhookWorld";

const EVENT = { connection_id: "purr_rich", on_paused: "skip", since: "2026-03-04T05:06:00.000Z" };

/** Both functions over one table. What the API does on a sync is told; every call takes a second. */
function together(onSync: (world: ReturnType<typeof webhookWorld>) => Promise<unknown> = async () => undefined) {
  const world = webhookWorld({ startOn: ["purr_rich"] });
  const api = { state: connection() as Connection, syncs: 0 };
  const second = (): void => world.clock.advance(1_000);
  const fivetran = {
    getConnection: async () => {
      second();
      return api.state;
    },
    syncConnection: async () => {
      second();
      api.syncs += 1;
      await onSync(world);
    },
    modifyConnection: async () => second(),
  };
  const ports = { ...world.ports, fivetran, waits: world.waits };
  return {
    ...world,
    api,
    sync: (task_token: string, execution = EXECUTION) =>
      syncConnection(
        parseSyncRequest({ ...EVENT, execution, task_token, asked_at: world.clock.now().toISOString() }),
        ports,
      ),
    /** The sync ends now, by the API. */
    end: () => {
      api.state = connection({ succeeded_at: world.clock.now().toISOString() });
    },
    webhook: (sync_id = "s1") =>
      world.send(signed(payload({ sync_id, created: world.clock.now().toISOString() }, { status: "SUCCESSFUL" }))),
  };
}

describe("Sync and webhook together", () => {
  it("O3: a webhook that comes before the triggering call has answered completes the wait", async () => {
    const all = together(({ send, clock }) => send(signed(payload({ created: clock.now().toISOString() }))));
    assert.equal(await all.sync("t1"), "triggered");
    assert.deepEqual([...all.tasks.ended.keys()], ["t1"]);
    assert.deepEqual([await all.waits.waitsFor("purr_rich"), all.started], [[], []]);
  });

  it("O8, O15: a webhook that came between two tokens is made up for by the look that comes with the second", async () => {
    const all = together();
    await all.sync("t1");
    // The state machine has given up on t1 and hasn't called again.
    all.tasks.ended.set("t1", {});
    all.end();
    assert.equal((await all.webhook()).effect, "completed");
    assert.equal(await all.sync("t2"), "ended");
    assert.deepEqual([...all.tasks.ended.keys()], ["t1", "t2"]);
    assert.deepEqual([all.started, all.api.syncs, all.counts.totals.StuckWaits], [[], 1, undefined]);
  });

  it("O8, O15, O19: without any webhook the next look ends the wait; one that comes after all does nothing", async () => {
    const all = together();
    await all.sync("t1");
    all.end();
    const late = all.clock.now().toISOString();
    all.clock.advance(900_000);
    assert.equal(await all.sync("t2"), "ended");
    assert.equal(all.counts.totals.StuckWaits, 1);
    all.clock.advance(3_600_000);
    const reply = await all.send(signed(payload({ created: late })));
    assert.deepEqual([reply.reason, [...all.tasks.ended.keys()], all.started], ["its end was seen before", ["t2"], []]);
    all.clock.advance(-3_000_000);
    assert.equal((await all.webhook("s2")).effect, "started", "the next sync is nobody's");
  });

  it("O8: a renewed wait is completed by the sync's webhook, and the sync at work isn't triggered again", async () => {
    const all = together();
    await all.sync("t1");
    all.api.state = connection({}, { sync_state: "syncing" });
    assert.equal(await all.sync("t2"), "waiting");
    assert.equal((await all.webhook()).effect, "completed");
    assert.deepEqual([[...all.tasks.ended.keys()], all.api.syncs], [["t2"], 1]);
  });

  it("O16: a sync that somebody stopped in Fivetran is begun again at the next look", async () => {
    const all = together();
    await all.sync("t1");
    all.api.state = connection({}, { sync_state: "syncing" });
    await all.sync("t2");
    all.api.state = connection();
    assert.equal(await all.sync("t3"), "triggered");
    assert.equal(all.api.syncs, 2);
    assert.equal((await all.webhook()).completed, 1);
    assert.deepEqual([...all.tasks.ended.keys()], ["t3"]);
  });

  it("O19: the syncs of a stopped execution start no other, and the next execution isn't disturbed by what it left", async () => {
    const all = together();
    await all.sync("t1");
    all.api.state = connection({}, { sync_state: "syncing" });
    // Stopped: nobody calls again, its token is dead.
    all.tasks.ended.set("t1", {});
    assert.equal(await all.sync("t2", OTHER_EXECUTION), "waiting");
    all.end();
    assert.equal((await all.webhook()).completed, 2);
    assert.deepEqual([all.started, await all.waits.waitsFor("purr_rich")], [[], []]);
    all.clock.advance(60_000);
    assert.equal((await all.webhook("s2")).effect, "started", "Fivetran's own, an hour later");
  });
});

import assert from "node:assert/strict";
import {
  parseSyncRequest,
  syncConnection,
} from "../../../../functions/fivetran-dbt-orchestration/sync-connection/syncConnection";
import { FivetranApiError } from "../../../../functions/shared/fivetran/errors";
import type { Connection } from "../../../../functions/shared/fivetran/types";
import { Clock, Counts, connection, EXECUTION, FakeLog, FakeTasks, NOW } from "./fakes";
import { memoryWaits } from "./memoryTable";

const EVENT = {
  connection_id: "purr_rich",
  execution: EXECUTION,
  since: "2026-03-04T05:00:00Z",
  asked_at: NOW,
  on_paused: "skip",
  task_token: "the-token",
};

/** Everything that an invocation does, with a connection in a state. */
function world(state: Connection | Error, { syncFault }: { readonly syncFault?: Error } = {}) {
  const { table, waits } = memoryWaits();
  const tasks = new FakeTasks(new Set(["the-token"]));
  const counts = new Counts();
  const log = new FakeLog();
  const steps: string[] = [];
  /** What was stored when a call to the API came. */
  const call = (name: string, fault?: Error): void => {
    steps.push(`${name} with ${table.items.size} stored`);
    if (fault !== undefined) throw fault;
  };
  const fivetran = {
    getConnection: async () => {
      call("get", state instanceof Error ? state : undefined);
      return state as Connection;
    },
    syncConnection: async (_: string, force = false) => call(`sync force=${force}`, syncFault),
    modifyConnection: async (_: string, change: object) => call(`modify ${JSON.stringify(change)}`),
  };
  const ports = { fivetran, waits, tasks, log, count: counts.count, now: new Clock().now };
  const run = (given: object = {}) => syncConnection(parseSyncRequest({ ...EVENT, ...given }), ports);
  return { run, table, waits, tasks, counts, steps, log };
}

describe("Sync connection", () => {
  it("O3: the token is stored before the sync is triggered, so that a webhook at once isn't lost", async () => {
    const { run, steps, waits, tasks, counts } = world(connection());
    assert.equal(await run(), "triggered");
    assert.deepEqual(steps, ["get with 1 stored", "sync force=false with 1 stored"]);
    const wait = { connectionId: "purr_rich", execution: EXECUTION, token: "the-token", askedAt: NOW, storedAt: NOW };
    const waiting = { state: "waiting", syncId: undefined, until: undefined };
    assert.deepEqual(await waits.waitsFor("purr_rich"), [{ ...wait, ...waiting }]);
    assert.equal(tasks.ended.size, 0);
    assert.deepEqual(counts.totals, { SyncsTriggered: 1 });
  });

  it("O4: a sync at work is waited for, and neither triggered nor stopped", async () => {
    const { run, steps, table, counts } = world(connection({}, { sync_state: "syncing" }));
    assert.equal(await run(), "waiting");
    assert.deepEqual([steps, table.items.size, counts.totals], [["get with 1 stored"], 1, {}]);
  });

  it("O4: paused and to be resumed: resumed first, then triggered", async () => {
    const { run, steps } = world(connection({ paused: true }));
    assert.equal(await run({ on_paused: "resume" }), "triggered");
    assert.deepEqual(steps.slice(1), ['modify {"paused":false} with 1 stored', "sync force=false with 1 stored"]);
  });

  it("O4: the schedule is set before the sync, where it is another", async () => {
    const { run, steps } = world(connection({ schedule_type: "auto" }));
    await run({ schedule_type: "manual" });
    assert.deepEqual(steps[1], 'modify {"schedule_type":"manual"} with 1 stored');
    const same = world(connection({ schedule_type: "manual" }));
    await same.run({ schedule_type: "manual" });
    assert.equal(same.steps.length, 2);
  });

  const ends: readonly (readonly [string, Connection, object, object])[] = [
    [
      "paused: SKIPPED",
      connection({ paused: true }),
      {},
      { output: { status: "SKIPPED", reason: "The connection is paused in Fivetran." } },
    ],
    ["paused: failed", connection({ paused: true }), { on_paused: "fail" }, { error: "FivetranConnectionPaused" }],
    ["broken", connection({}, { setup_state: "broken" }), {}, { error: "FivetranConnectionBroken" }],
    ["incomplete", connection({}, { setup_state: "incomplete" }), {}, { error: "FivetranSetupIncomplete" }],
  ];
  for (const [name, state, given, expected] of ends) {
    it(`O4 O8: ${name}: the task ends at once, no token stays behind, nothing is triggered`, async () => {
      const { run, tasks, table, steps } = world(state);
      assert.equal(await run(given), "ended");
      const about = { connection_id: "purr_rich" };
      const ended = tasks.ended.get("the-token");
      if ("output" in expected) assert.deepEqual(ended, { output: { ...about, ...(expected.output as object) } });
      else {
        assert.deepEqual(Object.keys(ended?.cause as object).sort(), ["connection_id", "log_url", "reason"]);
        assert.deepEqual({ error: ended?.error }, expected);
      }
      assert.deepEqual([table.items.size, steps], [0, ["get with 1 stored"]]);
    });
  }

  it("O4, O19: put off: the task ends with the time; the sync that Fivetran begins by itself then is still the execution's", async () => {
    const putOff = connection({}, { sync_state: "rescheduled", rescheduled_for: "2026-03-04T06:00:00Z" });
    const { run, tasks, steps, waits } = world(putOff);
    assert.equal(await run(), "ended");
    assert.deepEqual(tasks.ended.get("the-token"), {
      output: {
        connection_id: "purr_rich",
        status: "RESCHEDULED",
        rescheduled_for: "2026-03-04T06:00:00.000Z",
        reason: "Fivetran has put the sync off, most often because the source's request limit is used up.",
      },
    });
    assert.deepEqual(steps, ["get with 1 stored"]);
    assert.equal((await waits.waitsFor("purr_rich"))[0]?.state, "waiting");
  });

  it("O10: an API that refuses fails the invocation under its own name, and no token stays behind", async () => {
    const fault = new FivetranApiError("gave up", { status: 403 });
    const reading = world(new FivetranApiError("no answer"));
    await assert.rejects(reading.run(), { name: "FivetranApiError" });
    const triggering = world(connection(), { syncFault: fault });
    await assert.rejects(triggering.run(), { name: "FivetranApiError" });
    assert.deepEqual([reading.table.items.size, triggering.table.items.size, triggering.counts.totals], [0, 0, {}]);
  });

  it("O19: where the API doesn't say whether it has begun a sync, its webhook finds that it was this execution's", async () => {
    for (const fault of [new FivetranApiError("no answer"), new FivetranApiError("down", { status: 503 })]) {
      const { run, waits } = world(connection(), { syncFault: fault });
      await assert.rejects(run(), { name: "FivetranApiError" });
      assert.equal((await waits.waitsFor("purr_rich"))[0]?.state, "waiting");
    }
  });

  it("O3: an invocation overtaken by its own retry does nothing", async () => {
    const { run, waits, steps } = world(connection());
    const later = { connectionId: "purr_rich", execution: EXECUTION, token: "t2" };
    await waits.store({ ...later, askedAt: "2026-03-04T05:06:09.000Z", storedAt: "2026-03-04T05:06:09.000Z" });
    assert.equal(await run(), "overtaken");
    assert.deepEqual(steps, []);
  });

  it("O8, O15: a sync that ended before its token was there, or whose webhook is lost, ends the task by the look", async () => {
    const succeeded = world(connection({ succeeded_at: "2026-03-04T05:05:00Z" }));
    assert.equal(await succeeded.run(), "ended");
    const output = { connection_id: "purr_rich", status: "SUCCESSFUL" };
    assert.deepEqual(succeeded.tasks.ended.get("the-token"), { output });
    const failed = world(connection({ failed_at: "2026-03-04T05:05:00Z" }));
    assert.equal(await failed.run(), "ended");
    assert.equal(failed.tasks.ended.get("the-token")?.error, "FivetranSyncFailed");
    for (const { steps, waits } of [succeeded, failed]) {
      assert.deepEqual(steps, ["get with 1 stored"]);
      const [wait] = await waits.waitsFor("purr_rich");
      assert.deepEqual([wait?.state, wait?.until], ["over", "2026-03-04T05:08:07.000Z"]);
    }
  });

  it("O13: a sync that has ended counts as stuck where the token before was still waiting for its webhook", async () => {
    const { run, counts } = world(connection({ succeeded_at: "2026-03-04T05:05:00Z" }));
    await run();
    assert.deepEqual(counts.totals, {}, "the first look waits for no webhook");
    const before = {
      connectionId: "purr_rich",
      execution: EXECUTION,
      token: "t0",
      askedAt: "2026-03-04T05:01:00.000Z",
      storedAt: "2026-03-04T05:01:00.000Z",
    };
    const lost = world(connection({ succeeded_at: "2026-03-04T05:05:00Z" }));
    await lost.waits.store(before);
    await lost.run();
    assert.deepEqual(lost.counts.totals, { StuckWaits: 1 });
  });

  it("O16: a connection that is idle at a later look is triggered again, as one that was put off without a time", async () => {
    for (const status of [{ sync_state: "scheduled" }, { sync_state: "rescheduled" }]) {
      const { run, waits, steps } = world(connection({}, status));
      const storedAt = "2026-03-04T05:01:00.000Z";
      await waits.store({ connectionId: "purr_rich", execution: EXECUTION, token: "t0", askedAt: storedAt, storedAt });
      assert.equal(await run(), "triggered");
      assert.equal(steps.at(-1), "sync force=false with 1 stored");
    }
  });

  it("O3: the task token stands in no log line", async () => {
    const { run, log } = world(connection({ paused: true }));
    await run();
    assert.ok(log.lines.length > 0);
    assert.ok(!log.lines.join("\n").includes("the-token"));
  });

  it("O3: an event of another form is an InputError naming the member; a token's value isn't repeated", () => {
    const { task_token: _, ...withoutToken } = EVENT;
    const wrong: readonly (readonly [object, RegExp])[] = [
      [withoutToken, /task_token is of another form/],
      [{ ...EVENT, task_token: 7 }, /task_token is of another form, expected a text/],
      [{ ...EVENT, on_paused: "both" }, /on_paused is "both", expected one of skip, fail, resume/],
      [{ ...EVENT, since: "soon" }, /since is "soon", expected a time/],
    ];
    for (const [event, message] of wrong) {
      assert.throws(() => parseSyncRequest(event), { name: "InputError", message });
    }
    for (const event of [null, [], "text"]) assert.throws(() => parseSyncRequest(event), { name: "InputError" });
    assert.equal(parseSyncRequest(EVENT).scheduleType, undefined);
  });
});

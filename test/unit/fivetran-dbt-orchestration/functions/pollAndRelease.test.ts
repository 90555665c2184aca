import assert from "node:assert/strict";
import {
  parsePollRequest,
  pollConnection,
} from "../../../../functions/fivetran-dbt-orchestration/poll-connection/pollConnection";
import { releaseWaits } from "../../../../functions/fivetran-dbt-orchestration/release-waits/releaseWaits";
import type { Connection } from "../../../../functions/shared/fivetran/types";
import { Clock, Counts, connection, EXECUTION, FakeLog, NOW, OTHER_EXECUTION } from "./fakes";
import { memoryWaits } from "./memoryTable";

const EVENT = { connection_id: "purr_rich", execution: EXECUTION, since: "2026-03-04T05:00:00.000Z" };
const LOG_URL = "https://fivetran.com/dashboard/connections/purr_rich/status";
const AFTER = "2026-03-04T05:03:00.000Z";

async function world(state: Connection | Error) {
  const { table, waits } = memoryWaits();
  const wait = { connectionId: "purr_rich", execution: EXECUTION, attempt: 1, token: "t", storedAt: NOW };
  await waits.store(wait);
  await waits.store({ ...wait, attempt: 2 });
  await waits.store({ ...wait, execution: OTHER_EXECUTION });
  const getConnection = async (): Promise<Connection> => {
    if (state instanceof Error) throw state;
    return state;
  };
  const counts = new Counts();
  const ports = { fivetran: { getConnection }, waits, log: new FakeLog(), count: counts.count, now: new Clock().now };
  return { poll: () => pollConnection(parsePollRequest(EVENT), ports), table, waits, counts };
}

describe("Poll connection", () => {
  it("O8: a sync that ended without a webhook is answered by what the API says, and counted", async () => {
    const { poll, counts } = await world(connection({ succeeded_at: AFTER }));
    assert.deepEqual(await poll(), { connection_id: "purr_rich", status: "SUCCESSFUL", log_url: LOG_URL });
    assert.deepEqual(counts.totals, { StuckWaits: 1 });
  });

  it("O8: failed, rescheduled, paused and still at work are answered as they are", async () => {
    const failed = await world(connection({ failed_at: AFTER }, { tasks: [{ message: "Sign in." }] }));
    const expected = { status: "FAILED", reason: "The sync failed: Sign in." };
    assert.deepEqual(await failed.poll(), { connection_id: "purr_rich", ...expected, log_url: LOG_URL });
    const later = "2026-03-04T06:00:00.000Z";
    const rescheduled = await world(connection({}, { sync_state: "rescheduled", rescheduled_for: later }));
    assert.equal((await rescheduled.poll()).rescheduled_for, later);
    assert.equal((await (await world(connection({ paused: true }))).poll()).status, "PAUSED");
    const atWork = await world(connection({}, { sync_state: "syncing" }));
    assert.equal((await atWork.poll()).status, "SYNCING");
    assert.deepEqual([rescheduled.counts.totals, atWork.counts.totals], [{}, {}]);
  });

  it("O8: the execution's dead tokens are gone, also when the API doesn't answer; others' stay", async () => {
    const refused = Object.assign(new Error("gave up"), { name: "FivetranApiError" });
    for (const state of [connection(), refused]) {
      const { poll, waits } = await world(state);
      await poll().catch((error: Error) => assert.equal(error.name, "FivetranApiError"));
      assert.deepEqual(
        (await waits.waitsFor("purr_rich")).map(({ execution }) => execution),
        [OTHER_EXECUTION],
      );
    }
  });

  it("O6: noted before the tokens are removed, so that a webhook in between starts no execution", async () => {
    const { poll, table, waits } = await world(connection({}, { sync_state: "syncing" }));
    table.sent.length = 0;
    await poll();
    assert.equal(table.sent[0], "PutItem");
    assert.equal(await waits.polledAt("purr_rich"), "2026-03-04T05:08:07.000Z");
  });
});

describe("Release waits", () => {
  async function release(event: unknown) {
    const { table, waits } = memoryWaits();
    const wait = { connectionId: "c", execution: EXECUTION, attempt: 1, token: "t", storedAt: NOW };
    await waits.store(wait);
    await waits.store({ ...wait, execution: OTHER_EXECUTION });
    const counts = new Counts();
    const released = await releaseWaits(event, { waits, log: new FakeLog(), count: counts.count });
    return { released, left: table.keys(), totals: counts.totals };
  }

  for (const status of ["ABORTED", "TIMED_OUT", "FAILED", "SUCCEEDED"]) {
    it(`O8: an execution that is ${status} leaves no token behind`, async () => {
      const detail = { executionArn: EXECUTION, status };
      const { released, left, totals } = await release({ source: "aws.states", detail });
      assert.deepEqual(released, { execution: EXECUTION, waits: 1, lock: false });
      assert.deepEqual([left, totals], [[`c ${OTHER_EXECUTION}#1`], { WaitsReleased: 1 }]);
    });
  }

  it("O8: the execution itself may call it; one at work isn't touched by an event", async () => {
    assert.equal((await release({ execution: EXECUTION })).left.length, 1);
    for (const status of ["RUNNING", "PENDING_REDRIVE"]) {
      const { released, left } = await release({ detail: { executionArn: EXECUTION, status } });
      assert.deepEqual([released, left.length], [undefined, 2]);
    }
    await assert.rejects(release({ detail: { status: "FAILED" } }), { name: "InputError", message: /executionArn/ });
    await assert.rejects(release({}), { name: "InputError" });
  });
});

import assert from "node:assert/strict";
import { largeIds } from "./groups";
import { assertNothingLeft } from "./place";
import { assertSucceeded, states } from "./runs";
import { describeWorld } from "./world";

describeWorld("A large group", (here) => {
  it("O2, O9: 200 connections of five pages are synced by a distributed Map; with the quorum met one failure is told, no more", async () => {
    const { first } = await here().scenarios.large;
    assertSucceeded(first);
    assert.equal(here().outputs.large.mapMode, "distributed");
    const { connections, synced, failed = [], skipped } = first.output;
    assert.deepEqual([connections, synced, skipped], [200, 199, []]);
    assert.deepEqual(
      failed.map(({ connection_id, error }) => [connection_id, error]),
      [["c013", "FivetranSyncFailed"]],
    );
    assert.ok(states(first).includes("Notify"));
    assert.ok(first.history.length < 100, "the connections' events aren't the run's");
    await assertNothingLeft(here(), "large", first);
  });

  it("O2: the pages are those that Fivetran's cursors lead to", async () => {
    await here().scenarios.large;
    const asked = here().fivetran.requests.filter(({ path }) => path.startsWith("/v1/groups/large/connections"));
    assert.equal(new Set(asked.map(({ path }) => path)).size, 5);
    assert.ok(asked.every(({ status }) => status === 200));
  });

  it("O3, O4: each was triggered once, and the paused one was resumed before", async () => {
    const { queued } = await here().scenarios.large;
    assertSucceeded(queued);
    const { requests } = here().fivetran;
    const counts = new Map<string, number>();
    for (const { method, path } of requests) {
      const id = method === "POST" ? /^\/v1\/connections\/(c\d+)\/sync$/.exec(path)?.[1] : undefined;
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const expected = largeIds.map((id): [string, number] => [id, id === "c001" ? 2 : 1]);
    assert.deepEqual([...counts].sort(), expected, "c001 by the queued run too");
    const resumed = requests.filter(({ method }) => method === "PATCH").filter(({ path }) => /\/c\d+$/.test(path));
    assert.deepEqual(
      resumed.map(({ path }) => path),
      ["/v1/connections/c007"],
    );
    assert.equal(
      here()
        .fivetran.connections()
        .find(({ id }) => id === "c007")?.paused,
      false,
    );
  });
});

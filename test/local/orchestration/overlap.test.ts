import assert from "node:assert/strict";
import { assertNothingLeft } from "./place";
import { assertSucceeded, ends, states } from "./runs";
import { describeWorld } from "./world";

describeWorld("Two runs at once", (here) => {
  it("O12: skip: the second ends at once, says which run is under way, and takes nothing from it", async () => {
    const { whole, overlapping } = await here().scenarios.nightly;
    assert.deepEqual([overlapping.status, overlapping.output.status], ["SUCCEEDED", "SKIPPED"]);
    assert.match(overlapping.output.reason ?? "", new RegExp(`${whole.arn}$`));
    assert.ok(!states(overlapping).includes("List connections"));
    assertSucceeded(whole);
    await assertNothingLeft(here(), "nightly", overlapping);
  });

  it("O12: queue: the second waits for the first one's end, then runs", async () => {
    const { first, queued } = await here().scenarios.large;
    assert.ok(states(queued).includes("Wait for lock holder"));
    assertSucceeded(queued);
    const listed = queued.history.find(({ stateEnteredEventDetails: entered }) => entered?.name === "List connections");
    const released = first.history.find(({ stateExitedEventDetails: left }) => left?.name === "Release run lock");
    assert.ok(Number(listed?.timestamp) >= Number(released?.timestamp), "not before the lock was free");
    await assertNothingLeft(here(), "large", queued);
  });

  it("O3, O12: allow: two that wait for the same sync have a token each, and its one webhook ends both", async () => {
    const runs = await here().scenarios.sideBySide;
    for (const run of runs) {
      assertSucceeded(run);
      assert.deepEqual(ends(run), { slow: "SUCCESSFUL", paused: "SKIPPED" });
      assert.ok(!states(run).includes("Take run lock"));
      await assertNothingLeft(here(), "side", run);
    }
    const told = here().fivetran.deliveries.filter(({ payload }) => payload.connector_id === "slow");
    assert.deepEqual(
      told.map(({ payload, status }) => [payload.event, status]),
      [["sync_end", 200]],
      "one sync, of which the webhook hears the end alone",
    );
  });
});

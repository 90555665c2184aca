import assert from "node:assert/strict";
import { artifactsOf, assertNothingLeft, taskOf } from "./place";
import { assertSucceeded, eventually, looks, states } from "./runs";
import { describeWorld } from "./world";

describeWorld("An execution that is stopped in the middle", (here) => {
  it("O12, O15: while it waits for a sync: the next run takes over its lock, and its token stays for the webhook", async () => {
    const { stopped, left, whole } = await here().scenarios.nightly;
    assert.equal(stopped.status, "ABORTED");
    assert.ok(states(stopped).includes("Sync connection"));
    assert.deepEqual(left, { tokens: ["stuck"], locks: [stopped.arn] });
    assert.equal(states(whole).filter((state) => state === "Take run lock").length, 2);
    assert.ok(states(whole).includes("Describe lock holder"));
    assertSucceeded(whole);
    await assertNothingLeft(here(), "nightly", stopped, ["stuck"]);
  });

  it("O6, O19: a stopped run's own sync starts no other run; the sync that Fivetran begins after it does", async () => {
    const { stopped, started, names } = await here().scenarios.triggered;
    assert.equal(stopped.status, "ABORTED");
    assert.deepEqual(names, [started.name], "one sync of the two has started a run");
    assert.match(started.name, /^fivetran-/);
    assertSucceeded(started);
    assert.deepEqual([started.output.connections, started.output.synced], [1, 1]);
    assert.deepEqual(looks(started), [], "its own sync has started it");
    await assertNothingLeft(here(), "triggered", started);
    await assertNothingLeft(here(), "triggered", stopped);
  });

  it("O8, O11: while dbt runs: the task is stopped, dbt is interrupted, and its artifacts are handed in", async () => {
    const run = await here().scenarios.stoppedInDbt;
    assert.equal(run.status, "ABORTED");
    const task = await eventually("the task has stopped", async () => {
      const now = await taskOf(here(), "side", run.arn);
      return now?.lastStatus === "STOPPED" && now.containers?.[0]?.exitCode !== undefined ? now : undefined;
    });
    assert.equal(task.stopCode, "UserInitiated");
    assert.equal(task.containers?.[0]?.exitCode, 143);
    assert.equal((await artifactsOf(here(), "side", run)).summary.status, "stopped");
    await assertNothingLeft(here(), "side", run);
  });
});

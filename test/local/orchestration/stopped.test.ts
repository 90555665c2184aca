import assert from "node:assert/strict";
import { artifactsOf, assertNothingLeft, taskOf } from "./place";
import { assertSucceeded, eventually, states } from "./runs";
import { describeWorld } from "./world";

describeWorld("An execution that is stopped in the middle", (here) => {
  it("O8, O12: while it waits for a sync: the rule releases token and lock, and the next run takes place", async () => {
    const { stopped, released, whole } = await here().scenarios.nightly;
    assert.equal(stopped.status, "ABORTED");
    assert.ok(states(stopped).includes("Sync connection"));
    assert.ok(!states(stopped).includes("Release run lock"), "nobody but the rule has released anything");
    assert.ok(released, "the rule hasn't");
    await assertNothingLeft(here(), "nightly", stopped);
    assertSucceeded(whole);
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

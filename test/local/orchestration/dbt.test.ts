import assert from "node:assert/strict";
import { sql } from "../../../local/run/counts";
import { artifactsOf, assertNothingLeft, taskOf } from "./place";
import { assertSucceeded, type Run, states } from "./runs";
import { times } from "./stack";
import { describeWorld } from "./world";

describeWorld("dbt after the syncs", (here) => {
  it("O1, O11: the real dbt makes its models of what the syncs brought; its artifacts are in the bucket", async () => {
    const { whole } = await here().scenarios.nightly;
    assertSucceeded(whole);
    const { files, summary } = await artifactsOf(here(), "nightly", whole);
    assert.deepEqual(files, ["manifest.json", "run_results.json", "summary.json"]);
    assert.equal(summary.status, "succeeded");
    const count = 'SELECT SUM(AIRPORTS) AS N FROM "RAW"."MARTS"."AIRPORTS_BY_STATE"';
    const [row] = await sql(here().services.snowflake.endpoint, count);
    assert.equal(Number(row?.N), 3_376, "every airport that Fivetran brought");
  });

  it("O11: a model that fails twice fails the run, which names it; the artifacts of both tries are there", async () => {
    const run = await here().scenarios.dbtFails;
    assert.deepEqual([run.status, run.error], ["FAILED", "DbtFailed"]);
    assert.match(run.cause, /^dbt build --target fails, and dbt retry after it, ended as failed:$/m);
    assert.match(run.cause, /^model\.shop\.revenue: error Division by zero$/m);
    assert.ok(!run.cause.includes("model.shop.orders"), "the one that succeeded isn't named");
    assert.match(run.cause, new RegExp(`^Artifacts: s3://.*/runs/${run.name}/$`, "m"));
    const { files } = await artifactsOf(here(), "side", run);
    assert.deepEqual(files, ["manifest.json", "run_results.first.json", "run_results.json", "summary.json"]);
    assert.ok(states(run).includes("Notify"));
    await assertNothingLeft(here(), "side", run);
  });

  it("O11: a model that fails once and then succeeds is no failure", async () => {
    const run = await here().scenarios.dbtRecovers;
    assertSucceeded(run);
    const { files, summary } = await artifactsOf(here(), "side", run);
    assert.deepEqual(files, ["manifest.json", "run_results.first.json", "run_results.json", "summary.json"]);
    assert.deepEqual([summary.status, summary.retried], ["succeeded", true]);
    await assertNothingLeft(here(), "side", run);
  });

  it("O8, O11: a dbt that hangs is interrupted at its bound, and the run says so", async () => {
    const run = await here().scenarios.dbtHangs;
    assert.deepEqual([run.status, run.error], ["FAILED", "DbtTimedOut"], run.cause);
    const task = await taskOf(here(), "side", run.arn);
    assert.equal(task?.containers?.[0]?.exitCode, 124);
    assert.equal((await artifactsOf(here(), "side", run)).summary.status, "timed_out");
    const seconds = secondsIn("Run dbt", run);
    assert.ok(seconds >= times.dbt, `${seconds} s`);
    await assertNothingLeft(here(), "side", run);
  });

  function secondsIn(state: string, { history }: Run): number {
    const begun = history.find(({ stateEnteredEventDetails: entered }) => entered?.name === state)?.timestamp;
    const next = history.find(
      ({ stateEnteredEventDetails: entered }) => entered?.name === "Read dbt result",
    )?.timestamp;
    return (Number(next) - Number(begun)) / 1_000;
  }
});

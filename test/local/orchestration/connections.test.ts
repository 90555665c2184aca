import assert from "node:assert/strict";
import { assertNothingLeft } from "./place";
import { assertSucceeded, durations, ends, looks, type Run, states } from "./runs";
import { failing, succeeding } from "./scenarios";
import { times } from "./stack";
import { describeWorld } from "./world";

describeWorld("The states of connections", (here) => {
  const requests = (connection: string, method: string, status?: number) =>
    here().fivetran.requests.filter(
      (request) =>
        request.path.startsWith(`/v1/connections/${connection}`) &&
        request.method === method &&
        (status === undefined || request.status === status),
    );
  const syncsOf = (connection: string) => requests(connection, "POST", 200).length;

  it("O4: at work already, put off twice with and without a time in the webhook: each succeeds; a paused one is skipped", async () => {
    const run = await here().scenarios.states;
    assertSucceeded(run);
    const expected = Object.fromEntries(succeeding.map((id) => [id, "SUCCESSFUL"]));
    assert.deepEqual(ends(run), { ...expected, paused: "SKIPPED" });
    assert.deepEqual([run.output.synced, run.output.skipped], [succeeding.length, ["paused"]]);
    assert.equal(syncsOf("at_work"), 0, "its sync was waited for, none was triggered");
    assert.equal(syncsOf("put_off_twice"), 3);
    const untold = looks(run).filter((id) => id === "put_off_untold");
    assert.ok(untold.length >= 3, `after each of its two webhooks the API is asked until when: ${untold.length}`);
    assert.equal(syncsOf("paused"), 0);
    await assertNothingLeft(here(), "side", run);
  });

  it("O10: an API that answers 429 or 500 for a while is asked again, not before Retry-After has passed", async () => {
    await here().scenarios.states;
    for (const [connection, status] of [
      ["limited", 429],
      ["shaky", 500],
    ] as const) {
      const [first, second, third] = requests(connection, "GET");
      assert.deepEqual([first?.status, second?.status, third?.status], [status, status, 200], connection);
      assert.ok(Number(second?.at) - Number(first?.at) >= 990, "Retry-After is a second");
    }
  });

  it("O4: a paused connection fails where it is asked for, and dbt doesn't run", async () => {
    const { paused } = await here().scenarios.nightly;
    assert.equal(paused.status, "FAILED");
    assert.deepEqual(ends(paused), { asleep: "FivetranConnectionPaused" });
    assert.ok(!states(paused).includes("Run dbt"));
    assertNamed(paused, ["asleep"]);
    await assertNothingLeft(here(), "nightly", paused);
  });

  it("O4, O5, O9: broken, incomplete, failing with and without a task: all are named with their log links, people are told", async () => {
    const run = await here().scenarios.failures;
    assert.deepEqual([run.status, run.error], ["FAILED", "FivetranSyncFailed"]);
    assert.deepEqual(ends(run), {
      broken: "FivetranConnectionBroken",
      incomplete: "FivetranSetupIncomplete",
      failing: "FivetranSyncFailed",
      with_task: "FivetranSyncFailed",
      throttled: "FivetranThrottled",
      down: "FivetranApiError",
      put_off_for_ever: "FivetranRescheduledTooLate",
      steady: "SUCCESSFUL",
      paused: "SKIPPED",
    });
    assertNamed(run, failing);
    assert.match(run.cause, /with_task .*Sign in again/);
    assert.ok(states(run).includes("Notify"));
    assert.ok(!states(run).includes("Run dbt"));
    await assertNothingLeft(here(), "side", run, ["put_off_for_ever"]);
  });

  it("O8, O15: a sync that never ends is looked at again and again, and given up at its bound; one that failed unheard is found", async () => {
    const run = await here().scenarios.quietFailures;
    assert.deepEqual(ends(run), { hanging: "FivetranSyncTimeout", failing_silently: "FivetranSyncFailed" });
    assertNamed(run, ["hanging", "failing_silently"]);
    const { hanging = 0 } = durations(run);
    assert.ok(hanging >= times.sync, `${hanging} s`);
    assert.ok(looks(run).filter((id) => id === "hanging").length >= 2, "a new token was stored");
    // Past its time a connection has one look more at most, however much the machine has to do.
    assert.ok(hanging <= times.sync + (await longestLook(run)), `${hanging} s`);
    await assertNothingLeft(here(), "quiet", run, ["hanging"]);
  });

  it("O10: an API that refuses for ever fails the connection after the client's and the state's attempts", async () => {
    await here().scenarios.failures;
    assert.equal(requests("throttled", "GET", 429).length, 24);
    assert.equal(requests("down", "GET", 500).length, 24);
    assert.equal(syncsOf("down"), 0);
  });

  it("O2, O10: a list that Fivetran doesn't give ends the run at once, with what it answered; the next run gets over two refusals", async () => {
    const { listFails, whole } = await here().scenarios.nightly;
    assert.deepEqual([listFails.status, listFails.error], ["FAILED", "ListConnectionsFailed"]);
    assert.match(listFails.cause, /FivetranApiError.*HTTP 503.*6 attempts/);
    const answers = here()
      .fivetran.requests.filter(({ path }) => path.startsWith("/v1/groups/nightly/"))
      .map(({ status }) => status);
    assert.deepEqual(answers.slice(6, 10), [503, 503, 200, 200], "of stopped runs too");
    assertSucceeded(whole);
    await assertNothingLeft(here(), "nightly", listFails);
  });

  /** Seconds that the deployed definition allows a look, with the tries of one that the API refuses. */
  async function longestLook({ arn }: Run): Promise<number> {
    const { stateMachineArn } = await here().sfn.describeExecution({ executionArn: arn });
    const { definition = "" } = await here().sfn.describeStateMachine({ stateMachineArn });
    const { States } = JSON.parse(definition).States["Sync all connections in group"].ItemProcessor;
    return 4 * States["Sync connection"].TimeoutSeconds;
  }

  function assertNamed({ cause }: Run, connections: readonly string[]): void {
    const lines = cause.split("\n");
    for (const id of connections) {
      const link = `https://fivetran.com/dashboard/connections/${id}/status`;
      assert.ok(
        lines.some((line) => line.startsWith(`${id} Fivetran`) && line.endsWith(` ${link}`)),
        `${id} in: ${cause}`,
      );
    }
  }
});

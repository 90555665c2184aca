import assert from "node:assert/strict";
import { assertNothingLeft } from "./place";
import { asked, assertSucceeded, durations, ends, type Run, states } from "./runs";
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
    const expected = Object.fromEntries(succeeding.map((id) => [id, { status: "SUCCESSFUL" }]));
    assert.deepEqual(ends(run), { ...expected, paused: { status: "SKIPPED" } });
    assert.deepEqual([run.output.synced, run.output.skipped], [succeeding.length, ["paused"]]);
    assert.equal(syncsOf("at_work"), 0, "its sync was waited for, none was triggered");
    assert.equal(syncsOf("put_off_twice"), 3);
    assert.ok(asked(run, undefined).includes("put_off_untold"), "the API is asked until when");
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
    assert.deepEqual(ends(paused), { asleep: { status: "FAILED", error: "FivetranConnectionPaused" } });
    assert.ok(!states(paused).includes("Run dbt"));
    assertNamed(paused, ["asleep"]);
    await assertNothingLeft(here(), "nightly", paused);
  });

  it("O4, O5, O9: broken, incomplete, failing with and without a task or a webhook: all are named with their log links, people are told", async () => {
    const run = await here().scenarios.failures;
    assert.deepEqual([run.status, run.error], ["FAILED", "FivetranSyncFailed"]);
    const failed = (error: string) => ({ status: "FAILED", error });
    const late = (error: string) => ({ status: "TIMED_OUT", error });
    assert.deepEqual(ends(run), {
      broken: failed("FivetranConnectionBroken"),
      incomplete: failed("FivetranSetupIncomplete"),
      failing: failed("FivetranSyncFailed"),
      failing_silently: failed("FivetranSyncFailed"),
      with_task: failed("FivetranSyncFailed"),
      throttled: failed("FivetranThrottled"),
      down: failed("FivetranApiError"),
      hanging: late("FivetranSyncTimeout"),
      put_off_for_ever: late("FivetranRescheduledTooLate"),
      steady: { status: "SUCCESSFUL" },
      paused: { status: "SKIPPED" },
    });
    assertNamed(run, failing);
    assert.match(run.cause, /with_task .*Sign in again/);
    assert.ok(states(run).includes("Notify"));
    assert.ok(!states(run).includes("Run dbt"));
    await assertNothingLeft(here(), "side", run);
  });

  it("O8: a sync that never ends is asked about again and again, and given up at its bound", async () => {
    const run = await here().scenarios.failures;
    const { hanging = 0, ...others } = durations(run);
    assert.ok(hanging >= times.sync, `${hanging} s`);
    assert.ok(asked(run, "wait").includes("hanging"), "a new token was stored");
    assert.deepEqual(Object.keys(others).length, failing.length + 1);
    // Past its time a connection has one wait and one poll more at most, however much the machine has to do.
    const { wait, poll } = await bounds(run);
    for (const [id, seconds] of Object.entries({ hanging, ...others })) {
      assert.ok(seconds <= times.sync + wait + poll, `${id}: ${seconds} s`);
    }
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

  /** Seconds that the deployed definition allows a wait and a poll. */
  async function bounds({ arn }: Run): Promise<{ wait: number; poll: number }> {
    const { stateMachineArn } = await here().sfn.describeExecution({ executionArn: arn });
    const { definition = "" } = await here().sfn.describeStateMachine({ stateMachineArn });
    const { States } = JSON.parse(definition).States["Sync all connections in group"].ItemProcessor;
    return { wait: States["Wait for webhook"].TimeoutSeconds, poll: States["Poll connection"].TimeoutSeconds };
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

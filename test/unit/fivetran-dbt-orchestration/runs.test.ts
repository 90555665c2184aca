import assert from "node:assert/strict";
import { pollsUntil } from "../../../components/fivetran-dbt-orchestration/limits";
import type { FlowSettings } from "../../../components/fivetran-dbt-orchestration/settings";
import type { Json, States } from "../../../components/parts/asl/types";
import { type Answers, fault, idOf, inTurn, log, putOff, run, silence, synced } from "./run";
import { definitionOf } from "./settings";
import { Clock, type Ended } from "./simulate";

describe("a run of the orchestration", () => {
  it("O1, O15: lists, syncs each connection, then runs dbt, and lets go of the lock", async () => {
    const { status, output, visited, calls } = await run();
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(output, {
      status: "SUCCEEDED",
      connections: 3,
      synced: 3,
      skipped: [],
      failed: [],
      dbt: "SUCCEEDED",
    });
    assert.deepEqual(visited.slice(-4), ["Did all go well", "Release run lock", "How did the run end", "Done"]);
    const dbt = calls.find(({ state }) => state === "Run dbt")?.arguments;
    assert.deepEqual(dbt?.Overrides, {
      ContainerOverrides: [{ Name: "dbt", Command: ["build"], Environment: [{ Name: "RUN_ID", Value: "me" }] }],
    });
    assert.ok(!visited.includes("Notify"));
  });

  it("O15: three functions and twenty-five states do it all, and none is there that can't be reached", () => {
    const states = (scope: States): number =>
      Object.values(scope.States).reduce(
        (sum, state) => sum + 1 + (state.Type === "Map" ? states(state.ItemProcessor) : 0),
        0,
      );
    const count = (settings: Partial<FlowSettings>) => states(definitionOf(settings));
    assert.deepEqual(
      [count({ overlap: "skip" }), count({ overlap: "queue" }), count({ overlap: "allow" })],
      [25, 25, 19],
    );
    assert.equal(count({ maxReschedules: 0 }), 24);
    const called = JSON.stringify(definitionOf()).match(/function:[\w-]+/g);
    assert.deepEqual([...new Set(called)].sort(), ["function:list-connections", "function:sync-connection"]);
  });

  it("O3: the payload of a sync has the token, the execution and since when it is waited for", async () => {
    const { calls } = await run();
    const { arguments: given } = calls.find(({ state }) => state === "Sync connection") ?? assert.fail();
    assert.deepEqual(given.Payload, {
      connection_id: "one",
      on_paused: "skip",
      execution: "arn:aws:states:us-east-1:123456789012:execution:runs:me",
      since: "2026-05-01T05:00:00.000Z",
      asked_at: "2026-05-01T05:00:00.000Z",
      task_token: "token of Sync connection",
    });
  });

  it("O1: one connection and a command of the run's own stay lists", async () => {
    const one = () => ({ Payload: { connectors_list: ["one"] } });
    const input = { dbt_command: ["build", "--full-refresh"], include: ["one"] };
    const { output, calls } = await run({ "List connections": one }, {}, { input });
    assert.equal((output as Record<string, Json>).connections, 1);
    const list = calls.find(({ state }) => state === "List connections")?.arguments.Payload;
    assert.deepEqual(list, { group_id: "projected_sickle", include: ["one"], exclude: [], most: 50 });
    const dbt = JSON.stringify(calls.find(({ state }) => state === "Run dbt")?.arguments);
    assert.ok(dbt.includes('"Command":["build","--full-refresh"]'));
  });

  it("O8, O15, O16: without a webhook the function is called again with a new token, and ends the connection by what Fivetran says", async () => {
    const { status, output, visited } = await run({ "Sync connection": inTurn(silence(900), synced) });
    assert.equal(status, "SUCCEEDED");
    assert.equal((output as Record<string, Json>).synced, 3);
    assert.equal(visited.filter((name) => name === "Sync connection").length, 6);
  });

  it("O8: a sync that goes on is waited for again and again, and ends at its bound", async () => {
    const clock = new Clock();
    const begun = clock.now;
    const { status, error, cause, calls } = await run({ "Sync connection": silence(900) }, {}, { clock });
    assert.equal(status, "FAILED");
    assert.equal(error, "FivetranSyncFailed");
    assert.match(String(cause), new RegExp(`one FivetranSyncTimeout: no end within 21600 s ${log("one")}`));
    assert.ok(clock.now - begun <= 2 * 21_600_000, "the bound holds");
    const looks = calls.filter((call) => call.state === "Sync connection" && idOf(call) === "one");
    assert.equal(looks.length, pollsUntil(21_600, 900));
    const since = new Set(looks.map(({ arguments: { Payload } }) => (Payload as Record<string, Json>).since));
    assert.equal(since.size, 1, "a sync that ended while nothing was heard counts");
  });

  it("O8: a key that is refused ends the wait", async () => {
    const refused = () => fault("FivetranUnauthorized", { errorMessage: "401" });
    const { cause } = await run({ "Sync connection": inTurn(silence(900), refused) });
    assert.match(String(cause), new RegExp(`one FivetranUnauthorized: 401 ${log("one")}`));
  });

  it("O4: a rescheduled connection waits for its time and is synced again", async () => {
    const clock = new Clock();
    const at = "2026-05-01T06:30:00.000Z";
    const { status, visited, calls } = await run({ "Sync connection": inTurn(putOff(at), synced) }, {}, { clock });
    assert.equal(status, "SUCCEEDED");
    assert.equal(visited.filter((name) => name === "Wait until rescheduled").length, 3);
    assert.equal(clock.now, Date.parse(at));
    const payloads = calls
      .filter(({ state }) => state === "Sync connection")
      .map(({ arguments: { Payload } }) => Payload);
    assert.equal((payloads[1] as Record<string, Json>).since, "2026-05-01T05:00:00.000Z", "since it was put off");
  });

  it("O4: rescheduled too often, or past its bound, a connection times out and says so", async () => {
    const put = (at: string) => ({ "Sync connection": putOff(at) });
    const often = await run(put("2026-05-01T05:00:01.000Z"));
    assert.match(String(often.cause), /one FivetranRescheduledTooLate: put off until .*, after 3 of 3 times/);
    const late = await run(put("2026-05-02T05:00:00.000Z"));
    assert.match(String(late.cause), /after 0 of 3 times/);
    const none = await run(put("2026-05-01T05:00:01.000Z"), { maxReschedules: 0 });
    assert.match(String(none.cause), /after 0 of 0 times/);
    assert.ok(!none.visited.includes("Wait until rescheduled"));
  });

  it("O16: put off without a time, a connection is looked at at once; the time that is found then is the same putting off", async () => {
    const at = "2026-05-01T05:30:00.000Z";
    const turns = [putOff(), putOff(at), putOff(), putOff(at), putOff(), putOff(at), synced];
    const { status, visited, clock } = await timed({ "Sync connection": inTurn(...turns) });
    assert.equal(status, "SUCCEEDED");
    assert.equal(visited.filter((name) => name === "Wait until rescheduled").length, 9);
    assert.equal(clock.now, Date.parse(at));
  });

  it("O16: put off without a time for ever, it ends after as many times as are allowed", async () => {
    const { cause, calls } = await run({ "Sync connection": putOff() });
    assert.match(String(cause), /one FivetranRescheduledTooLate: put off again, after 3 of 3 times/);
    assert.equal(calls.filter((call) => call.state === "Sync connection" && idOf(call) === "one").length, 4);
  });

  it("O4: paused while it is waited for, a connection is skipped where paused ones are, else it fails", async () => {
    const skipped = await run({
      "Sync connection": inTurn(silence(900), (call) => ({
        status: idOf(call) === "two" ? "SKIPPED" : "SUCCESSFUL",
        reason: "paused",
      })),
    });
    assert.equal(skipped.status, "SUCCEEDED");
    assert.deepEqual((skipped.output as Record<string, Json>).skipped, ["two"]);
    const failed = await run({
      "Sync connection": inTurn(silence(900), () => fault("FivetranConnectionPaused", { reason: "paused" })),
    });
    assert.match(String(failed.cause), /two FivetranConnectionPaused: paused/);
  });
});

async function timed(answers: Answers): Promise<Ended & { readonly clock: Clock }> {
  const clock = new Clock();
  return { ...(await run(answers, {}, { clock })), clock };
}

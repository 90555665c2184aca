import assert from "node:assert/strict";
import type { Json } from "../../../components/parts/asl/types";
import { type Answers, fault, idOf, log, run, silence } from "./run";
import { type Call, Clock } from "./simulate";

describe("a run of the orchestration", () => {
  it("O1: lists, syncs each connection, then runs dbt, and lets go of the lock", async () => {
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
    assert.deepEqual(visited.slice(-4), ["Did some fail", "Release run lock", "How did the run end", "Done"]);
    const dbt = calls.find(({ state }) => state === "Run dbt")?.arguments;
    assert.deepEqual(dbt?.Overrides, {
      ContainerOverrides: [{ Name: "dbt", Command: ["build"], Environment: [{ Name: "RUN_ID", Value: "me" }] }],
    });
    assert.ok(!visited.includes("Notify"));
  });

  it("O3: the payload of a sync has the token, the execution and the attempt", async () => {
    const { calls } = await run();
    const { arguments: given } = calls.find(({ state }) => state === "Sync connection") ?? assert.fail();
    assert.deepEqual(given.Payload, {
      group_id: "projected_sickle",
      connection_id: "one",
      attempt: 1,
      mode: "trigger",
      on_paused: "skip",
      execution: "arn:aws:states:us-east-1:123456789012:execution:runs:me",
      since: "2026-05-01T05:00:00.000Z",
      task_token: "token of Sync connection",
    });
  });

  it("O1: one connection and a command of the run's own stay lists", async () => {
    const one = () => ({ Payload: { connectors_list: ["one"] } });
    const input = { dbt_command: ["build", "--full-refresh"], include: ["one"] };
    const { output, calls } = await run({ "List connections": one }, {}, { input });
    assert.equal((output as Record<string, Json>).connections, 1);
    const list = calls.find(({ state }) => state === "List connections")?.arguments.Payload;
    assert.deepEqual(list, { group_id: "projected_sickle", include: ["one"], exclude: [] });
    const dbt = JSON.stringify(calls.find(({ state }) => state === "Run dbt")?.arguments);
    assert.ok(dbt.includes('"Command":["build","--full-refresh"]'));
  });

  it("O8: without a webhook the poll ends the connection by what Fivetran says", async () => {
    const poll = (call: Call) => ({
      Payload: { connection_id: idOf(call), status: "SUCCESSFUL", log_url: log(idOf(call)) },
    });
    const { status, output } = await run({ "Sync connection": silence(900), "Poll connection": poll });
    assert.equal(status, "SUCCEEDED");
    assert.equal((output as Record<string, Json>).synced, 3);
  });

  it("O8: a sync that goes on is waited for again with new tokens, and ends at its bound", async () => {
    const poll = (call: Call) => ({
      Payload: { connection_id: idOf(call), status: "SYNCING", log_url: log(idOf(call)) },
    });
    const clock = new Clock();
    const begun = clock.now;
    const { status, error, cause, calls } = await run(
      { "Sync connection": silence(900), "Wait for webhook": silence(900), "Poll connection": poll },
      {},
      { clock },
    );
    assert.equal(status, "FAILED");
    assert.equal(error, "FivetranSyncFailed");
    assert.match(String(cause), new RegExp(`one FivetranSyncTimeout: no end within 21600 s ${log("one")}`));
    assert.ok(clock.now - begun <= 2 * 21_600_000, "the bound holds");
    const attempts = calls
      .filter((call) => call.state !== "Poll connection" && "Payload" in call.arguments)
      .map(({ arguments: { Payload } }) => Payload as Record<string, Json>)
      .filter(({ connection_id }) => connection_id === "one")
      .map(({ attempt }) => Number(attempt));
    assert.equal(new Set(attempts).size, attempts.length, "no attempt is used twice");
  });

  it("O8: polls that fail don't end the wait, a key that is refused does", async () => {
    let polls = 0;
    const answers: Answers = {
      "Sync connection": silence(900),
      "Wait for webhook": (call) => ({ connection_id: idOf(call), status: "SUCCESSFUL" }),
      "Poll connection": () => {
        polls += 1;
        return fault("FivetranApiError", { errorMessage: "503" });
      },
    };
    assert.equal((await run(answers)).status, "SUCCEEDED");
    assert.equal(polls, 3);
    const refused = await run({
      ...answers,
      "Poll connection": () => fault("FivetranUnauthorized", { errorMessage: "401" }),
    });
    assert.match(String(refused.cause), new RegExp(`one FivetranUnauthorized: 401 ${log("one")}`));
  });

  it("O4: a rescheduled connection waits for its time and is synced again", async () => {
    let first = true;
    const clock = new Clock();
    const { status, visited } = await run(
      {
        "Sync connection": (call) => {
          const synced: Record<string, Json> = { connection_id: idOf(call), status: "SUCCESSFUL" };
          if (!first) return synced;
          first = false;
          return { ...synced, status: "RESCHEDULED", rescheduled_for: "2026-05-01T06:30:00.000Z" };
        },
      },
      {},
      { clock },
    );
    assert.equal(status, "SUCCEEDED");
    assert.equal(visited.filter((name) => name === "Wait until rescheduled").length, 1);
  });

  it("O4: rescheduled too often, or past its bound, a connection times out and says so", async () => {
    const put = (at: string) => ({
      "Sync connection": (call: Call) => ({ connection_id: idOf(call), status: "RESCHEDULED", rescheduled_for: at }),
    });
    const often = await run(put("2026-05-01T05:00:01.000Z"));
    assert.match(String(often.cause), /one FivetranRescheduledTooLate: rescheduled for .*, after 3 of 3 times/);
    const late = await run(put("2026-05-02T05:00:00.000Z"));
    assert.match(String(late.cause), /after 0 of 3 times/);
  });

  it("O4: rescheduled without a time is polled again", async () => {
    let polls = 0;
    const { status } = await run({
      "Sync connection": silence(900),
      "Wait for webhook": silence(900),
      "Poll connection": (call) => {
        polls += 1;
        return { Payload: { connection_id: idOf(call), status: polls % 2 === 1 ? "RESCHEDULED" : "SUCCESSFUL" } };
      },
    });
    assert.equal(status, "SUCCEEDED");
    assert.equal(polls, 6);
  });

  it("O4: paused while it is waited for, a connection is skipped where paused ones are, else it fails", async () => {
    const answers: Answers = {
      "Sync connection": silence(900),
      "Poll connection": (call) => ({
        Payload: {
          connection_id: idOf(call),
          status: idOf(call) === "two" ? "PAUSED" : "SUCCESSFUL",
          reason: "paused",
        },
      }),
    };
    const { status, output } = await run(answers, { onPaused: "skip" });
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual((output as Record<string, Json>).skipped, ["two"]);
    const failed = await run(answers, { onPaused: "fail" });
    assert.match(String(failed.cause), /two FivetranConnectionPaused: paused/);
  });
});

import assert from "node:assert/strict";
import type { FlowSettings } from "../../../components/orchestration/settings";
import type { Json } from "../../../components/orchestration/states/types";
import { definitionOf } from "./settings";
import { type Call, Clock, type Ended, simulate, TaskError, type World } from "./simulate";

type Answers = Readonly<Record<string, (call: Call, clock: Clock) => Json>>;

const log = (id: string): string => `https://fivetran.com/dashboard/connections/${id}/logs`;
const idOf = ({ arguments: { Payload } }: Call): string => String((Payload as Record<string, Json>).connection_id);
const fault = (error: string, cause: Json = ""): never => {
  throw new TaskError(error, typeof cause === "string" ? cause : JSON.stringify(cause));
};

/** Three connections that sync, unless the test says otherwise. */
const good: Answers = {
  "Take run lock": () => ({}),
  "List connections": () => ({ Payload: { group_id: "g", connectors_list: ["one", "two", "three"] } }),
  "Sync connection": (call) => ({ connection_id: idOf(call), status: "SUCCESSFUL" }),
  "Run dbt": () => ({ StoppedReason: "Essential container in task exited" }),
  Notify: () => ({ MessageId: "1" }),
  "Release run lock": () => ({ Payload: { waits: 0 } }),
};

function run(answers: Answers = {}, settings: Partial<FlowSettings> = {}, world: Partial<World> = {}): Promise<Ended> {
  const all = { ...good, ...answers };
  const task: World["task"] = (call, clock) => {
    const answer = all[call.state];
    assert.ok(answer, `nothing answers ${call.state}`);
    return answer(call, clock);
  };
  return simulate(definitionOf(settings), { task, ...world });
}

const silence = (seconds: number) => (_: Call, clock: Clock) => {
  clock.pass(seconds);
  return fault("States.HeartbeatTimeout");
};

describe("a run of the orchestration", () => {
  it("O1: lists, syncs each connection, then runs dbt, and lets go of the lock", async () => {
    const { status, output, visited, calls } = await run();
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(output, {
      ...{ status: "SUCCEEDED", connections: 3, synced: 3, skipped: [], failed: [], dbt: "SUCCEEDED" },
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
      ...{ group_id: "projected_sickle", connection_id: "one", attempt: 1, mode: "trigger", on_paused: "skip" },
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
    assert.match(String(refused.cause), /one FivetranUnauthorized: 401/);
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

  it("O9: one failed connection doesn't take the others down; the error names it with its log link", async () => {
    const answers: Answers = {
      "Sync connection": (call) =>
        idOf(call) === "two"
          ? fault("FivetranSyncFailed", { connection_id: "two", reason: "The sync failed.", log_url: log("two") })
          : { connection_id: idOf(call), status: "SUCCESSFUL" },
    };
    const { status, error, cause, visited, calls } = await run(answers);
    assert.equal(status, "FAILED");
    assert.equal(error, "FivetranSyncFailed");
    assert.equal(
      cause,
      `1 of 3 connections failed, dbt needs 100 %:\ntwo FivetranSyncFailed: The sync failed. ${log("two")}`,
    );
    assert.equal(visited.filter((name) => name === "Connection synced").length, 2);
    assert.ok(!visited.includes("Run dbt"));
    assert.ok(visited.includes("Release run lock"));
    const notice = calls.find(({ state }) => state === "Notify")?.arguments;
    assert.equal(notice?.Subject, "nightly: run failed");
    assert.match(String(notice?.Message), /two FivetranSyncFailed/);
  });

  it("O9: with its quorum met dbt runs all the same, and people are told", async () => {
    const answers: Answers = {
      "Sync connection": (call) =>
        idOf(call) === "two"
          ? fault("Lambda.Unknown", "not JSON {")
          : { connection_id: idOf(call), status: "SUCCESSFUL" },
    };
    const { status, output, calls } = await run(answers, { quorum: 60 });
    assert.equal(status, "SUCCEEDED");
    const { failed, dbt } = output as Record<string, Json>;
    assert.equal(dbt, "SUCCEEDED");
    assert.deepEqual(failed, [
      { connection_id: "two", status: "FAILED", error: "Lambda.Unknown", reason: "not JSON {" },
    ]);
    assert.match(JSON.stringify(calls.find(({ state }) => state === "Notify")?.arguments), /succeeded in part/);
  });

  it("O4, O9: skipped connections don't count, and a run of nothing but them is no failure", async () => {
    const skip: Answers = {
      "Sync connection": (call) => ({ connection_id: idOf(call), status: "SKIPPED", reason: "paused" }),
    };
    const { status, output } = await run(skip);
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual((output as Record<string, Json>).skipped, ["one", "two", "three"]);
  });

  it("O11: dbt's failing nodes stand in the execution's error", async () => {
    const summary = {
      ...{ status: "failed", command: "build", retried: true },
      nodes: [{ unique_id: "model.example.orders", status: "error", message: "no such column" }],
    };
    const { error, cause } = await run({
      "Run dbt": () => fault("States.TaskFailed", { Containers: [{ ExitCode: 1 }] }),
      "Read dbt result": ({ arguments: { Key } }) => {
        assert.equal(Key, "runs/me/summary.json");
        return { Body: JSON.stringify(summary) };
      },
    });
    assert.equal(error, "DbtFailed");
    assert.match(
      String(cause),
      /^dbt build, and dbt retry after it, ended as failed:\nmodel.example.orders: error no such/,
    );
    assert.match(String(cause), /Artifacts: s3:\/\/artifacts\/runs\/me\//);
  });

  it("O11: dbt that fails without a node, times out, or leaves nothing says what is known", async () => {
    const failing = { "Run dbt": () => fault("States.TaskFailed", "the task's description") };
    const read = (body: Json) => ({ ...failing, "Read dbt result": () => ({ Body: JSON.stringify(body) }) });
    const message = "Compilation Error";
    const compile = await run(read({ status: "failed", retried: false, nodes: [], message }));
    assert.match(String(compile.cause), /Compilation Error/);
    const late = await run(read({ status: "timed_out", retried: false, nodes: [], message: "" }));
    assert.equal(late.error, "DbtTimedOut");
    const none = await run({ ...failing, "Read dbt result": () => fault("S3.NoSuchKeyException") });
    assert.match(String(none.cause), /left no summary.*the task's description/s);
  });

  it("O12: a run that meets another one is skipped, queued, or takes over what is left of it", async () => {
    const held = { Item: { execution: { S: "arn:holder" } } };
    const locked: Answers = {
      "Take run lock": () => fault("DynamoDB.ConditionalCheckFailedException"),
      "Find lock holder": () => held,
      "Describe lock holder": () => ({ Status: "RUNNING" }),
      "Take over run lock": () => ({}),
    };
    const skipped = await run(locked);
    assert.deepEqual(skipped.output, { status: "SKIPPED", reason: "Another run is under way: arn:holder" });
    assert.ok(!skipped.visited.includes("Release run lock"), "the lock is the other run's");

    const late = await run(locked, { overlap: "queue", queueTimeout: 600 });
    assert.equal(late.error, "RunLockTimeout");
    assert.equal(late.visited.filter((name) => name === "Wait for lock holder").length, 20);

    let looks = 0;
    const soon = await run(
      { ...locked, "Take run lock": () => (++looks < 3 ? fault("DynamoDB.ConditionalCheckFailedException") : {}) },
      { overlap: "queue" },
    );
    assert.equal(soon.status, "SUCCEEDED");

    for (const Status of ["ABORTED", "FAILED", "SUCCEEDED"]) {
      const taken = await run({ ...locked, "Describe lock holder": () => ({ Status }) });
      assert.equal(taken.status, "SUCCEEDED");
      const { arguments: write } = taken.calls.find(({ state }) => state === "Take over run lock") ?? assert.fail();
      assert.deepEqual(write.ExpressionAttributeValues, { ":execution": { S: "arn:holder" } });
    }
    const gone = await run({ ...locked, "Describe lock holder": () => fault("Sfn.ExecutionDoesNotExistException") });
    assert.equal(gone.status, "SUCCEEDED");
    const unknown = await run({ ...locked, "Describe lock holder": () => fault("Sfn.ThrottlingException") });
    assert.equal((unknown.output as Record<string, Json>).status, "SKIPPED");
  });

  it("O12: runs side by side have no lock", async () => {
    const { visited } = await run({}, { overlap: "allow" });
    assert.ok(!visited.includes("Take run lock"));
    assert.equal(visited.at(-1), "Done");
  });

  it("O13: what goes wrong while telling people or letting go doesn't hide how the run went", async () => {
    const broken = { Notify: () => fault("SNS.NotFound"), "Release run lock": () => fault("Lambda.ServiceException") };
    const failed = await run({ ...broken, "List connections": () => fault("FivetranThrottled", "429") });
    assert.equal(failed.error, "ListConnectionsFailed");
    assert.equal(failed.cause, "FivetranThrottled: 429");
    assert.equal((await run(broken)).status, "SUCCEEDED");
  });

  it("O8: no connections, or more than it was made for, is said at once", async () => {
    const list = (n: number) => ({
      "List connections": () => ({ Payload: { connectors_list: Array.from({ length: n }, (_, i) => `c${i}`) } }),
    });
    assert.equal((await run(list(0))).error, "NoConnections");
    const many = await run(list(51));
    assert.equal(many.error, "TooManyConnections");
    assert.match(String(many.cause), /has 51 connections, the orchestration is made for 50: raise maxConnections/);
  });

  it("O9: a distributed map, whose items see no variables of the run, gives the same result", async () => {
    const { output } = await run({}, { mapMode: "distributed" });
    assert.equal((output as Record<string, Json>).synced, 3);
  });
});

import assert from "node:assert/strict";
import type { Json } from "../../../components/parts/asl/types";
import { type Answers, fault, idOf, log, run } from "./run";

describe("how a run ends", () => {
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
      { connection_id: "two", status: "FAILED", error: "Lambda.Unknown", reason: "not JSON {", log_url: log("two") },
    ]);
    assert.match(JSON.stringify(calls.find(({ state }) => state === "Notify")?.arguments), /succeeded in part/);
  });

  it("O9: a right that a function hasn't is named, however long the role's name is", async () => {
    const user = `arn:aws:sts::000000000000:assumed-role/${"long-".repeat(30)}role/function`;
    const errorMessage = `User: ${user} is not authorized to perform: dynamodb:PutItem on resource: waits`;
    const { cause } = await run({ "Sync connection": () => fault("AccessDeniedException", { errorMessage }) });
    assert.match(String(cause), /^one AccessDeniedException: not authorized to perform: dynamodb:PutItem on resource/m);
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
      status: "failed",
      command: "build",
      retried: true,
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

import assert from "node:assert/strict";
import type { Json } from "../../../components/parts/asl/types";
import { type Answers, fault, idOf, log, run } from "./run";
import { definitionOf } from "./settings";

/** The lock is another's, so many times. */
function takes(refusals = Number.POSITIVE_INFINITY): Answers[string] {
  let left = refusals;
  return () => (left-- > 0 ? fault("DynamoDB.ConditionalCheckFailedException") : {});
}

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
    assert.equal(visited.filter((name) => name === "Connection result").length, 3);
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
    assert.deepEqual(failed, [{ connection_id: "two", error: "Lambda.Unknown" }]);
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

    const dead = (answer: Answers[string]): Answers => ({
      ...locked,
      "Describe lock holder": answer,
      "Take run lock": ({ arguments: { ExpressionAttributeValues } }) =>
        JSON.stringify(ExpressionAttributeValues).includes('":dead":{"S":"arn:holder"}')
          ? {}
          : fault("DynamoDB.ConditionalCheckFailedException"),
    });
    for (const Status of ["ABORTED", "FAILED", "SUCCEEDED", "TIMED_OUT"]) {
      assert.equal((await run(dead(() => ({ Status })))).status, "SUCCEEDED", Status);
    }
    const gone = await run(dead(() => fault("Sfn.ExecutionDoesNotExistException")));
    assert.equal(gone.status, "SUCCEEDED");
    for (const Status of ["RUNNING", "PENDING_REDRIVE"]) {
      assert.equal(((await run(dead(() => ({ Status })))).output as Record<string, Json>).status, "SKIPPED", Status);
    }
  });

  it("O12: a lock that was let go of while it was looked for is taken", async () => {
    const { status } = await run({
      "Take run lock": takes(1),
      "Find lock holder": () => ({}),
      "Describe lock holder": ({ arguments: { ExecutionArn } }) => {
        assert.equal(ExecutionArn, "arn:aws:states:us-east-1:123456789012:execution:runs:me");
        return { Status: "RUNNING" };
      },
    });
    assert.equal(status, "SUCCEEDED");
  });

  it("O22: a holder whose status can't be told doesn't let a run pass in silence", async () => {
    const locked: Answers = {
      "Take run lock": takes(),
      "Find lock holder": () => ({ Item: { execution: { S: "arn:holder" } } }),
      "Describe lock holder": () => fault("Sfn.ThrottlingException"),
    };
    const unknown = await run(locked);
    assert.equal(unknown.error, "RunLockUnknown");
    assert.match(
      String(unknown.cause),
      /status of arn:holder, which has the run lock, is unknown \(UNKNOWN, Sfn.ThrottlingException\)/,
    );
    assert.ok(unknown.visited.includes("Notify"));
    const queued = await run(locked, { overlap: "queue", queueTimeout: 60 });
    assert.equal(queued.error, "RunLockTimeout");
    assert.match(String(queued.cause), /60 s were not enough for arn:holder \(UNKNOWN, Sfn.ThrottlingException\)/);
  });

  it("O12: runs side by side have no lock", async () => {
    const { visited } = await run({}, { overlap: "allow" });
    assert.ok(!visited.includes("Take run lock"));
    assert.equal(visited.at(-1), "Done");
  });

  it("O13: what goes wrong while telling people or letting go doesn't hide how the run went", async () => {
    const broken = {
      Notify: () => fault("SNS.NotFound"),
      "Release run lock": () => fault("DynamoDB.ConditionalCheckFailedException"),
    };
    const failed = await run({ ...broken, "List connections": () => fault("FivetranThrottled", "429") });
    assert.equal(failed.error, "ListConnectionsFailed");
    assert.equal(failed.cause, "FivetranThrottled: 429");
    assert.equal((await run(broken)).status, "SUCCEEDED");
  });

  it("O8: no connections, or more than it was made for, is the run's error in the function's words", async () => {
    for (const name of ["NoConnections", "TooManyConnections"]) {
      const list = { "List connections": () => fault(name, { errorType: name, errorMessage: "look at include" }) };
      const { error, cause } = await run(list);
      assert.deepEqual([error, cause], [name, "look at include"]);
    }
  });

  it("O21: a task that couldn't be started is started again, three times, before the run gives up", async () => {
    let starts = 0;
    const stopped = { StopCode: "TaskFailedToStart", StoppedReason: "Timeout waiting for network interface" };
    const soon = await run({ "Run dbt": () => (++starts < 3 ? fault("States.TaskFailed", stopped) : {}) });
    assert.equal(soon.status, "SUCCEEDED", soon.cause);
    assert.equal((soon.output as Record<string, Json>).dbt, "SUCCEEDED");
    assert.ok(!soon.visited.includes("Read dbt result") && !soon.visited.includes("Notify"));
    const never = await run({
      "Run dbt": () => fault("States.TaskFailed", stopped),
      "Read dbt result": () => fault("S3.NoSuchKeyException"),
    });
    assert.equal(never.error, "DbtFailed");
    assert.match(String(never.cause), /left no summary.*TaskFailedToStart/);
    assert.equal(never.visited.filter((name) => name === "Run dbt").length, 3);
  });

  it("O21: a dbt that has run and failed isn't run again by the state machine", async () => {
    const { visited } = await run({
      "Run dbt": () => fault("States.TaskFailed", { StopCode: "EssentialContainerExited" }),
      "Read dbt result": () => fault("S3.NoSuchKeyException"),
    });
    assert.equal(visited.filter((name) => name === "Run dbt").length, 1);
  });

  it("O21: a task without a place, or with too many calls, is placed later", () => {
    const state = definitionOf().States["Run dbt"];
    assert.ok(state?.Type === "Task");
    const [retrier, ...more] = state.Retry ?? [];
    assert.deepEqual(more, []);
    for (const error of ["AmazonECS.Unknown", "ECS.AmazonECSException", "ECS.ThrottlingException"]) {
      assert.ok(retrier?.ErrorEquals.includes(error), error);
    }
    assert.ok(Number(retrier?.MaxAttempts) >= 5);
  });

  it("O9: a distributed map, whose items see no variables of the run, gives the same result", async () => {
    const { output } = await run({}, { mapMode: "distributed" });
    assert.equal((output as Record<string, Json>).synced, 3);
  });
});

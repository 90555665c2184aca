import assert from "node:assert/strict";
import type { SFNClient } from "@aws-sdk/client-sfn";
import { causeText, SfnTasks } from "../../../../functions/fivetran-dbt-orchestration/waits/tasks";
import { SecretCache } from "../../../../functions/shared/aws/secret";

const ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:fivetran";

describe("Secrets", () => {
  function cacheOf(...texts: (string | undefined | Error)[]) {
    let reads = 0;
    const clock = { now: 0 };
    const read = async (arn: string) => {
      assert.equal(arn, ARN);
      const text = texts[Math.min(reads, texts.length - 1)];
      reads += 1;
      if (text instanceof Error) throw text;
      return text;
    };
    return { cache: new SecretCache(read, () => clock.now), clock, reads: () => reads };
  }

  it("O10: a secret is read once in five minutes, also by two at once, and sooner when it may have been rotated", async () => {
    const { cache, clock, reads } = cacheOf('{"apiKey":"a"}', '{"apiKey":"b"}', '{"apiKey":"c"}');
    const get = async (maxAge?: number) => (await cache.members(ARN, ["apiKey"], maxAge)).apiKey;
    assert.deepEqual(await Promise.all([get(), get()]), ["a", "a"]);
    clock.now = 299_999;
    assert.deepEqual([await get(), reads()], ["a", 1]);
    clock.now = 300_000;
    assert.equal(await get(), "b");
    assert.equal(await get(10_000), "b");
    clock.now = 310_000;
    assert.deepEqual([await get(10_000), reads()], ["c", 3]);
  });

  it("O10: a read that fails isn't kept", async () => {
    const { cache } = cacheOf(new Error("throttled"), '{"apiKey":"a"}');
    await assert.rejects(cache.members(ARN, ["apiKey"]), /throttled/);
    assert.deepEqual(await cache.members(ARN, ["apiKey"]), { apiKey: "a" });
  });

  it("O10: what is wrong with a secret is told by name, without its value", async () => {
    const wrong = ["hush", '{"apiKey":"hush"}', '{"apiKey":"hush","apiSecret":""}', '["hush"]', "null"];
    for (const text of [...wrong, undefined]) {
      const error: unknown = await cacheOf(text)
        .cache.members(ARN, ["apiKey", "apiSecret"])
        .catch((e: unknown) => e);
      assert.ok(error instanceof Error && error.name === "SecretError", String(text));
      assert.match(error.message, new RegExp(ARN));
      assert.ok(!`${error.stack} ${String(error.cause)}`.includes("hush"), error.stack);
    }
  });
});

describe("Tasks", () => {
  function tasksThat(fault?: string) {
    const sent: unknown[] = [];
    const client = {
      send: async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
        sent.push([command.constructor.name, command.input]);
        if (fault !== undefined) throw Object.assign(new Error(fault), { name: fault });
      },
    };
    return { tasks: new SfnTasks(client as unknown as SFNClient), sent };
  }
  const cause = { connection_id: "c", reason: "broken", log_url: "https://x" };

  it("O5: success and failure go out as JSON, with the error's name apart", async () => {
    const { tasks, sent } = tasksThat();
    assert.equal(await tasks.succeed("t", { status: "SUCCESSFUL" }), true);
    assert.equal(await tasks.fail("t", "FivetranSyncFailed", cause), true);
    assert.deepEqual(sent, [
      ["SendTaskSuccessCommand", { taskToken: "t", output: '{"status":"SUCCESSFUL"}' }],
      ["SendTaskFailureCommand", { taskToken: "t", error: "FivetranSyncFailed", cause: JSON.stringify(cause) }],
    ]);
  });

  it("O5: a task that is over answers false; any other fault is thrown", async () => {
    for (const name of ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]) {
      assert.equal(await tasksThat(name).tasks.succeed("t", {}), false);
      assert.equal(await tasksThat(name).tasks.fail("t", "E", cause), false);
    }
    await assert.rejects(tasksThat("ThrottlingException").tasks.succeed("t", {}), /ThrottlingException/);
  });

  it("O9: a cause of any length stays JSON that Step Functions takes", () => {
    for (const character of ["x", '"', "\u0001", "é"]) {
      const text = causeText({ ...cause, reason: character.repeat(100_000) });
      assert.ok(text.length <= 32_768, `${text.length}`);
      assert.equal((JSON.parse(text) as typeof cause).log_url, "https://x");
    }
  });
});

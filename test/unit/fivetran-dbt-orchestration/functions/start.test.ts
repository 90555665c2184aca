import assert from "node:assert/strict";
import type { SFNClient } from "@aws-sdk/client-sfn";
import fc from "fast-check";
import { parseStartOn, startOnText } from "../../../../functions/fivetran-dbt-orchestration/webhook/environment";
import { executionName, SfnExecutions } from "../../../../functions/fivetran-dbt-orchestration/webhook/ports";
import { CREATED, payload, signed, webhookWorld } from "./webhookWorld";

const SYNC = "b4703f73-6315-4e22-8d7a-3bfb18b2fed2";

describe("Executions started by webhooks", () => {
  it("O6: a sync that no execution asked for starts one, named after the sync", async () => {
    const { send, started, counts } = webhookWorld({ startOn: ["purr_rich"] });
    const execution = `fivetran-${SYNC}`;
    assert.deepEqual(await send(signed(payload())), { status: 200, effect: "started", completed: 0, execution });
    const started_by = { connection_id: "purr_rich", sync_id: SYNC, created: CREATED };
    assert.deepEqual(started, [{ name: execution, input: { started_by } }]);
    assert.deepEqual(counts.totals, { ExecutionsStarted: 1 });
  });

  it("O6: the same sync starts one execution, however often its webhook comes", async () => {
    const { send, started } = webhookWorld({ startOn: ["purr_rich"] });
    await Promise.all([send(signed(payload())), send(signed(payload())), send(signed(payload()))]);
    await send(signed(payload()));
    assert.equal(started.length, 1);
  });

  it("O6: a sync that an execution waits for starts none: its syncs would start the next one for ever", async () => {
    const { send, store, started, tasks } = webhookWorld({ startOn: ["purr_rich"] });
    await store();
    await send(signed(payload()));
    assert.deepEqual([started, tasks.ended.size], [[], 1]);
  });

  it("O6: nor does a second delivery that looks for waits as the first has just completed them", async () => {
    const { send, store, started, tasks, waits } = webhookWorld({ startOn: ["purr_rich"] });
    await store();
    const waitsFor = waits.waitsFor.bind(waits);
    waits.waitsFor = async (connectionId) => {
      waits.waitsFor = waitsFor;
      assert.equal((await send(signed(payload()))).effect, "completed");
      return waitsFor(connectionId);
    };
    assert.deepEqual((await send(signed(payload()))).reason, "nobody waits");
    assert.deepEqual([started, tasks.ended.size], [[], 1]);
  });

  it("O6, O19: a webhook that comes after a look has ended its wait starts none, a later sync's does", async () => {
    const { send, store, waits, started } = webhookWorld({ startOn: ["purr_rich"] });
    await store();
    const [wait = assert.fail()] = await waits.waitsFor("purr_rich");
    await waits.end(wait, CREATED);
    await send(signed(payload({ sync_id: "s2", created: "2026-03-04T05:05:37.001Z" })));
    assert.deepEqual(
      started.map(({ name }) => name),
      ["fivetran-s2"],
    );
    assert.equal((await send(signed(payload()))).reason, "its end was seen before");
    assert.equal((await send(signed(payload()))).reason, "dealt with before");
    assert.equal(started.length, 1);
  });

  it("O19: the sync of an execution that was stopped starts none, and the next sync does", async () => {
    const { send, store, started, waits } = webhookWorld({ startOn: ["purr_rich"], tokens: [] });
    await store();
    assert.equal((await send(signed(payload()))).effect, "completed");
    assert.deepEqual([started, await waits.waitsFor("purr_rich")], [[], []]);
    await send(signed(payload({ sync_id: "s2" })));
    assert.equal(started.length, 1);
  });

  it("O19: a wait whose token is replaced while the webhook is at it is still somebody's", async () => {
    const { send, store, started, waits } = webhookWorld({ startOn: ["purr_rich"] });
    await store();
    const take = waits.take.bind(waits);
    waits.take = async (wait, syncId) => {
      await store({ token: "t2", storedAt: "2026-03-04T05:06:00.000Z" });
      return take(wait, syncId);
    };
    assert.equal((await send(signed(payload()))).effect, "none");
    assert.deepEqual(started, []);
  });

  it("O6: connections that aren't chosen, and syncs that failed, start none", async () => {
    const { send, started } = webhookWorld({ startOn: ["another"] });
    await send(signed(payload()));
    const chosen = webhookWorld({ startOn: ["purr_rich"] });
    await chosen.send(signed(payload({}, { status: "FAILURE" })));
    assert.deepEqual([...started, ...chosen.started], []);
  });

  it("O6: every sync id makes a name that Step Functions takes, and two make two", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 120 }), fc.string({ minLength: 1, maxLength: 120 }), (a, b) => {
        const [first, second] = [a, b].map((syncId) => executionName({ connectionId: "c", syncId }));
        assert.match(first ?? "", /^[A-Za-z0-9_-]{1,80}$/);
        assert.equal(first === second, a === b);
      }),
    );
  });

  it("O6: an execution that exists already isn't a fault; any other answer is", async () => {
    const inputs: object[] = [];
    const answering = (name?: string) =>
      new SfnExecutions(
        {
          send: async ({ input }: { input: object }) => {
            inputs.push(input);
            if (name !== undefined) throw Object.assign(new Error(name), { name });
          },
        } as unknown as SFNClient,
        "arn:machine",
      );
    assert.equal(await answering().start("n", { a: 1 }), true);
    assert.deepEqual(inputs, [{ stateMachineArn: "arn:machine", name: "n", input: '{"a":1}' }]);
    assert.equal(await answering("ExecutionAlreadyExists").start("n", {}), false);
    await assert.rejects(answering("ExecutionLimitExceeded").start("n", {}), /ExecutionLimitExceeded/);
  });

  it("O6: START_ON is never empty, and reads back what was written", () => {
    assert.equal(startOnText([]), "none");
    const ids = fc.uniqueArray(fc.stringMatching(/^[a-z]{2,8}_[a-z]{2,8}$/));
    fc.assert(fc.property(ids, (list) => assert.deepEqual([...parseStartOn(startOnText(list))], list)));
    assert.deepEqual([...parseStartOn(" a , b,")], ["a", "b"]);
  });
});

import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../components/parts/asl/types";
import { type Answers, idOf, run } from "./run";
import type { Ended } from "./simulate";

/** As the function answers: what is included, and none for an empty list. */
const listing: Answers = {
  "List connections": ({ arguments: { Payload } }) => {
    const { include } = Payload as { readonly include: readonly string[] | null };
    return { Payload: { group_id: "g", connectors_list: include ?? ["one", "two", "three"] } };
  },
};

function calls({ calls }: Ended, state: string): JsonObject[] {
  return calls.filter((call) => call.state === state).map((call) => call.arguments);
}
const lists = (ended: Ended) => calls(ended, "List connections").map(({ Payload }) => Payload)[0] as JsonObject;
const commands = (ended: Ended) => JSON.stringify(calls(ended, "Run dbt")[0]?.Overrides ?? {});

describe("the input of a run", () => {
  it("O2: what isn't said, or null, is as the component has it", async () => {
    const settings = { include: ["one"], exclude: ["two"], dbtCommand: ["run"] };
    const nothing = { include: null, exclude: null, dbt_command: null, started_by: null };
    for (const input of [{}, nothing, { started_by: "schedule" }, { started_by: {} }, { comment: 1 }] as JsonObject[]) {
      const ended = await run(listing, settings, { input });
      assert.equal(ended.status, "SUCCEEDED", ended.cause);
      assert.deepEqual(lists(ended), { group_id: "projected_sickle", include: ["one"], exclude: ["two"], most: 50 });
      assert.match(commands(ended), /"Command":\["run"\]/);
    }
    assert.equal(lists(await run(listing)).include, null, "no list means every connection");
  });

  it("O2: lists of the input replace the component's; a text is a list of one", async () => {
    const settings = { include: ["one"], exclude: ["two"] };
    const input = { include: "three", exclude: [], dbt_command: ["test"] };
    const ended = await run(listing, settings, { input });
    assert.deepEqual(lists(ended), { group_id: "projected_sickle", include: ["three"], exclude: [], most: 50 });
    assert.match(commands(ended), /"Command":\["test"\]/);
  });

  it("O2: an empty include syncs nothing, and dbt runs alone", async () => {
    const ended = await run(listing, {}, { input: { include: [] } });
    assert.deepEqual(lists(ended).include, []);
    assert.deepEqual(calls(ended, "Sync connection"), []);
    assert.deepEqual(ended.output, {
      status: "SUCCEEDED",
      connections: 0,
      synced: 0,
      skipped: [],
      failed: [],
      dbt: "SUCCEEDED",
    });
  });

  it("O17: an input that wouldn't fit into the run's variables fails, and somebody is told", async () => {
    const input = {
      include: Array.from({ length: 4_000 }, (_, i) => `connection_number_${i}`),
      comment: "x".repeat(150_000),
    };
    const ended = await run(listing, {}, { input });
    assert.equal(ended.error, "WrongInput");
    assert.match(String(ended.cause), /more than 60000 characters/);
    assert.deepEqual(calls(ended, "Notify").length, 1);
  });

  const wrong: readonly (readonly [JsonObject, RegExp])[] = [
    [{ include: 7 }, /The input has include 7, and it has to be a list of texts\./],
    [{ include: { id: "one" } }, /include \{"id":"one"\}/],
    [{ include: ["one", 7] }, /include \["one",7\]/],
    [{ include: "" }, /include/],
    [{ exclude: true }, /exclude true/],
    [{ exclude: [["one"], null] }, /exclude/],
    [{ dbt_command: 1 }, /dbt_command 1/],
    [{ dbt_command: [] }, /empty dbt_command; leave it out/],
    [{ include: 7, exclude: 8 }, /include 7.*exclude 8/],
  ];
  for (const [input, message] of wrong) {
    it(`O2: ${JSON.stringify(input)} fails before anything is done, and somebody is told`, async () => {
      const ended = await run(listing, {}, { input });
      assert.equal(ended.error, "WrongInput");
      assert.match(String(ended.cause), message);
      const did = ended.calls.map(({ state }) => state);
      assert.deepEqual(did, ["Notify", "Release run lock"]);
    });
  }
});

describe("a run that a webhook has started", () => {
  const started_by = { connection_id: "two", sync_id: "s-1", created: "2026-05-01T04:59:59.000Z" };
  const input = { started_by };
  const synced = (ended: Ended) => ended.calls.filter(({ state }) => state === "Sync connection").map(idOf);

  for (const mapMode of ["inline", "distributed"] as const) {
    it(`O6: the connection that has just synced isn't synced again, and counts as synced (${mapMode})`, async () => {
      const ended = await run({}, { mapMode }, { input });
      assert.deepEqual(synced(ended), ["one", "three"]);
      const { connections, synced: count, dbt } = ended.output as Record<string, Json>;
      assert.deepEqual([connections, count, dbt], [3, 3, "SUCCEEDED"]);
    });
  }

  it("O6: alone in its group it leaves nothing to sync, and dbt runs", async () => {
    const alone: Answers = { "List connections": () => ({ Payload: { connectors_list: ["two"] } }) };
    const ended = await run(alone, {}, { input });
    assert.deepEqual(synced(ended), []);
    const { connections, synced: count, dbt } = ended.output as Record<string, Json>;
    assert.deepEqual([connections, count, dbt], [1, 1, "SUCCEEDED"]);
  });

  it("O6: it counts for the quorum, and doesn't hide that others failed", async () => {
    const failing: Answers = {
      "Sync connection": (call) => ({
        connection_id: idOf(call),
        status: "RESCHEDULED",
        rescheduled_for: "2030-01-01",
      }),
    };
    const enough = await run(failing, { quorum: 33 }, { input });
    assert.equal(enough.status, "SUCCEEDED");
    assert.equal((enough.output as Record<string, Json>).synced, 1);
    const tooFew = await run(failing, { quorum: 50 }, { input });
    assert.match(String(tooFew.cause), /^2 of 3 connections failed/);
    assert.ok(!String(tooFew.cause).includes("two"));
  });

  it("O6: one that this run leaves out, or of another group, changes nothing", async () => {
    const others = { started_by: { ...started_by, connection_id: "elsewhere" } };
    const ended = await run({}, {}, { input: others });
    assert.deepEqual(synced(ended), ["one", "two", "three"]);
    assert.equal((ended.output as Record<string, Json>).synced, 3);
  });
});

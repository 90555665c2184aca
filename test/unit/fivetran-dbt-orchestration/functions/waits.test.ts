import assert from "node:assert/strict";
import type { Wait } from "../../../../functions/fivetran-dbt-orchestration/waits/waits";
import { EXECUTION, NOW, OTHER_EXECUTION } from "./fakes";
import { type MemoryTable, memoryWaits } from "./memoryTable";

function wait(given: Partial<Wait> = {}): Wait {
  return { connectionId: "c", execution: EXECUTION, attempt: 1, token: "t1", storedAt: NOW, ...given };
}

const AFTER = "2026-03-04T05:06:08.000Z";
const BEFORE = "2026-03-04T05:06:06.000Z";

describe("Token table", () => {
  it("O3: overlapping executions keep a token each for the same connection", async () => {
    const { table, waits } = memoryWaits();
    const mine = wait();
    const other = wait({ execution: OTHER_EXECUTION, token: "t2" });
    assert.deepEqual([await waits.store(mine), await waits.store(other)], [true, true]);
    assert.deepEqual(await waits.waitsFor("c"), [mine, other]);
    assert.deepEqual(await waits.waitsOf("c", OTHER_EXECUTION), [other]);
    assert.equal(table.items.size, 2);
    const [item] = table.items.values();
    // Fourteen days, in seconds.
    assert.equal(item?.expiresAt?.N, String(Date.parse(NOW) / 1_000 + 14 * 86_400));
  });

  it("O3: an invocation that its retry has overtaken doesn't put its old token back", async () => {
    const { waits } = memoryWaits();
    assert.equal(await waits.store(wait({ token: "new", storedAt: AFTER })), true);
    assert.equal(await waits.store(wait({ token: "old", storedAt: NOW })), false);
    assert.deepEqual(
      (await waits.waitsFor("c")).map(({ token }) => token),
      ["new"],
    );
  });

  it("O3: one execution whose ARN begins another's is told from it", async () => {
    const { waits } = memoryWaits();
    await waits.store(wait({ execution: `${EXECUTION}0` }));
    assert.deepEqual(await waits.waitsOf("c", EXECUTION), []);
  });

  it("O3: more waits than fit on a page are all found", async () => {
    const { waits } = memoryWaits();
    for (let attempt = 1; attempt <= 7; attempt += 1) await waits.store(wait({ attempt }));
    await waits.notePolled("c", NOW);
    const found = await waits.waitsFor("c");
    assert.deepEqual(
      found.map(({ attempt }) => attempt),
      [1, 2, 3, 4, 5, 6, 7],
    );
  });

  it("O3: a wait is taken by one sync, by the same one again, and never by its token's predecessor", async () => {
    const { waits } = memoryWaits();
    await waits.store(wait());
    assert.equal(await waits.take(wait({ token: "t0" }), "s1"), false);
    assert.equal(await waits.take(wait(), "s1"), true);
    assert.equal(await waits.take(wait(), "s1"), true);
    assert.equal(await waits.take(wait(), "s2"), false);
    assert.equal(await waits.remove(wait({ token: "t0" })), false);
    assert.equal(await waits.remove(wait()), true);
    assert.equal(await waits.take(wait(), "s1"), false);
    assert.deepEqual(await waits.waitsFor("c"), []);
  });

  it("O8: what an execution leaves behind is released, with its run lock, and nothing of others", async () => {
    const { table, waits } = memoryWaits();
    for (let i = 0; i < 5; i += 1) await waits.store(wait({ connectionId: `c${i}` }));
    await waits.store(wait({ execution: OTHER_EXECUTION }));
    lockFor(table, EXECUTION);
    assert.deepEqual(await waits.release(EXECUTION), { waits: 5, lock: true });
    assert.deepEqual(table.keys(), [`c ${OTHER_EXECUTION}#1`]);
    assert.deepEqual(await waits.release(EXECUTION), { waits: 0, lock: false });
  });

  it("O12: a run lock that another execution has taken over meanwhile stays", async () => {
    const { table, waits } = memoryWaits();
    lockFor(table, OTHER_EXECUTION);
    // As the index shows it, which lags behind.
    const query = table.send.bind(table);
    table.send = async (command: unknown) => {
      const name = (command as object).constructor.name;
      if (name === "QueryCommand") return { Items: [{ pk: { S: "#lock" }, sk: { S: "#lock" } }] } as never;
      return query(command);
    };
    assert.deepEqual(await waits.release(EXECUTION), { waits: 0, lock: false });
    assert.deepEqual(table.keys(), ["#lock #lock"]);
  });

  it("O7: notes of webhooks and polls are kept apart from waits, for three days", async () => {
    const { table, waits } = memoryWaits();
    assert.equal(await waits.sawWebhook("c", "s1#SUCCESSFUL"), false);
    await waits.noteWebhook("c", "s1#SUCCESSFUL", NOW);
    assert.equal(await waits.sawWebhook("c", "s1#SUCCESSFUL"), true);
    assert.equal(await waits.sawWebhook("c", "s1#FAILURE"), false);
    assert.equal(await waits.polledAt("c"), undefined);
    await waits.notePolled("c", BEFORE);
    assert.equal(await waits.polledAt("c"), BEFORE);
    assert.deepEqual(await waits.waitsFor("c"), []);
    for (const item of table.items.values())
      assert.ok(Number(item.expiresAt?.N) <= Date.parse(NOW) / 1_000 + 3 * 86_400);
  });

  it("O3: a fault of DynamoDB isn't taken for a condition", async () => {
    const { table, waits } = memoryWaits();
    table.send = () => Promise.reject(Object.assign(new Error("slow down"), { name: "ThrottlingException" }));
    await assert.rejects(waits.store(wait()), /slow down/);
    await assert.rejects(waits.remove(wait()), /slow down/);
  });
});

function lockFor(table: MemoryTable, execution: string): void {
  const key = { pk: { S: "#lock" }, sk: { S: "#lock" } };
  table.items.set(JSON.stringify(["#lock", "#lock"]), { ...key, execution: { S: execution } });
}

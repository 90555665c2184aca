import assert from "node:assert/strict";
import type { Wait } from "../../../../functions/fivetran-dbt-orchestration/waits/waits";
import { EXECUTION, NOW, OTHER_EXECUTION } from "./fakes";
import { memoryWaits } from "./memoryTable";

function wait(given: Partial<Wait> = {}): Wait {
  return {
    connectionId: "c",
    execution: EXECUTION,
    token: "t1",
    askedAt: given.storedAt ?? NOW,
    storedAt: NOW,
    ...given,
  };
}

const AFTER = "2026-03-04T05:06:08.000Z";

describe("Token table", () => {
  it("O3: overlapping executions keep a token each for the same connection", async () => {
    const { table, waits } = memoryWaits();
    const mine = wait();
    const other = wait({ execution: OTHER_EXECUTION, token: "t2" });
    for (const each of [mine, other]) assert.deepEqual(await waits.store(each), { stored: true, unanswered: false });
    const waiting = { state: "waiting", syncId: undefined, until: undefined };
    assert.deepEqual(await waits.waitsFor("c"), [
      { ...mine, ...waiting },
      { ...other, ...waiting },
    ]);
    assert.equal(table.items.size, 2);
    const [item] = table.items.values();
    // Fourteen days, in seconds.
    assert.equal(item?.expiresAt?.N, String(Date.parse(NOW) / 1_000 + 14 * 86_400));
  });

  it("O16: an invocation that begins late doesn't put its dead token in place of the one that was asked for after it", async () => {
    const { waits } = memoryWaits();
    await waits.store(wait({ token: "live", askedAt: NOW, storedAt: NOW }));
    const late = wait({ token: "dead", askedAt: "2026-03-04T05:05:00.000Z", storedAt: AFTER });
    assert.equal((await waits.store(late)).stored, false);
    assert.equal((await waits.waitsFor("c"))[0]?.token, "live");
  });

  it("O3: an invocation that its retry has overtaken doesn't put its old token back", async () => {
    const { waits } = memoryWaits();
    assert.equal((await waits.store(wait({ token: "new", storedAt: AFTER }))).stored, true);
    assert.equal((await waits.store(wait({ token: "old", storedAt: NOW }))).stored, false);
    assert.deepEqual(
      (await waits.waitsFor("c")).map(({ token }) => token),
      ["new"],
    );
  });

  it("O16: a new token takes the place of the execution's last one, and tells whether that was still waiting", async () => {
    const { waits } = memoryWaits();
    await waits.store(wait());
    assert.deepEqual(await waits.store(wait({ token: "t2", storedAt: AFTER })), { stored: true, unanswered: true });
    await waits.take(wait({ token: "t2" }), "s1");
    assert.deepEqual(await waits.store(wait({ token: "t3", storedAt: AFTER })), { stored: true, unanswered: false });
    assert.equal((await waits.waitsFor("c")).length, 1);
  });

  it("O3: more waits than fit on a page are all found", async () => {
    const { waits } = memoryWaits();
    const executions = [1, 2, 3, 4, 5, 6, 7].map((i) => `${EXECUTION}-${i}`);
    for (const execution of executions) await waits.store(wait({ execution }));
    await waits.noteWebhook("c", "s0#SUCCESSFUL", NOW);
    assert.deepEqual(
      (await waits.waitsFor("c")).map(({ execution }) => execution),
      executions,
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

  it("O16: a wait whose sync was put off is given back, and another sync may take it", async () => {
    const { waits } = memoryWaits();
    await waits.store(wait());
    assert.equal(await waits.reopen(wait()), false, "nobody has taken it");
    await waits.take(wait(), "s1");
    assert.equal(await waits.reopen(wait()), true);
    assert.equal(await waits.take(wait(), "s2"), true);
  });

  it("O19: a wait that is over says until when webhooks are of its sync, isn't taken again, and expires", async () => {
    const { table, waits } = memoryWaits();
    await waits.store(wait());
    assert.equal(await waits.end(wait({ token: "t0" }), AFTER), false, "a later token has replaced it");
    assert.equal(await waits.end(wait(), AFTER), true);
    const [found] = await waits.waitsFor("c");
    assert.deepEqual([found?.state, found?.until], ["over", AFTER]);
    assert.equal(await waits.take(wait(), "s1"), false);
    const [item] = table.items.values();
    assert.equal(item?.expiresAt?.N, String(Date.parse(AFTER) / 1_000 + 3 * 86_400));
  });

  it("O7: notes of webhooks are kept apart from waits, for three days", async () => {
    const { table, waits } = memoryWaits();
    assert.equal(await waits.sawWebhook("c", "s1#SUCCESSFUL"), false);
    await waits.noteWebhook("c", "s1#SUCCESSFUL", NOW);
    assert.equal(await waits.sawWebhook("c", "s1#SUCCESSFUL"), true);
    assert.equal(await waits.sawWebhook("c", "s1#FAILURE"), false);
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

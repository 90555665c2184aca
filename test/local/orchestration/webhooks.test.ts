import assert from "node:assert/strict";
import { assertNothingLeft } from "./place";
import { assertSucceeded, ends, looks, states } from "./runs";
import { heard, unheard } from "./scenarios";
import { describeWorld } from "./world";

describeWorld("Webhooks to the orchestration", (here) => {
  const deliveries = (connection: string) =>
    here().fivetran.deliveries.filter(
      ({ payload }) => payload.event === "sync_end" && payload.connector_id === connection,
    );

  it("O3, O5: whether a webhook comes before the sync call is answered, before the token, or twice, each ends its wait once", async () => {
    const { whole } = await here().scenarios.nightly;
    assertSucceeded(whole);
    assert.deepEqual(ends(whole), Object.fromEntries(heard.map((id) => [id, "SUCCESSFUL"])));
    // Nobody asked the API in place of a webhook; the one put off was synced again.
    assert.deepEqual(looks(whole).sort(), [...heard, "zipcodes"].sort());
    assert.equal(states(whole).filter((state) => state === "Connection result").length, heard.length);
    await assertNothingLeft(here(), "nightly", whole);
  });

  it("O3: a webhook that comes before the token is stored isn't lost: the look finds that the sync has ended", async () => {
    const { whole } = await here().scenarios.nightly;
    const told = deliveries("before_token");
    assert.deepEqual(
      told.map(({ status, attempts }) => [status, attempts]),
      [[200, 1]],
    );
    assert.equal(looks(whole).filter((id) => id === "before_token").length, 1);
    const of = (path: string) => here().fivetran.requests.filter((request) => request.path === path);
    assert.equal(of("/v1/connections/before_token/sync").length, 0, "the sync that has just ended isn't run twice");
    const [look, ...more] = of("/v1/connections/before_token");
    assert.equal(more.length, 0);
    assert.ok(Date.parse(told[0]?.payload.created ?? "") < Number(look?.at), "it came before the look");
  });

  it("O7: the second delivery of a webhook is answered 200", async () => {
    await here().scenarios.nightly;
    const told = deliveries("flights");
    assert.deepEqual(
      told.map(({ status, attempts }) => [status, attempts]),
      [
        [200, 1],
        [200, 1],
      ],
    );
    assert.equal(new Set(told.map(({ payload }) => payload.sync_id)).size, 1);
  });

  it("O7, O8: no webhook, a forged one, one of another group: no effect, and the next look ends the wait", async () => {
    const run = await here().scenarios.unheard;
    assertSucceeded(run);
    assert.deepEqual(ends(run), Object.fromEntries(unheard.map((id) => [id, "SUCCESSFUL"])));
    for (const id of unheard) assert.ok(looks(run).filter((each) => each === id).length >= 2, id);
    const syncs = here().fivetran.requests.filter(({ path }) =>
      unheard.some((id) => path === `/v1/connections/${id}/sync`),
    );
    assert.equal(syncs.length, unheard.length, "none is triggered again");
    assert.deepEqual(deliveries("silent"), []);
    assert.deepEqual(
      deliveries("forged").map(({ status, attempts }) => [status, attempts]),
      [[401, 5]],
    );
    assert.deepEqual(
      deliveries("other_group").map(({ status }) => status),
      [200],
    );
    await assertNothingLeft(here(), "quiet", run);
  });
});

import assert from "node:assert/strict";
import { assertNothingLeft } from "./place";
import { asked, assertSucceeded, ends, states } from "./runs";
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
    assert.deepEqual(ends(whole), Object.fromEntries(heard.map((id) => [id, { status: "SUCCESSFUL" }])));
    // Nobody asked the API in place of a webhook; the one put off was synced again.
    assert.deepEqual(asked(whole, "trigger").sort(), [...heard, "zipcodes"].sort());
    assert.deepEqual(asked(whole, undefined), []);
    assert.equal(states(whole).filter((state) => state === "Connection synced").length, heard.length);
    await assertNothingLeft(here(), "nightly", whole);
  });

  it("O3: the webhook of Fivetran's own sync, which came before the token was stored, doesn't end the wait for the next", async () => {
    await here().scenarios.nightly;
    const [own, ours, ...more] = deliveries("before_token");
    assert.deepEqual([own?.status, ours?.status, more.length], [200, 200, 0]);
    const triggered = here().fivetran.requests.filter(({ path }) => path === "/v1/connections/before_token/sync");
    assert.equal(triggered.length, 1);
    assert.ok(Date.parse(own?.payload.created ?? "") < Number(triggered[0]?.at), "the first was on its way before");
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

  it("O7, O8: no webhook, a forged one, one of another group: no effect, and the poll ends the wait", async () => {
    const run = await here().scenarios.unheard;
    assertSucceeded(run);
    assert.deepEqual(ends(run), Object.fromEntries([...unheard].map((id) => [id, { status: "SUCCESSFUL" }])));
    assert.deepEqual([...new Set(asked(run, undefined))].sort(), [...unheard].sort());
    assert.deepEqual(deliveries("silent"), []);
    assert.deepEqual(
      deliveries("forged").map(({ status, attempts }) => [status, attempts]),
      [[401, 5]],
    );
    assert.deepEqual(
      deliveries("other_group").map(({ status }) => status),
      [200],
    );
    await assertNothingLeft(here(), "side", run);
  });
});

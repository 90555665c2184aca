import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isSigned,
  SIGNATURE_HEADER,
  signatureOf,
} from "../../../../functions/fivetran-dbt-orchestration/webhook/signature";
import { payload, SECRET, signed, webhookWorld } from "./webhookWorld";

describe("Webhook signature", () => {
  it("O7: the signature is the HMAC-SHA-256 of RFC 4231's second case", () => {
    const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert.equal(signatureOf(Buffer.from("what do ya want for nothing?"), "Jefe"), expected);
  });

  it("O7: any body is accepted in either case and encoding, and refused with one bit of it changed", () => {
    const bodies = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bodies, fc.string({ minLength: 1 }), fc.boolean(), fc.nat(), (bytes, secret, upper, at) => {
        const body = Buffer.from(bytes);
        const hex = signatureOf(body, secret);
        const headers = { [SIGNATURE_HEADER]: upper ? hex.toUpperCase() : hex };
        const encoded = { headers, isBase64Encoded: true };
        assert.ok(isSigned({ ...encoded, body: body.toString("base64") }, secret));
        const text = body.toString("utf8");
        if (Buffer.from(text).equals(body)) assert.ok(isSigned({ headers, body: text }, secret));
        const changed = Buffer.from(body);
        const index = at % changed.length;
        changed[index] = (changed[index] ?? 0) ^ (1 << (at % 8));
        assert.ok(!isSigned({ ...encoded, body: changed.toString("base64") }, secret));
      }),
    );
  });

  it("O7: anything but 64 hex digits is refused", () => {
    const request = signed(payload());
    const hex = request.headers?.[SIGNATURE_HEADER] ?? "";
    for (const header of [undefined, "", hex.slice(1), `${hex}0`, `sha256=${hex}`, "g".repeat(64), "é".repeat(64)]) {
      assert.equal(isSigned({ ...request, headers: { [SIGNATURE_HEADER]: header } }, SECRET), false, header);
    }
    assert.equal(isSigned({ body: request.body }, SECRET), false);
    assert.equal(isSigned({ headers: request.headers }, SECRET), false);
  });

  it("O7: a forged webhook is answered 401, counted, and touches neither table nor tasks", async () => {
    const { send, store, table, tasks, counts } = webhookWorld({ startOn: ["purr_rich"] });
    await store();
    table.sent.length = 0;
    assert.equal((await send(signed(payload(), "another"))).status, 401);
    assert.equal((await send({ ...signed(payload()), headers: {} })).status, 401);
    const changed = { ...signed(payload()), body: JSON.stringify(payload({ connector_id: "x" })) };
    assert.equal((await send(changed)).status, 401);
    assert.deepEqual([table.sent, tasks.ended.size, counts.totals], [[], 0, { WebhooksForged: 3 }]);
  });

  it("O7: after the secret was rotated, the new one is fetched; the old one is refused from then on", async () => {
    const { send } = webhookWorld({ secrets: ["old", "new"] });
    assert.equal((await send(signed(payload(), "new"))).status, 200);
    assert.equal((await send(signed(payload(), "never"))).status, 401);
  });

  it("O7: the secret and the tokens stand in no log line and no answer", async () => {
    const { send, store, log } = webhookWorld();
    await store({ token: "t1" });
    const replies = [await send(signed(payload())), await send(signed(payload(), "another"))];
    const told = [...log.lines, JSON.stringify(replies)].join("\n");
    assert.ok(log.lines.length >= 2);
    assert.ok(!told.includes(SECRET) && !told.includes('"t1"'), told);
  });
});

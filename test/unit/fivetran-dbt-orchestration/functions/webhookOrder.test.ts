import assert from "node:assert/strict";
import fc from "fast-check";
import { EXECUTION } from "./fakes";
import { payload, STORED, signed, webhookWorld } from "./webhookWorld";

const start = Date.parse(STORED);

describe("Webhooks and waits in any order", () => {
  /** A wait is stored, or a sync's webhook is delivered (again), some milliseconds after the start. */
  const step = fc.oneof(
    fc.record({ kind: fc.constant("wait" as const), execution: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      kind: fc.constant("webhook" as const),
      sync: fc.nat(4),
      status: fc.constantFrom("SUCCESSFUL", "FAILURE"),
    }),
  );

  it("O3 O7: a wait ends at most once, never by a sync that ended before it, and no due token stays behind", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const tokens = steps.map((_, i) => `token-${i}`);
        const { send, store, tasks, waits } = webhookWorld({ tokens });
        /** When each sync ended: as its first webhook was made. */
        const ended = new Map<number, number>();
        const storedAt = new Map<string, number>();
        let replaced = 0;
        for (const [i, each] of steps.entries()) {
          const at = start + i;
          if (each.kind === "wait") {
            const token = `token-${i}`;
            storedAt.set(token, at);
            const execution = `${EXECUTION}-${each.execution}`;
            const { unanswered } = await store({ token, execution, storedAt: new Date(at).toISOString() });
            if (unanswered) replaced += 1;
            continue;
          }
          const created = ended.get(each.sync) ?? at;
          ended.set(each.sync, created);
          const body = payload({ sync_id: `s${each.sync}`, created: new Date(created).toISOString() }, each);
          await send(signed(body));
          for (const wait of await waits.waitsFor("purr_rich")) assert.ok(Date.parse(wait.storedAt) > created);
        }
        for (const [token, { output, cause }] of tasks.ended) {
          const { sync_id } = (output ?? cause) as { readonly sync_id: string };
          assert.ok((ended.get(Number(sync_id.slice(1))) ?? 0) >= (storedAt.get(token) ?? Number.POSITIVE_INFINITY));
        }
        const left = await waits.waitsFor("purr_rich");
        assert.equal(left.length + tasks.ended.size + replaced, storedAt.size);
      }),
      { numRuns: 150 },
    );
  });
});

import assert from "node:assert/strict";
import type { ConnectorContext, Page } from "../../../functions/connector-kit/core";
import { ask, FakeClock, failure, first, orders, paged } from "./harness";

/** Pages of one row each, a page taking so long. */
function slow(clock: FakeClock, pageMs: number, pages = 1000) {
  return paged([], {
    pull: async function* (cursor = 0) {
      for (let at = cursor; at < pages; at += 1) {
        await clock.sleep(pageMs);
        yield { upserts: { orders: orders(at, 1) }, cursor: at + 1 };
      }
    },
  });
}

describe("Fivetran connector: deadline", () => {
  for (const [totalMs, pageMs, rows] of [
    [3_000, 400, 3],
    [10_000, 700, 11],
    [900_000, 60_000, 14],
  ] as const) {
    it(`F3: of ${totalMs / 1000} s with pages of ${pageMs} ms, ${rows} pages go out a second before the end`, async () => {
      const clock = new FakeClock(totalMs);
      const { response, leftMs } = await ask(slow(clock, pageMs), first, { clock });
      assert.equal(response.insert?.orders?.length, rows);
      assert.deepEqual(response.state, { kit: 1, version: 1, cursor: rows });
      assert.equal(response.hasMore, true);
      assert.ok(leftMs >= 1_000, `${leftMs} ms were left`);
    });
  }

  it("F3: a page that never comes doesn't hold up the answer; five such requests in a row are an error", async () => {
    const never = paged([], {
      pull: async function* () {
        await new Promise(() => undefined);
        yield { cursor: 1 };
      },
    });
    let state: unknown = {};
    for (let stalled = 1; stalled < 5; stalled += 1) {
      const { response, leftMs, counts } = await ask(never, { ...first, state }, { totalMs: 5_000 });
      assert.equal(counts?.Stalls, 1, "an alarm looks at it");
      assert.deepEqual(response.state, { kit: 1, version: 1, stalled });
      assert.equal(response.hasMore, true);
      assert.ok(leftMs >= 1_000);
      state = response.state;
    }
    const error = await failure(never, { ...first, state }, { totalMs: 5_000 });
    assert.equal(error.name, "DeadlineError");
    assert.match(error.message, /No page was finished in 5 requests of 5 s each/);
  });

  it("F3: a page that comes ends the count of requests without one", async () => {
    const clock = new FakeClock(5_000);
    const state = { kit: 1, version: 1, stalled: 4 };
    const { response } = await ask(slow(clock, 1_000), { ...first, state }, { clock });
    assert.deepEqual(response.state, { kit: 1, version: 1, cursor: 3 });
  });

  it("F3: the connector's signal is aborted when pulling ends, and what it throws then is no failure", async () => {
    const clock = new FakeClock(5_000);
    const left: number[] = [];
    const listens = paged([], {
      pull: async function* (_cursor: number | undefined, { signal, remainingMs }: ConnectorContext) {
        yield { upserts: { orders: orders(1, 1) }, cursor: 1 };
        left.push(remainingMs());
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        yield { cursor: 2 };
      },
    });
    const { response, logged } = await ask(listens, first, { clock });
    assert.deepEqual(left, [5_000 - 1_000 - 625]);
    assert.deepEqual(response.state, { kit: 1, version: 1, cursor: 1 });
    assert.equal(response.hasMore, true);
    assert.deepEqual(
      logged.map(({ level }) => level),
      ["info"],
    );
  });

  it("F3: a connector that makes pages without waiting is stopped too", async () => {
    const clock = new FakeClock(5_000);
    let pulled = 0;
    const busy = paged([], {
      pull: async function* (cursor = 0) {
        for (let at = cursor; ; at += 1) {
          pulled += 1;
          clock.spend(10);
          yield { cursor: at + 1 } satisfies Page<number>;
        }
      },
    });
    const { response, leftMs } = await ask(busy, first, { clock });
    assert.equal(response.hasMore, true);
    assert.equal(pulled, 338);
    assert.ok(leftMs >= 1_000);
  });

  it("F3: a function with too little time says so instead of asking for ever", async () => {
    const error = await failure(paged([]), first, { totalMs: 1_200 });
    assert.equal(error.name, "DeadlineError");
    assert.match(error.message, /1200 ms left at its start.*Raise its timeout/);
  });

  it("F3: through a bucket, time for writing the file is kept back as the file grows", async () => {
    const clock = new FakeClock(20_000);
    const big = paged([], {
      pull: async function* (cursor = 0) {
        for (let at = cursor; ; at += 1) {
          await clock.sleep(200);
          yield { upserts: { orders: orders(at * 100, 100, "x".repeat(10_000)) }, cursor: at + 1 };
        }
      },
    });
    const { response, files, leftMs } = await ask(
      big,
      { ...first, bucket: "b", file: "f" },
      {
        clock,
        limits: { fileBytes: 1e9 },
        putFile: (_, text) => clock.sleep(Buffer.byteLength(text) / 8_000),
      },
    );
    const bytes = Buffer.byteLength(files.get("f") ?? "");
    assert.ok(bytes > 40e6, `${bytes} bytes`);
    assert.ok(leftMs >= 1_000, `${leftMs} ms were left`);
    assert.equal(response.hasMore, true);
  });
});

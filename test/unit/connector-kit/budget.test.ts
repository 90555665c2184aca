import assert from "node:assert/strict";
import { type PlayResult, play } from "../../../cli/fivetran-invoke/play";
import type { Connector, Json } from "../../../functions/connector-kit/core";
import { type Asked, type AskOptions, ask, FakeClock, failure, first, orders, paged } from "./harness";

const SIX_MB = 6_000_000;

/** A whole sync, with every answer looked at. */
async function sync<C extends Json>(
  connector: Connector<C>,
  options: AskOptions & { readonly state?: Record<string, unknown> } = {},
  look: (asked: Asked) => void = () => undefined,
): Promise<PlayResult> {
  return play({
    secrets: {},
    state: options.state,
    invoke: async (request) => {
      const asked = await ask(connector, request, options);
      look(asked);
      return asked.response;
    },
  });
}

describe("Fivetran connector: byte budget", () => {
  for (const [pageRows, pageMs] of [
    [1_000, 100],
    [40_000, 900],
  ] as const) {
    it(`F3, F4: 100,000 rows in pages of ${pageRows} and a function of 5 s: several answers, none too big or late, no row lost or doubled`, async () => {
      const text = (id: number) => `row ü ${"x".repeat(id % 97)} `.repeat(2);
      let clock = new FakeClock(5_000);
      const source = paged([], {
        pull: async function* (cursor = 0) {
          for (let at = cursor; at < 100_000; at += pageRows) {
            await clock.sleep(pageMs);
            const count = Math.min(pageRows, 100_000 - at);
            const rows = Array.from({ length: count }, (_, row) => ({ id: at + row, text: text(at + row) }));
            yield { upserts: { orders: rows }, cursor: at + count };
          }
        },
      });
      const sizes: number[] = [];
      const { tables, store } = await play({
        secrets: {},
        invoke: async (request) => {
          clock = new FakeClock(5_000);
          const { response, leftMs } = await ask(source, request, { clock });
          sizes.push(Buffer.byteLength(JSON.stringify(response)));
          assert.ok(leftMs >= 1_000, `${leftMs} ms were left`);
          return response;
        },
      });
      assert.deepEqual(tables, [{ table: "orders", rows: 100_000, deleted: 0, upserts: 100_000, deletes: 0 }]);
      assert.ok(store.rows("orders").every((row) => row.text === text(Number(row.id))));
      assert.ok(sizes.length >= 3 && sizes.every((size) => size <= SIX_MB), `${sizes}`);
    });
  }

  it("F4: an answer is filled before the next begins", async () => {
    const pages = Array.from({ length: 80 }, (_, at) => ({
      upserts: { orders: orders(at * 100, 100, "x".repeat(950)) },
    }));
    const sizes: number[] = [];
    await sync(paged(pages), {}, ({ response }) => sizes.push(Buffer.byteLength(JSON.stringify(response))));
    assert.equal(sizes.length, 2);
    assert.ok((sizes[0] ?? 0) > 0.97 * SIX_MB && (sizes[0] ?? 0) <= SIX_MB, `${sizes}`);
  });

  it("F4: a page of 20 MB goes out in parts, and the state moves with the last", async () => {
    const rows = orders(0, 20_000, "y".repeat(1_000));
    const states: Json[] = [];
    const page = { upserts: { orders: rows }, deletes: { lines: [{ order: 1, line: 1 }] }, softDelete: ["lines"] };
    const { requests, store, tables } = await sync(paged([page]), {}, ({ response }) => {
      assert.ok(Buffer.byteLength(JSON.stringify(response)) <= SIX_MB);
      states.push(response.state.cursor ?? "none");
      assert.deepEqual(response.softDelete, response.hasMore ? undefined : ["lines"]);
    });
    assert.equal(requests, 4);
    assert.deepEqual(states, ["none", "none", "none", 1]);
    assert.deepEqual(store.rows("orders"), rows);
    assert.deepEqual(
      tables.map(({ upserts, deletes }) => [upserts, deletes]),
      [
        [20_000, 0],
        [0, 1],
      ],
    );
  });

  it("F4: an oversized page waits for an answer of its own, behind what was gathered", async () => {
    const pages = [{ upserts: { orders: orders(0, 1) } }, { upserts: { orders: orders(1, 30, "z".repeat(1_000)) } }];
    const counts: number[] = [];
    const limits = { answerBytes: 10_000 };
    const { store } = await sync(paged(pages), { limits }, ({ response }) => {
      counts.push(response.insert?.orders?.length ?? 0);
      assert.ok(Buffer.byteLength(JSON.stringify(response)) <= 10_000);
    });
    assert.deepEqual(counts, [1, 9, 9, 9, 3]);
    assert.equal(store.rows("orders").length, 31);
  });

  it("F4: a page that is another when it is read again begins anew; one that always is is an error", async () => {
    let reading = 0;
    const changing = (until: number) =>
      paged([], {
        pull: async function* (cursor = 0) {
          if (cursor > 0) return;
          reading += 1;
          yield { upserts: { orders: orders(0, 20, `${Math.min(reading, until)} `.repeat(500)) }, cursor: 1 };
        },
      });
    const limits = { answerBytes: 10_000 };
    const { store, tables } = await sync(changing(3), { limits });
    assert.ok(store.rows("orders").every(({ text }) => String(text).startsWith("3 ")));
    assert.equal(tables[0]?.rows, 20);
    reading = 0;
    await assert.rejects(
      sync(changing(100), { limits }),
      /began with other rows each time it was read. Yield smaller pages/,
    );
  });

  it("F4: a page that only grows at its end is gone on with", async () => {
    let rows = 20;
    const growing = paged([], {
      pull: async function* (cursor = 0) {
        if (cursor < rows)
          yield { upserts: { orders: orders(cursor, rows - cursor, "x".repeat(1_000)) }, cursor: rows };
      },
    });
    const { tables } = await sync(growing, { limits: { answerBytes: 10_000 } }, () => {
      rows = 25;
    });
    assert.deepEqual(tables[0], { table: "orders", rows: 25, deleted: 0, upserts: 25, deletes: 0 });
  });

  it("F4: a page that is gone when its next part is due is an error", async () => {
    let readings = 0;
    const gone = paged([], {
      pull: async function* () {
        readings += 1;
        if (readings === 1) yield { upserts: { orders: orders(0, 20, "x".repeat(1_000)) }, cursor: 1 };
      },
    });
    const limits = { answerBytes: 10_000 };
    await assert.rejects(sync(gone, { limits }), /handed over in part and isn't there any more/);
  });

  for (const target of [{}, { bucket: "b", file: "f" }]) {
    it(`F4: a row that no ${"bucket" in target ? "file" : "answer"} has room for is an error with its table and key`, async () => {
      const page = {
        upserts: {
          lines: [
            { order: 1, line: 1 },
            { order: 7, line: 2, text: "é".repeat(6_000) },
          ],
        },
      };
      const limits = { answerBytes: 10_000, fileBytes: 10_000 };
      const request = { ...first, ...target };
      const { response } = await ask(paged([page]), request, { limits });
      assert.equal(response.hasMore, true);
      const error = await failure(paged([page]), { ...request, state: response.state }, { limits });
      assert.equal(error.name, "RowError");
      assert.match(
        error.message,
        /The row \[7,2\] of table lines has 12\d\d\d bytes as JSON, an answer has room for 9\d\d\d/,
      );
    });
  }
});

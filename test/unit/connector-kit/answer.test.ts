import assert from "node:assert/strict";
import fc from "fast-check";
import type { Page } from "../../../functions/connector-kit/core";
import { rowsBytes } from "../../../functions/connector-kit/core/rowsBytes";
import { ask, failure, first, orders, paged } from "./harness";

const circle: Record<string, unknown> = {};
circle.self = circle;

describe("Fivetran connector: answer", () => {
  it("F2: has state, insert, delete, schema and hasMore, and deletes carry the primary key alone", async () => {
    const page = {
      upserts: { orders: [{ id: 1, at: new Date(0), tags: ["a"], note: undefined }] },
      deletes: { lines: [{ order: 1, line: 2, amount: 3 }] },
      softDelete: ["orders"],
    };
    const { response, counts } = await ask(paged([page]), first);
    assert.deepEqual(JSON.parse(JSON.stringify(response)), {
      state: { kit: 1, version: 1, cursor: 1 },
      insert: { orders: [{ id: 1, at: "1970-01-01T00:00:00.000Z", tags: ["a"] }] },
      delete: { lines: [{ order: 1, line: 2 }] },
      schema: { orders: { primary_key: ["id"] }, lines: { primary_key: ["order", "line"] } },
      softDelete: ["orders"],
      hasMore: false,
    });
    assert.deepEqual(
      { ...counts, AnswerBytes: 0 },
      { Pages: 1, Stalls: 0, RowsUpserted: 1, RowsDeleted: 1, AnswerBytes: 0 },
    );
  });

  const refused: readonly [string, Omit<Page<number>, "cursor">, RegExp][] = [
    [
      "an upsert without its key",
      { upserts: { orders: [{ id: 1 }, { name: "x" }] } },
      /Row 2 of the page's upserts of table orders has no primary key: its column id is missing/,
    ],
    [
      "an upsert with a null key",
      { upserts: { lines: [{ order: 1, line: null }] } },
      /Row 1 .* of table lines .*column line is null/,
    ],
    ["a key that is an object", { upserts: { orders: [{ id: { a: 1 } }] } }, /column id is of type object/],
    ["a key that isn't a number", { upserts: { orders: [{ id: Number.NaN }] } }, /column id is of type number/],
    [
      "a delete without its key",
      { deletes: { lines: [{ order: 1 }] } },
      /Row 1 of the page's deletes of table lines .*column line is missing/,
    ],
    ["a row that isn't an object", { upserts: { orders: [null as never] } }, /Row 1 .* isn't an object/],
    [
      "a table that isn't in schema",
      { upserts: { customers: [{ id: 1 }] } },
      /table customers, which schema doesn't have/,
    ],
    ["a soft delete of such a table", { softDelete: ["constructor"] }, /table constructor/],
    [
      "a number that JSON doesn't have",
      { upserts: { orders: [{ id: 7, price: Infinity }] } },
      /orders, key \[7\], column price: Infinity isn't a JSON number/,
    ],
    ["a bigint", { upserts: { orders: [{ id: 7, price: 1n }] } }, /key \[7\], column price: a bigint/],
    [
      "a nested bigint",
      { upserts: { orders: [{ id: 7, price: { net: 1n } }] } },
      /key \[7\], column price: a bigint has no JSON form/,
    ],
    [
      "a nested number that JSON doesn't have",
      { upserts: { orders: [{ id: 7, price: { net: [Number.NaN] } }] } },
      /key \[7\], column price: NaN isn't a JSON number/,
    ],
    ["rows that are no list", { upserts: { orders: { id: 1 } as never } }, /rows of the table orders aren't an array/],
    [
      "a value in a circle",
      { upserts: { orders: [{ id: 7, parent: circle }] } },
      /key \[7\], column parent: it is nested more than 100 deep, or in a circle/,
    ],
    [
      "a row both upserted and deleted",
      { upserts: { orders: [{ id: 1 }] }, deletes: { orders: [{ id: 1 }] } },
      /upserts and deletes the row \[1\] of table orders/,
    ],
  ];
  for (const [name, page, problem] of refused) {
    it(`F2: ${name} is an error that names it`, async () => {
      for (const target of [{}, { bucket: "b", file: "f" }]) {
        assert.match((await failure(paged([page]), { ...first, ...target })).message, problem);
      }
    });
  }

  it("F2: a page that isn't an object is an error", async () => {
    const pull = async function* () {
      yield undefined as never;
    };
    assert.match((await failure(paged([], { pull }), first)).message, /A page isn't an object/);
  });

  for (const target of [{}, { bucket: "b", file: "f" }]) {
    const method = "bucket" in target ? "S3" : "direct";
    it(`F2: a row that is deleted and comes back on a later page is never in both places of an answer (${method})`, async () => {
      const connector = paged([
        { upserts: { orders: [{ id: 1 }] }, deletes: { orders: [{ id: 2 }] } },
        { upserts: { orders: [{ id: 3 }] } },
        { upserts: { orders: [{ id: 2, again: true }] } },
        { deletes: { orders: [{ id: 3 }] } },
        { deletes: { orders: [{ id: 2 }] } },
      ]);
      const seen: unknown[] = [];
      for (let state: unknown = {}, more = true; more; ) {
        const { response, files } = await ask(connector, { ...first, state, ...target });
        const rows = files.size > 0 ? JSON.parse(files.get("f") ?? "") : response;
        seen.push([rows.insert.orders, rows.delete?.orders]);
        ({ state, hasMore: more } = response);
      }
      assert.deepEqual(seen, [
        [[{ id: 1 }, { id: 3 }], [{ id: 2 }]],
        [[{ id: 2, again: true }], [{ id: 3 }]],
        [undefined, [{ id: 2 }]],
      ]);
    });
  }

  it("F5: through a bucket the rows are in the file, the answer has the rest", async () => {
    const pages = [{ upserts: { orders: orders(1, 2, "é") } }, { deletes: { lines: [{ order: 1, line: 1 }] } }];
    const { response, files } = await ask(paged(pages), { ...first, bucket: "sync", file: "a/b.json" });
    assert.deepEqual([...files.keys()], ["a/b.json"]);
    assert.deepEqual(JSON.parse(files.get("a/b.json") ?? ""), {
      insert: { orders: orders(1, 2, "é") },
      delete: { lines: [{ order: 1, line: 1 }] },
    });
    assert.deepEqual(response, {
      state: { kit: 1, version: 1, cursor: 2 },
      schema: { orders: { primary_key: ["id"] }, lines: { primary_key: ["order", "line"] } },
      hasMore: false,
    });
  });

  it("F5: when the file can't be written there is no answer, so the state stands", async () => {
    const putFile = () => Promise.reject(new Error("AccessDenied"));
    const request = { ...first, bucket: "sync", file: "f" };
    const error = await failure(paged([{ upserts: { orders: orders(1, 1) } }]), request, { putFile });
    assert.equal(error.message, "Error: AccessDenied");
  });

  it("F4: rows are measured to the byte without being written, whatever is in them", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("\ud800", "\u2028", '"', "\\", "\u007f"),
    );
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -20, max: 2_000_000 }),
    );
    const plain = fc.oneof(text, number, fc.boolean(), fc.constantFrom(null, -0, 999, 1000, 999_999, 1e6, 1e21, 1e-7));
    const any = fc.oneof(plain, fc.jsonValue(), fc.constantFrom(undefined, new Date(0)));
    const rowsOf = (value: fc.Arbitrary<unknown>) =>
      fc.array(fc.dictionary(fc.oneof(fc.constantFrom("a", "b"), text), value, { maxKeys: 5, size: "max" }), {
        maxLength: 5,
        size: "max",
      });
    fc.assert(
      fc.property(fc.oneof(rowsOf(plain), rowsOf(any)), (rows) => {
        assert.equal(rowsBytes(rows), Buffer.byteLength(JSON.stringify(rows)) - 2);
      }),
      { numRuns: 120 },
    );
    class Money {
      constructor(readonly amount: number) {}
      toJSON() {
        return { cents: this.amount };
      }
    }
    const odd = [Object.create({ inherited: 1 }), new Money(5), { toJSON: () => 1 }];
    assert.equal(rowsBytes(odd), Buffer.byteLength(JSON.stringify(odd)) - 2);
  });

  it("F2, F5: whatever is in the rows, answer and file say the same", async () => {
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.jsonValue(),
      fc.constantFrom(null, undefined, -0, "\ud800"),
    );
    const rows = fc.array(fc.dictionary(fc.string(), value), { minLength: 1, maxLength: 20, size: "max" });
    const check = async (given: Record<string, unknown>[]) => {
      const page = { upserts: { orders: given.map((row, id) => ({ ...row, id })) } };
      const direct = await ask(paged([page]), first);
      const { files } = await ask(paged([page]), { ...first, bucket: "b", file: "f" });
      const sent = JSON.stringify({ insert: direct.response.insert, delete: {} });
      assert.equal(files.get("f"), sent);
      const bytes = Buffer.byteLength(JSON.stringify(direct.response));
      const counted = (direct.counts?.AnswerBytes ?? 0) + JSON.stringify(direct.response.state).length;
      assert.ok(bytes <= counted && counted < bytes + 200, `${bytes} bytes, counted as ${counted}`);
    };
    await fc.assert(fc.asyncProperty(rows, check), { numRuns: 60 });
  });
});

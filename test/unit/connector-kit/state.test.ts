import assert from "node:assert/strict";
import { defineConnector } from "../../../functions/connector-kit/core";
import { ask, failure, first, orders, paged } from "./harness";

describe("Fivetran connector: state", () => {
  const rows = { upserts: { orders: orders(1, 1) } };
  const withCursor = (state: unknown) => ({ ...first, state });

  for (const state of [
    { kit: 2, version: 1, cursor: 1 },
    { kit: 1, version: 2, cursor: 1 },
  ]) {
    it(`F8: a state from a future version is refused: ${JSON.stringify(state)}`, async () => {
      const error = await failure(paged([rows]), withCursor(state));
      assert.equal(error.name, "StateError");
      assert.match(error.message, /newer release wrote it/);
    });
  }

  it("F8: an older cursor is migrated, and refused where the connector has no migrate", async () => {
    const old = withCursor({ kit: 1, version: 1, cursor: "page-1" });
    const error = await failure(paged([rows], { version: 2 }), old);
    assert.match(error.message, /version 1, and the connector has no migrate/);
    const migrate = (cursor: unknown, version: number) => (cursor === "page-1" && version === 1 ? 1 : assert.fail());
    const { response } = await ask(paged([rows, rows], { version: 2, migrate }), old);
    assert.deepEqual(response.state, { kit: 1, version: 2, cursor: 2 });
  });

  it("F8: the state of a connector that was written without the kit is migrated whole", async () => {
    const foreign = withCursor({ transactions: "2024-01-01" });
    assert.match((await failure(paged([rows]), foreign)).message, /wasn't written by this kit/);
    const seen: unknown[] = [];
    const migrate = (old: unknown, version: number) => {
      seen.push(old, version);
      return 0;
    };
    await ask(paged([rows], { migrate }), foreign);
    assert.deepEqual(seen, [{ transactions: "2024-01-01" }, 0]);
  });

  for (const state of [
    { kit: "1", version: 1 },
    { kit: 1, version: 1, stalled: -1 },
    { kit: 1, version: 1, cursor: 1, part: { done: 0, hash: "x", changed: 0 } },
    { kit: 1, version: 1, cursor: 1, part: "x" },
  ]) {
    it(`F8: a state that was changed by hand is refused: ${JSON.stringify(state)}`, async () => {
      const error = await failure(paged([rows]), withCursor(state));
      assert.equal(error.name, "StateError");
      assert.match(error.message, /changed by hand/);
    });
  }

  it("F8: a page with rows whose cursor stands still is refused, and so is one that goes back", async () => {
    const upserts = { orders: orders(1, 3) };
    const still = paged([], {
      pull: async function* () {
        yield { upserts, cursor: 7 };
        yield { upserts, cursor: 7 };
      },
    });
    const error = await failure(still, first);
    assert.equal(error.name, "PageError");
    assert.match(error.message, /A page of 3 rows has the cursor 7, which an earlier page had/);
    await failure(still, withCursor({ kit: 1, version: 1, cursor: 7 }));
    const back = paged([], {
      pull: async function* () {
        yield { upserts, cursor: 1 };
        yield { upserts, cursor: 2 };
        yield { upserts, cursor: 1 };
      },
    });
    assert.match((await failure(back, first)).message, /has the cursor 1, which an earlier page had/);
  });

  it("F8: an empty page may stand still: there was nothing new", async () => {
    const quiet = paged([], {
      pull: async function* (cursor = 5) {
        yield { cursor };
      },
    });
    const { response } = await ask(quiet, withCursor({ kit: 1, version: 1, cursor: 5 }));
    assert.deepEqual(response.state, { kit: 1, version: 1, cursor: 5 });
  });

  it("F8: a page without a cursor is refused", async () => {
    const none = paged([], {
      pull: async function* () {
        yield { cursor: undefined as unknown as number };
      },
    });
    assert.match((await failure(none, first)).message, /has no cursor/);
  });

  it("F8: a cursor that isn't a place is refused", async () => {
    const pull = async function* () {
      yield { cursor: "x".repeat(200_000) as unknown as number };
    };
    assert.match((await failure(paged([], { pull }), first)).message, /A cursor has 200002 bytes, at most 100000/);
  });

  it("F10: a connector is told that its answer has left, also when a page of it was refused", async () => {
    const closed: string[] = [];
    const holding = (name: string, rows: Record<string, unknown>[]) =>
      paged([], {
        pull: async function* () {
          try {
            yield { upserts: { orders: rows }, cursor: 1 };
            yield { upserts: { orders: orders(2, 20, "x".repeat(100)) }, cursor: 2 };
          } finally {
            closed.push(name);
          }
        },
      });
    await ask(holding("full", [{ id: 1 }]), first, { limits: { answerBytes: 1_000 } });
    await failure(holding("refused", [{ name: "no id" }]), first);
    assert.deepEqual(closed, ["full", "refused"]);
  });

  it("F8: the cursor moves only past rows that are in the answer when the source fails half-way", async () => {
    let broken = true;
    const connector = paged([], {
      pull: async function* (cursor = 0) {
        if (cursor === 0) yield { upserts: { orders: orders(1, 2) }, cursor: 1 };
        if (broken) throw new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
        yield { upserts: { orders: orders(3, 2) }, cursor: 2 };
      },
    });
    const { response, logged } = await ask(connector, first);
    assert.equal(response.insert?.orders?.length, 2);
    assert.equal(response.hasMore, true);
    assert.deepEqual(response.state, { kit: 1, version: 1, cursor: 1 });
    assert.equal(logged.filter(({ level }) => level === "warn").length, 1);
    const error = await failure(connector, withCursor(response.state));
    assert.equal(error.message, "TypeError: fetch failed (Error: ECONNRESET)");
    broken = false;
    assert.equal((await ask(connector, withCursor(response.state))).response.hasMore, false);
  });

  for (const [problem, schema] of [
    [/schema has no table/, {}],
    [/schema\.orders\.primaryKey is \[\]/, { orders: { primaryKey: [] } }],
    [/schema\.orders\.primaryKey is \["id","id"\]/, { orders: { primaryKey: ["id", "id"] } }],
  ] as const) {
    it(`F10: a definition with a mistake is refused when it is loaded: ${problem.source}`, () => {
      assert.throws(() => defineConnector(paged([], { schema })), problem);
    });
  }

  it("F10: a definition's version is a whole number, and both functions are there", () => {
    assert.throws(() => defineConnector(paged([], { version: 1.5 })), /version is 1\.5/);
    assert.throws(() => defineConnector({ ...paged([]), test: undefined as never }), /test is missing/);
    const good = paged([]);
    assert.equal(defineConnector(good), good);
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { play } from "../../../cli/fivetran-invoke/play";
import type { Connector, Page, Row } from "../../../functions/connector-kit/core";
import { ask, FakeClock } from "./harness";

interface Change {
  readonly id: number;
  readonly change: number;
  readonly deleted: boolean;
  readonly text: string;
}

/** A table that changes while it is read; a row stands where its last change was. */
class Source {
  readonly rows = new Map<number, Change>();
  private change = 0;

  put(id: number, size: number, deleted = false): void {
    this.change += 1;
    this.rows.delete(id);
    this.rows.set(id, { id, change: this.change, deleted, text: "ß".repeat(size >> 1) });
  }

  live(): Row[] {
    return [...this.rows.values()].filter(({ deleted }) => !deleted).map(({ id, text }) => ({ id, text }));
  }

  connector(clock: () => FakeClock, pageRows: number, pageMs: number): Connector<number> {
    const page = (after: number) => [...this.rows.values()].filter(({ change }) => change > after).slice(0, pageRows);
    return {
      schema: { items: { primaryKey: ["id"] } },
      test: async () => undefined,
      async *pull(cursor = 0) {
        for (let after = cursor; ; ) {
          await clock().sleep(pageMs);
          const found = page(after);
          const last = found.at(-1);
          if (last === undefined) return;
          after = last.change;
          const upserts = { items: found.filter(({ deleted }) => !deleted).map(({ id, text }) => ({ id, text })) };
          const deletes = { items: found.filter(({ deleted }) => deleted).map(({ id }) => ({ id })) };
          yield { upserts, deletes, cursor: after } satisfies Page<number>;
        }
      },
    };
  }
}

const cases = fc.record({
  rows: fc.array(fc.integer({ min: 0, max: 2_500 }), { maxLength: 120, size: "max" }),
  pageRows: fc.integer({ min: 1, max: 60 }),
  pageMs: fc.integer({ min: 0, max: 900 }),
  totalMs: fc.integer({ min: 3_000, max: 12_000 }),
  limit: fc.integer({ min: 4_000, max: 60_000 }),
  s3: fc.boolean(),
  /** What happens between two requests. */
  changes: fc.array(fc.record({ id: fc.nat(119), size: fc.integer({ min: 0, max: 2_500 }), deleted: fc.boolean() }), {
    maxLength: 40,
    size: "max",
  }),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

describe("Fivetran connector: properties", () => {
  it("F3, F4, F8: whatever the pages, rows and deadlines, no row is lost or doubled and no answer is too big or late", async () => {
    const run = async ({ rows, pageRows, pageMs, totalMs, limit, s3, changes }: Case) => {
      const source = new Source();
      for (const [id, size] of rows.entries()) source.put(id, size);
      let clock = new FakeClock(totalMs);
      const files = new Map<string, string>();
      const connector = source.connector(() => clock, pageRows, pageMs);
      let change = 0;
      const { store } = await play({
        secrets: {},
        ...(s3
          ? {
              bucket: {
                bucket: "b",
                fileOf: String,
                read: async (file: string) => files.get(file) ?? assert.fail("no file"),
                remove: async () => undefined,
              },
            }
          : {}),
        invoke: async (request) => {
          clock = new FakeClock(totalMs);
          const asked = await ask(connector, request, {
            clock,
            limits: { answerBytes: limit, fileBytes: limit },
            putFile: (at, text) => at.sleep(text.length / 8_000),
          });
          for (const [file, text] of asked.files) files.set(file, text);
          const sent = s3 ? [...asked.files.values()].join() : JSON.stringify(asked.response);
          assert.ok(Buffer.byteLength(sent) <= limit, `${Buffer.byteLength(sent)} of ${limit} bytes`);
          assert.ok(asked.leftMs >= 1_000, `${asked.leftMs} ms were left`);
          // The source lives on between two requests, but not for ever, and a page in parts isn't another each time.
          const { part } = asked.response.state as { part?: { changed: number } };
          for (const { id, size, deleted } of changes.slice(change, change + 3)) {
            if (asked.response.hasMore && (part?.changed ?? 0) < 3) source.put(id, size, deleted);
          }
          change += 3;
          return asked.response;
        },
      });
      const byId = (a: Row, b: Row) => Number(a.id) - Number(b.id);
      assert.deepEqual(store.rows("items").sort(byId), source.live().sort(byId));
    };
    await fc.assert(fc.asyncProperty(cases, run), { numRuns: 100 });
  });
});

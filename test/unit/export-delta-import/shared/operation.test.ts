import assert from "node:assert/strict";
import fc from "fast-check";
import {
  deltaId,
  LINES_PER_FILE,
  MAX_FILES,
  partitionKey,
  sequenceOf,
} from "../../../../functions/export-delta-import/shared/operation";
import { partLine } from "../../../../functions/export-delta-import/shared/part";

describe("export-delta-import: operations", () => {
  it("D10: the keys of a table are spread over the shards, and a key is always in the same", () => {
    const shards = 8;
    const counts = new Array<number>(shards).fill(0);
    for (let id = 0; id < 8_000; id++) {
      const key = partitionKey("tenant", "orders", [String(id)]);
      assert.equal(key, partitionKey("tenant", "orders", [String(id)]));
      const shard = Number.parseInt(key.slice(0, 8), 16) % shards;
      counts[shard] = (counts[shard] as number) + 1;
    }
    for (const count of counts) assert.ok(count > 850 && count < 1_150, String(counts));
  });

  it("D10: tenant, table and key values can't be taken for one another", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "b", '"', ",", "#", "]", "\\") });
    const place = fc.tuple(part, part, fc.array(part, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(place, place, ([tenant, table, key], [otherTenant, otherTable, otherKey]) => {
        const same = JSON.stringify([tenant, table, key]) === JSON.stringify([otherTenant, otherTable, otherKey]);
        assert.equal(partitionKey(tenant, table, key) === partitionKey(otherTenant, otherTable, otherKey), same);
      }),
      { numRuns: 1_000 },
    );
  });

  it("D10: each delta has its own id, and each operation in it its own sequence that JSON can hold", () => {
    const delta = { tenant: "t", table: "b", from: "1", to: "2", token: 7 };
    const others = [{ tenant: "u" }, { table: "c" }, { from: "" }, { to: "3" }, { token: 8 }];
    const ids = [delta, ...others.map((other) => ({ ...delta, ...other }))].map(deltaId);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(deltaId({ ...delta }), ids[0]);
    assert.equal(sequenceOf(1, 0) - sequenceOf(0, LINES_PER_FILE - 1), 1);
    assert.ok(Number.isSafeInteger(sequenceOf(MAX_FILES - 1, LINES_PER_FILE - 1)));
  });

  it("D2: a part's line gives back every value, NULL beside empty", () => {
    const character = fc
      .oneof(fc.nat({ max: 0xff }), fc.nat({ max: 0x10ffff }))
      .map((point) => (point >= 0xd800 && point < 0xe000 ? "\u2028" : String.fromCodePoint(point)));
    const value = fc.option(fc.string({ unit: character, maxLength: 20 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), (values) => {
        const line = partLine(values);
        assert.equal(line.indexOf("\n"), line.length - 1);
        const expected = Object.fromEntries(
          values.flatMap((each, i) => (each === undefined ? [] : [[`c${i + 1}`, each]])),
        );
        assert.deepEqual(JSON.parse(line), expected);
      }),
      { numRuns: 200 },
    );
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { elementsOf, memberOf } from "../../../../functions/kafka-lambda-sink/core/jsonParts";
import { matchResponse } from "../../../../functions/kafka-lambda-sink/core/response";

const source = { topic: "orders", partition: 3 };
const records = [10n, 11n, 15n].map((offset) => ({ offset }));
const named = (offset: number, result: unknown, place: object = source) => ({ payload: { result, ...place, offset } });

function match(response: unknown) {
  const { format, results } = matchResponse(JSON.stringify(response), source, records);
  return { format, results: results.map((text) => JSON.parse(text)) };
}

describe("KafkaLambdaSink: the function's response", () => {
  it("K15: a list with coordinates in any order gives each record its own result", () => {
    const response = [named(15, { c: 1 }), named(10, "a"), named(11, null)];
    assert.deepEqual(match(response), { format: "coordinates", results: ["a", null, { c: 1 }] });
  });

  it("K15: a list whose coordinates aren't the records' one to one is ascribed to no record", () => {
    const lists: Record<string, unknown[]> = {
      "twice the same": [named(10, 1), named(10, 2), named(11, 3)],
      "of another offset": [named(10, 1), named(11, 2), named(12, 3)],
      "of another topic": [named(10, 1), named(11, 2), named(15, 3, { topic: "other", partition: 3 })],
      "of another partition": [named(10, 1), named(11, 2), named(15, 3, { topic: "orders", partition: 4 })],
    };
    for (const [what, list] of Object.entries(lists)) {
      assert.deepEqual(match(list), { format: "whole", results: [list, list, list] }, what);
    }
  });

  it("K16: any other list of the same length is taken by position", () => {
    const lists: unknown[][] = [
      [1, "b", null],
      [{ payload: { topic: "orders", partition: 3, offset: 15 } }, {}, []],
      [named(10, 1), named(11, 2), { payload: "none" }],
      [{ payload: { ...source, offset: "10", result: 1 } }, 2, 3],
    ];
    for (const list of lists) assert.deepEqual(match(list), { format: "positions", results: list });
  });

  it("K17: anything else goes to every record as a whole", () => {
    for (const response of [null, "done", 3, {}, [], [1, 2], [1, 2, 3, 4], [named(10, 1), named(11, 2)]]) {
      assert.deepEqual(match(response), { format: "whole", results: [response, response, response] });
    }
  });

  it("K17: a response that isn't JSON goes to every record as a text", () => {
    const { format, results } = matchResponse("all 'fine'\n", source, records.slice(0, 2));
    assert.deepEqual([format, results], ["whole", [`"all 'fine'\\n"`, `"all 'fine'\\n"`]]);
    assert.deepEqual(matchResponse("", source, records.slice(0, 1)).results, ['""']);
  });

  it("K15, K16: numbers of any length stay exact, as do all other values", () => {
    const digits = "12345678901234567890.123456789012345678901";
    const places = `"topic":"orders","partition":3,"offset"`;
    const byPlace = `[ {"payload" : {"result":1,"result": ${digits} ,${places}:11}},{"payload":{${places}:10,"result":"{[,]}\\""}}]`;
    assert.deepEqual(matchResponse(byPlace, source, records.slice(0, 2)).results, ['"{[,]}\\""', digits]);
    assert.deepEqual(matchResponse(`[${digits} , 1E400]`, source, records.slice(0, 2)).results, [digits, "1E400"]);
  });

  it("K15: every permutation of the results finds its records", () => {
    const some = fc.uniqueArray(fc.nat(1e9), { minLength: 1, maxLength: 300, size: "max" });
    const shuffled = some.chain((offsets) =>
      fc.tuple(fc.constant(offsets), fc.shuffledSubarray(offsets, { minLength: offsets.length })),
    );
    fc.assert(
      fc.property(shuffled, ([offsets, order]) => {
        const response = order.map((offset) => named(offset, `result ${offset}`));
        const sent = offsets.map((offset) => ({ offset: BigInt(offset) }));
        const { results } = matchResponse(JSON.stringify(response), source, sent);
        assert.deepEqual(
          results.map((text) => JSON.parse(text)),
          offsets.map((offset) => `result ${offset}`),
        );
      }),
    );
  });

  it("K16: the parts cut out of any JSON are those that JSON.parse finds", () => {
    const spaced = fc.tuple(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(undefined, 1, "\t"));
    fc.assert(
      fc.property(spaced, ([value, space]) => {
        const list = [value, [value], { value }];
        const texts = elementsOf(JSON.stringify(list, null, space));
        assert.deepEqual(
          texts.map((text) => JSON.parse(text)),
          JSON.parse(JSON.stringify(list)),
        );
      }),
    );
    const members = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(members, fc.constantFrom(undefined, 2), (object, space) => {
        const text = JSON.stringify(object, null, space);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        for (const name of Object.keys(parsed)) {
          assert.deepEqual(JSON.parse(memberOf(text, name) as string), parsed[name]);
        }
        assert.equal(memberOf(text, "not a name of it, surely"), undefined);
      }),
    );
    assert.deepEqual(elementsOf(" [ ] "), []);
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { BatchBuilder, PayloadWriter } from "../../../../functions/kafka-lambda-sink/core/payload";
import type { SourceRecord } from "../../../../functions/kafka-lambda-sink/core/record";

const record = (offset: bigint, timestamp = 1562844607000n): SourceRecord => ({
  offset,
  timestamp,
  key: null,
  value: null,
  headers: [],
});

describe("KafkaLambdaSink: payload and batches", () => {
  it("K11: the payload is the connector's, member by member", () => {
    const writer = new PayloadWriter({ topic: "mytopic", partition: 1 });
    const headers = '[{"key1":"value1"},{"key1":"value2"}]';
    const first = writer.element(record(101n), { key: '"key_from_sink_record"', value: '{"a":1.50}', headers });
    const second = writer.element(record(9007199254740993n, -1n), { key: "null", value: "null", headers: "[]" });
    assert.equal(
      `[${first.text},${second.text}]`,
      '[{"payload":{"topic":"mytopic","partition":1,"offset":101,"key":"key_from_sink_record","value":{"a":1.50},' +
        '"headers":[{"key1":"value1"},{"key1":"value2"}],"timestamp":1562844607000}},' +
        '{"payload":{"topic":"mytopic","partition":1,"offset":9007199254740993,"key":null,"value":null,"headers":[],"timestamp":null}}]',
    );
  });

  it("K14: a record is measured as the bytes that it has in the payload", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => JSON.stringify(text));
    const parts = fc.record({ key: text, value: text, headers: text.map((value) => `[{"h":${value}}]`) });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.bigInt(0n, 2n ** 63n - 1n), parts, (topic, offset, converted) => {
        const { text, bytes } = new PayloadWriter({ topic, partition: 0 }).element(record(offset), converted);
        assert.equal(bytes, Buffer.byteLength(text));
      }),
    );
  });

  it("K14: a batch takes no more records and no more bytes than allowed, and as many as are", () => {
    const elements = fc.array(fc.string({ unit: "grapheme", maxLength: 40 }), { maxLength: 200, size: "max" });
    const limits = fc.record({ records: fc.integer({ min: 1, max: 30 }), bytes: fc.integer({ min: 200, max: 800 }) });
    fc.assert(
      fc.property(elements, limits, (texts, limit) => {
        const elements = texts.map((text) => JSON.stringify(text));
        const builder = new BatchBuilder(limit);
        const batches: string[][] = [[]];
        for (const [index, element] of elements.entries()) {
          const add = () => builder.add(record(BigInt(index)), "null", element, Buffer.byteLength(element));
          if (!add()) {
            const { payload, bytes, records } = builder.take();
            assert.equal(bytes, Buffer.byteLength(payload));
            assert.equal(payload, `[${batches.at(-1)?.join(",")}]`);
            assert.ok(bytes <= limit.bytes && records.length <= limit.records);
            const withNext = bytes + 1 + Buffer.byteLength(element);
            assert.ok(records.length === limit.records || withNext > limit.bytes, "there was room for one more");
            assert.ok(add(), "an empty batch takes any record that fits at all");
            batches.push([]);
          }
          batches.at(-1)?.push(element);
        }
        assert.deepEqual(batches.flat(), elements);
      }),
    );
  });

  it("K14: a batch size of 1 switches batching off", () => {
    const builder = new BatchBuilder({ records: 1, bytes: 1000 });
    assert.deepEqual(
      [1n, 2n].map((offset) => builder.add(record(offset), "null", "1", 1)),
      [true, false],
    );
    assert.equal(builder.take().payload, "[1]");
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bytesConverter,
  JsonConverter,
  numberConverters,
  stringConverter,
} from "../../../../functions/kafka-lambda-sink/convert/plain";
import { recordConverter } from "../../../../functions/kafka-lambda-sink/convert/records";
import { ConversionError, TransientError } from "../../../../functions/kafka-lambda-sink/core/errors";

const json = new JsonConverter(false);
const enveloped = new JsonConverter(true);

describe("KafkaLambdaSink: converters without a registry", () => {
  it("K12: any text arrives as that text, and nothing as null", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "binary-ascii" })), (text) => {
        // Lone halves of surrogate pairs have no UTF-8.
        const bytes = Buffer.from(text);
        assert.equal(stringConverter.convert(bytes), JSON.stringify(bytes.toString()));
      }),
    );
    for (let code = 0; code < 0xd800; code++) {
      const text = String.fromCharCode(code);
      assert.equal(stringConverter.convert(Buffer.from(text)), JSON.stringify(text));
    }
    assert.equal(stringConverter.convert(null), "null");
    assert.equal(stringConverter.convert(Buffer.alloc(0)), '""');
  });

  it("K12: bytes that aren't text are refused rather than changed, and taken as base64 on request", () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    assert.throws(() => stringConverter.convert(bytes), /aren't UTF-8 text. Fix: .*ByteArrayConverter/);
    assert.throws(() => json.convert(bytes), ConversionError);
    assert.equal(bytesConverter.convert(bytes), '"//4A"');
    assert.equal(bytesConverter.convert(bytes.subarray(1, 2)), '"/g=="');
  });

  it("K12: JSON stands in the payload as it was written", () => {
    for (const text of ['{"a":12345678901234567890.10}', " [1e400]\n", '"x"', "null", "0.1"]) {
      assert.equal(json.convert(Buffer.from(text)), text);
    }
    assert.equal(json.convert(null), "null");
    fc.assert(
      fc.property(fc.json(), (text) => assert.equal(json.convert(Buffer.from(text)), Buffer.from(text).toString())),
    );
  });

  it("K12: what isn't JSON is refused, without quoting it", () => {
    for (const text of ["", "{secret: 1}", "{'secret': 1}", '{"secret":1', '\ufeff{"secret":1}', "NaN", "[1,]"]) {
      assert.throws(() => json.convert(Buffer.from(text)), {
        name: "ConversionError",
        message: /^The text isn't valid JSON( \(position \d+\))?\. Fix: [^{]*$/,
      });
    }
  });

  it("K12: with schemas.enable the payload is meant, exactly as written", () => {
    const schema = '{"type":"struct","fields":[{"field":"payload","type":"int64"}]}';
    const text = `{ "schema": ${schema}, "payload": {"payload": 12345678901234567890} }`;
    assert.equal(enveloped.convert(Buffer.from(text)), '{"payload": 12345678901234567890}');
    assert.equal(enveloped.convert(Buffer.from('{"schema":null,"payload":null}')), "null");
    for (const wrong of ['{"a":1}', '{"payload":1}', '{"schema":{},"payload":1,"more":2}', "[]", "null", '"text"']) {
      assert.throws(() => enveloped.convert(Buffer.from(wrong)), /Fix: set schemas.enable=false/);
    }
  });

  it("K12: numbers as Kafka's serializers write them", () => {
    const read = (name: keyof typeof numberConverters, hex: string) =>
      numberConverters[name].convert(Buffer.from(hex, "hex"));
    assert.equal(read("Integer", "ffffffff"), "-1");
    assert.equal(read("Short", "7fff"), "32767");
    assert.equal(read("Long", "7fffffffffffffff"), "9223372036854775807");
    assert.equal(read("Double", "3fe0000000000000"), "0.5");
    assert.equal(read("Float", "7fc00000"), '"NaN"');
    assert.equal(numberConverters.Long.convert(null), "null");
    assert.throws(() => read("Integer", "0001"), /There are 2 bytes, and a number of 4 is expected/);
  });
});

describe("KafkaLambdaSink: records", () => {
  const record = (headers: [string, string | null][]) => ({
    offset: 0n,
    timestamp: 0n,
    key: Buffer.from("k"),
    value: Buffer.from('{"a":1}'),
    headers: headers.map(([name, value]) => [Buffer.from(name), value === null ? null : Buffer.from(value)] as const),
  });

  it("K11, K12: key, value and headers, each by its converter, headers in order and repeated as they come", () => {
    const convert = recordConverter({ key: stringConverter, value: json, header: stringConverter });
    assert.deepEqual(
      convert(
        record([
          ['a"', "1"],
          ["b", null],
          ['a"', "2"],
        ]),
      ),
      {
        key: '"k"',
        value: '{"a":1}',
        headers: '[{"a\\"":"1"},{"b":null},{"a\\"":"2"}]',
      },
    );
    assert.deepEqual((convert(record([])) as { headers: string }).headers, "[]");
  });

  it("K12: an error names the part that it is about", async () => {
    const failing = { convert: () => Promise.reject(new ConversionError("no schema")) };
    const broken = { convert: () => Promise.reject(new TransientError("down")) };
    const late = recordConverter({ key: stringConverter, value: failing, header: stringConverter });
    await assert.rejects(async () => late(record([])), {
      name: "ConversionError",
      message: "The record's value: no schema",
    });
    const down = recordConverter({ key: broken, value: json, header: stringConverter });
    await assert.rejects(async () => down(record([])), { name: "TransientError", message: "down" });
    const now = recordConverter({ key: json, value: json, header: stringConverter });
    assert.throws(() => now(record([])), /^ConversionError: The record's key: The text isn't valid JSON/);
  });

  it("K12: converters that answer later give the same", async () => {
    const later = { convert: async (bytes: Buffer | null) => JSON.stringify(bytes?.toString() ?? null) };
    const convert = recordConverter({ key: later, value: later, header: later });
    assert.deepEqual(await convert(record([["h", "1"]])), {
      key: '"k"',
      value: '"{\\"a\\":1}"',
      headers: '[{"h":"1"}]',
    });
  });
});

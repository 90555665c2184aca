import assert from "node:assert/strict";
import avro from "avsc";
import fc from "fast-check";
import protobuf from "protobufjs";
import { avroDecoder, decimalText } from "../../../../functions/kafka-lambda-sink/convert/avro";
import { jsonSchemaDecoder } from "../../../../functions/kafka-lambda-sink/convert/jsonSchema";
import { protobufDecoder } from "../../../../functions/kafka-lambda-sink/convert/protobuf";
import type { RegisteredSchema, SchemaType } from "../../../../functions/kafka-lambda-sink/convert/registry";

const schemaOf = (type: SchemaType, text: string | object, references: RegisteredSchema["references"] = []) => ({
  type,
  text: typeof text === "string" ? text : JSON.stringify(text),
  references,
});
const avroOf = (schema: object | string, hex: string, decimals: "NUMERIC" | "BASE64" = "NUMERIC") =>
  avroDecoder(schemaOf("AVRO", JSON.stringify(schema)), decimals)(Buffer.from(hex, "hex"));
const record = (...fields: object[]) => ({ type: "record", name: "R", fields });

describe("KafkaLambdaSink: Avro", () => {
  it("K12: the examples of Avro's specification", () => {
    const test = record({ name: "a", type: "long" }, { name: "b", type: "string" });
    assert.equal(avroOf(test, "3606666f6f"), '{"a":27,"b":"foo"}');
    assert.equal(avroOf({ type: "array", items: "long" }, "04063600"), "[3,27]");
    assert.equal(avroOf(["null", "string"], "00"), "null");
    assert.equal(avroOf(["null", "string"], "020261"), '"a"');
    assert.equal(avroOf({ type: "enum", name: "Foo", symbols: ["A", "B", "C", "D"] }, "06"), '"D"');
  });

  it("K12: longs, decimals, bytes, unions and numbers that JSON hasn't stay exact", () => {
    assert.equal(avroOf("long", "feffffffffffffffff01"), "9223372036854775807");
    const decimal = { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 };
    assert.equal(avroOf(record({ name: "d", type: decimal }), "0404d2"), '{"d":12.34}');
    assert.equal(avroOf(record({ name: "d", type: decimal }), "04fb2e", "BASE64"), '{"d":"+y4="}');
    const broken = { ...decimal, precision: 1, scale: 2 };
    assert.equal(avroOf(record({ name: "d", type: broken }), "0404d2"), '{"d":"BNI="}');
    assert.equal(avroOf("double", "000000000000f07f"), '"Infinity"');
    const a = { type: "record", name: "A", fields: [{ name: "x", type: "int" }] };
    const b = { type: "record", name: "B", fields: [{ name: "y", type: "int" }] };
    assert.equal(avroOf(record({ name: "u", type: ["null", a, b, "string"] }), "0402"), '{"u":{"y":1}}');
  });

  it("K12: decimals of any size and scale", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), fc.nat(30), (unscaled, scale) => {
        const hex = BigInt.asUintN(128, unscaled).toString(16).padStart(32, "0");
        const text = decimalText(Buffer.from(hex, "hex"), scale);
        assert.match(text, /^-?(0|[1-9]\d*)(\.\d+)?$/);
        assert.equal((text.split(".")[1] ?? "").length, scale);
        assert.equal(BigInt(text.replace(".", "")), unscaled);
      }),
    );
    assert.equal(decimalText(Buffer.alloc(0), 1), "0.0");
  });

  it("K12: any value of a schema is what another reader of the same data finds", () => {
    const node = record(
      { name: "i", type: "int" },
      { name: "s", type: "string" },
      { name: "m", type: { type: "map", values: ["null", "boolean"] } },
      { name: "n", type: { type: "array", items: ["null", "R"] } },
    );
    const plain = avro.Type.forSchema(node as avro.Schema);
    const decode = avroDecoder(schemaOf("AVRO", node), "NUMERIC");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.record({
        i: fc.integer(),
        s: fc.string({ unit: "grapheme" }).filter((text) => !text.includes("__proto__")),
        m: fc.dictionary(
          fc.string().filter((key) => key !== "__proto__" && !key.includes("\u0012__proto__")),
          fc.option(fc.boolean()),
        ),
        n: fc.array(fc.option(tie("tree")), { maxLength: 3 }),
      }),
    }));
    const noPrototype = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
    fc.assert(
      fc.property(tree, (value) => {
        assert.deepEqual(JSON.parse(decode(plain.toBuffer(value))), noPrototype(value));
      }),
    );
  });

  it("K12: a map's key that would be lost is refused", () => {
    const map = { type: "map", values: "int" };
    assert.equal(avroOf(map, "02026102" + "00"), '{"a":1}');
    assert.equal(avroOf(map, `0214${Buffer.from("__proto__2").toString("hex")}0200`), '{"__proto__2":1}');
    const lost = `0212${Buffer.from("__proto__").toString("hex")}0200`;
    assert.throws(() => avroOf(map, lost), { name: "ConversionError", message: /would be lost as a map's key. Fix: / });
  });

  it("K12: a schema of bytes alone is the bytes, as Confluent's serializers write it", () => {
    assert.equal(avroOf("bytes", "fffe"), '"//4="');
    assert.equal(avroOf({ type: "bytes" }, "fffe"), '"//4="');
  });

  it("K12: types of referred schemas are known, also through several", () => {
    const money = { type: "record", name: "Money", namespace: "x", fields: [{ name: "v", type: "int" }] };
    const line = { type: "record", name: "Line", namespace: "x", fields: [{ name: "price", type: "x.Money" }] };
    const moneySchema = schemaOf("AVRO", money);
    const references = [
      { name: "x.Line", schema: schemaOf("AVRO", line, [{ name: "x.Money", schema: moneySchema }]) },
      { name: "x.Money", schema: moneySchema },
    ];
    const order = record({ name: "line", type: "x.Line" }, { name: "tip", type: "x.Money" });
    const decode = avroDecoder(schemaOf("AVRO", order, references), "NUMERIC");
    assert.equal(decode(Buffer.from("0204", "hex")), '{"line":{"price":{"v":1}},"tip":{"v":2}}');
  });

  it("K12: damaged and left-over data is an error, never another value", () => {
    const decode = avroDecoder(
      schemaOf("AVRO", record({ name: "a", type: "long" }, { name: "b", type: "string" })),
      "NUMERIC",
    );
    assert.throws(() => decode(Buffer.from("3606666f", "hex")));
    assert.throws(() => decode(Buffer.from("3606666f6f00", "hex")));
    assert.throws(() => decode(Buffer.alloc(0)));
  });
});

const proto = `syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
enum Kind { UNKNOWN = 0; NEW = 1; }
message Other { int64 z = 1; }
message Order {
  message Line { string sku = 1; }
  message Tax { message Rate { uint32 percent = 1; } }
  int64 id = 1;
  uint64 big = 2;
  string name = 3;
  bytes raw = 4;
  Kind kind = 5;
  repeated Line lines = 6;
  map<string, int32> counts = 7;
  optional string note = 8;
  google.protobuf.Timestamp at = 9;
  double ratio = 10;
  oneof contact { string mail = 11; int32 phone = 12; }
  map<int64, bool> flags = 13;
}`;
const wellKnown = new protobuf.Root().addJSON(protobuf.common.get("google/protobuf/timestamp.proto")?.nested ?? {});
const order = protobuf.parse(proto, wellKnown as protobuf.Root, { keepCase: true }).root;

describe("KafkaLambdaSink: Protobuf", () => {
  const decode = protobufDecoder(schemaOf("PROTOBUF", proto));
  const parsed = (...parts: Uint8Array[]) => decode(Buffer.concat(parts));

  it("K12: the examples of Protobuf's encoding guide", () => {
    const test = 'syntax = "proto3"; message Test1 { int32 a = 1; } message Test2 { string b = 2; }';
    const read = protobufDecoder(schemaOf("PROTOBUF", test));
    assert.equal(read(Buffer.from("00089601", "hex")), '{"a":150}');
    assert.equal(read(Buffer.from("0202120774657374696e67", "hex")), '{"b":"testing"}');
  });

  it("K12: all kinds of fields, with 64 bits exact and defaults where nothing was sent", () => {
    const first = Buffer.from([2, 2]);
    const empty = parsed(first);
    assert.equal(
      empty,
      '{"id":0,"big":0,"name":"","raw":"","kind":"UNKNOWN","lines":[],"counts":{},"note":null,"at":null,"ratio":0,"mail":null,"phone":null,"flags":{}}',
    );
    const Order = order.lookupType("shop.Order");
    const message = Order.fromObject({
      id: "-9223372036854775808",
      big: "18446744073709551615",
      name: 'a"',
      raw: Buffer.from([255, 254]),
      kind: 1,
      lines: [{ sku: "s" }, {}],
      counts: { "k\n": 3 },
      note: "",
      ratio: Number.NaN,
      phone: 5,
      at: { seconds: 1562844607, nanos: 5_000 },
      flags: { "-5": true },
    });
    assert.equal(
      parsed(first, Order.encode(message).finish()),
      '{"id":-9223372036854775808,"big":18446744073709551615,"name":"a\\"","raw":"//4=","kind":"NEW","lines":[{"sku":"s"},{"sku":""}],' +
        '"counts":{"k\\n":3},"note":"","at":1562844607000.005,"ratio":"NaN","mail":null,"phone":5,"flags":{"-5":true}}',
    );
  });

  it("K12: times before 1970 and of whole milliseconds", () => {
    const at = (seconds: number, nanos: number) => {
      const Order = order.lookupType("shop.Order");
      const text = parsed(Buffer.from([2, 2]), Order.encode(Order.fromObject({ at: { seconds, nanos } })).finish());
      return /"at":([^,]+)/.exec(text)?.[1];
    };
    assert.deepEqual(
      [at(1, 0), at(0, 0), at(-1, 500_000_000), at(-1, 999_999_999), at(0, 1)],
      ["1000", "0", "-500", "-0.000001", "0.000001"],
    );
  });

  it("K12: the message's path chooses among messages and those within them", () => {
    const other = order.lookupType("shop.Other").encode({ z: 3 }).finish();
    assert.equal(parsed(Buffer.from([0]), other), '{"z":3}');
    const rate = order.lookupType("shop.Order.Tax.Rate").encode({ percent: 8 }).finish();
    assert.equal(parsed(Buffer.from([6, 2, 2, 0]), rate), '{"percent":8}');
    assert.throws(() => parsed(Buffer.from([2, 8]), other), /message 4, which the schema hasn't/);
    assert.throws(() => parsed(Buffer.from([0xfe, 0xff, 0xff, 0x0f]), other), /message indexes is damaged/);
  });

  it("K12: references by the name of their import", () => {
    const money = schemaOf("PROTOBUF", 'syntax = "proto3"; package x; message Money { int32 v = 1; }');
    const text = 'syntax = "proto3"; import "money.proto"; message W { x.Money m = 1; }';
    const read = protobufDecoder(schemaOf("PROTOBUF", text, [{ name: "money.proto", schema: money }]));
    assert.equal(read(Buffer.from("000a020805", "hex")), '{"m":{"v":5}}');
    assert.throws(
      () => protobufDecoder(schemaOf("PROTOBUF", text)),
      /imports money.proto, which isn't among its references/,
    );
  });

  it("K12: damaged data is an error", () => {
    const damaged = {
      "a text that is cut off": [0x1a, 0x7f, 0x61],
      "a text that isn't UTF-8": [0x1a, 0x02, 0xff, 0xfe],
      "bytes that are cut off": [0x22, 0x05, 0x61],
      "a number without end": [0x08, 0xff],
      "a message that is cut off": [0x32, 0x05, 0x0a],
    };
    for (const [what, bytes] of Object.entries(damaged))
      assert.throws(() => parsed(Buffer.from([2, 2, ...bytes])), what);
    assert.throws(() => decode(Buffer.alloc(0)));
  });
});

describe("KafkaLambdaSink: JSON Schema", () => {
  const schema = {
    type: "object",
    properties: { id: { type: "integer" }, mail: { format: "email" } },
    required: ["id"],
  };
  const decode = (text: string, validates = true, given: object = schema) =>
    jsonSchemaDecoder(schemaOf("JSON", given), validates)(Buffer.from(text));

  it("K12: JSON that its schema allows arrives as written; other JSON is refused without its values", () => {
    assert.equal(decode(' {"id":12345678901234567890}'), ' {"id":12345678901234567890}');
    assert.throws(() => decode('{"mail":"secret"}'), {
      name: "ConversionError",
      message: /^The JSON isn't what its schema says: (?!.*secret).*required property 'id'.* Fix: /,
    });
    assert.equal(decode('{"mail":"secret"}', false), '{"mail":"secret"}');
    assert.throws(() => decode("{", false), /isn't valid JSON/);
  });

  it("K12: every draft from 6 on, each by its own rules", () => {
    const dialects = [
      "http://json-schema.org/draft-06/schema#",
      "http://json-schema.org/draft-07/schema#",
      "https://json-schema.org/draft/2019-09/schema",
      "https://json-schema.org/draft/2020-12/schema",
    ];
    for (const $schema of dialects) {
      const given = { $schema, type: "array", items: { const: 1 } };
      assert.equal(decode("[1,1]", true, given), "[1,1]");
      assert.throws(() => decode("[2]", true, given), /must be equal to constant/, $schema);
    }
    const tuple = { $schema: dialects[3], prefixItems: [{ type: "string" }], items: false };
    assert.throws(() => decode('["a",1]', true, tuple), /must NOT have more than 1 items/);
    const old = { $schema: "http://json-schema.org/draft-04/schema#" };
    assert.throws(() => decode("1", true, old), /draft-04.* isn't supported. Fix: /);
    assert.equal(decode("1", false, old), "1");
  });

  it("K12: references by name, and beside the schema's own address", () => {
    const id = schemaOf("JSON", { $id: "https://elsewhere.org/x", type: "integer" });
    for (const $id of [undefined, "https://example.org/order.json"]) {
      const given = schemaOf("JSON", { $id, properties: { id: { $ref: "id.json" } } }, [
        { name: "id.json", schema: id },
      ]);
      const read = jsonSchemaDecoder(given, true);
      assert.equal(read(Buffer.from('{"id":1}')), '{"id":1}');
      assert.throws(() => read(Buffer.from('{"id":"1"}')), /\/id must be integer/);
    }
  });
});

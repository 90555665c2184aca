import assert from "node:assert/strict";
import { avroDecoder } from "../../../../functions/kafka-lambda-sink/convert/avro";
import { FramedConverter } from "../../../../functions/kafka-lambda-sink/convert/framed";
import { SchemaRegistry } from "../../../../functions/kafka-lambda-sink/convert/registry";
import { framed, RegistryServer } from "./registryServer";

const long = { schema: '"long"' };
const seven = Buffer.from([14]);

describe("KafkaLambdaSink: schema registry", () => {
  let server: RegistryServer;
  let url: string;
  beforeEach(async () => {
    server = new RegistryServer();
    url = await server.listen();
    server.add(1, long);
  });
  afterEach(() => server.close());

  const converter = (registry = new SchemaRegistry({ urls: [url] })) =>
    new FramedConverter(registry, "AVRO", (schema) => avroDecoder(schema, "NUMERIC"));

  it("K12: data is read by the schema whose id it begins with, asked for once even at once", async () => {
    const values = converter();
    const texts = await Promise.all(Array.from({ length: 20 }, () => values.convert(framed(1, seven))));
    assert.deepEqual(new Set(texts), new Set(["7"]));
    assert.equal(values.convert(framed(1, seven)), "7", "at once from then on");
    assert.equal(server.requests.length, 1);
    assert.equal(values.convert(null), "null");
  });

  it("K12: data without the frame is refused at once", () => {
    for (const bytes of [
      Buffer.from("hello"),
      Buffer.from([0, 0, 0, 1]),
      Buffer.alloc(0),
      Buffer.from([1, 0, 0, 0, 1, 14]),
    ]) {
      assert.throws(() => converter().convert(bytes), /doesn't begin with a zero and a schema's id. Fix: /);
    }
    assert.equal(server.requests.length, 0);
  });

  it("K12: an unknown id, another type's schema and one that isn't valid are about the record", async () => {
    server.add(2, { schema: '{"type":"object"}', schemaType: "JSON" });
    server.add(3, { schema: '{"type":"record"}' });
    const values = converter();
    const refused = async (id: number) => {
      let message = "";
      await assert.rejects(
        async () => values.convert(framed(id, seven)),
        (error: Error) => {
          message = error.message;
          return error.name === "ConversionError";
        },
      );
      return message;
    };
    assert.match(await refused(99), /has no \/schemas\/ids\/99\.$/);
    assert.match(await refused(2), /^Schema 2 is JSON, and the converter reads AVRO/);
    assert.match(await refused(3), /^Schema 3 can't be used: /);
    assert.match(await refused(1).catch(() => "taken"), /taken/);
    await assert.rejects(async () => values.convert(framed(1, Buffer.from([14, 14]))), /isn't what schema 1 says/);
  });

  it("K12: an id that wasn't there is asked for again", async () => {
    const values = converter();
    await assert.rejects(async () => values.convert(framed(5, seven)), { name: "ConversionError" });
    server.add(5, long);
    assert.equal(await values.convert(framed(5, seven)), "7");
  });

  it("K12: references are followed, with names that need escaping, and not without end", async () => {
    const money = { schema: '{"type":"record","name":"Money","fields":[{"name":"v","type":"int"}]}' };
    server.addSubject("a/b c", 3, money);
    const references = [{ name: "Money", subject: "a/b c", version: 3 }];
    server.add(7, { schema: '{"type":"array","items":"Money"}', references });
    assert.equal(await converter().convert(framed(7, Buffer.from([2, 14, 0]))), '[{"v":7}]');
    const endless = { schema: '"long"', references: [{ name: "x", subject: "loop", version: 1 }] };
    server.addSubject("loop", 1, endless);
    server.add(8, endless);
    await assert.rejects(async () => converter().convert(framed(8, seven)), /refer to one another without end/);
  });

  it("K20: a registry that is down or busy is asked again later, and the next one at once", async () => {
    for (const answer of [
      "reset",
      { status: 503, body: "" },
      { status: 429, body: "" },
      { status: 200, body: "<html>" },
    ] as const) {
      server.answers.push(answer);
      const values = converter();
      await assert.rejects(async () => values.convert(framed(1, seven)), { name: "TransientError" });
      assert.equal(await values.convert(framed(1, seven)), "7");
    }
    const both = new SchemaRegistry({ urls: ["http://127.0.0.1:1", `${url}/`] });
    assert.equal(await converter(both).convert(framed(1, seven)), "7");
    const slow = new SchemaRegistry({
      urls: [url],
      timeoutMs: 5,
      fetch: (_, init) =>
        new Promise((_, no) => {
          init?.signal?.addEventListener("abort", () => no(new Error("timed out")));
        }),
    });
    await assert.rejects(async () => converter(slow).convert(framed(1, seven)), {
      name: "TransientError",
      message: /timed out/,
    });
  });

  it("K21: a registry that refuses its user is a mistake in the configuration, told without the password", async () => {
    const authorization = `Basic ${Buffer.from("user:hidden-password").toString("base64")}`;
    const values = converter(new SchemaRegistry({ urls: [url], authorization }));
    assert.equal(await values.convert(framed(1, seven)), "7");
    assert.equal(server.requests[0]?.headers.authorization, authorization);
    for (const status of [401, 403]) {
      server.answers.push({ status, body: authorization });
      await assert.rejects(async () => values.convert(framed(2, seven)), {
        name: "ConfigurationError",
        message: /refuses \/schemas\/ids\/2 \(40[13]\)\. Fix: give schema.registry.basic.auth.user.info[^:]*$/,
      });
    }
  });

  it("K12: an answer without end isn't read to it", async () => {
    server.answers.push({ status: 200, body: " ".repeat(10_000_001) });
    await assert.rejects(async () => converter().convert(framed(1, seven)), /longer than 10000000 bytes/);
  });
});

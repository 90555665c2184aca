import assert from "node:assert/strict";
import { Kafka, logLevel } from "kafkajs";
import { type KafkaBroker, startKafkaBroker } from "../../../local/kafka/broker";
import { Topics } from "../../../local/kafka/topics";
import { kafkaOutcome } from "../../../local/run/kafka";
import type { KafkaReport } from "../../../local/run/report";

describe("What a local run reads of a sink's report topics", () => {
  let broker: KafkaBroker;
  before(async function () {
    this.timeout(120_000);
    broker = await startKafkaBroker({ topics: { errors: 2, empty: 1 } });
    const producer = new Kafka({ brokers: [...broker.addresses], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const place = { input_record_offset: "170", input_record_partition: "3", input_record_topic: "flights" };
    await producer.send({
      topic: "errors",
      messages: [
        { value: "a", partition: 0, headers: { ...place, error_message: "isn't JSON" } },
        { value: "b", partition: 1, headers: { ...place, input_record_offset: "171" } },
      ],
    });
    await producer.disconnect();
  });
  after(() => broker?.stop());

  it("S12: each report says which record it is about, and why it failed", async () => {
    const topics = new Topics(broker.addresses);
    const found = (await topics.read("errors")).sort((a, b) => a.offset - b.offset);
    assert.deepEqual(found, [
      { partition: 3, offset: 170, error: "isn't JSON" },
      { partition: 3, offset: 171, error: undefined },
    ]);
    assert.deepEqual(await topics.reports("errors"), new Map([[3, 2]]));
    assert.deepEqual(await topics.read("empty"), []);
  }).timeout(60_000);

  it("S12: the reasons stand with the topic's line", () => {
    const partition: KafkaReport = {
      sink: "flights",
      topic: "flights",
      partition: 3,
      produced: 10,
      delivered: 9,
      duplicates: 0,
      invocations: 1,
      results: 9,
      errors: 1,
      reasons: ["offset 170: isn't JSON"],
      stopped: false,
      seconds: 1,
    };
    const [file] = kafkaOutcome([[partition]]).files;
    assert.deepEqual(file?.reasons, [{ record: 0, reason: "partition 3, offset 170: isn't JSON" }]);
    assert.equal(file?.target, "local-take-flights");
  });
});

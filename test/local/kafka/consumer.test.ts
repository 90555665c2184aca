import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { parseOptions } from "../../../cli/resume/options";
import { resume } from "../../../cli/resume/resume";
import { FunctionError } from "../../../functions/kafka-lambda-sink/core/errors";
import { type KafkaBroker, startKafkaBroker } from "../../../local/kafka/broker";
import { framed, RegistryServer } from "../../unit/kafka-lambda-sink/convert/registryServer";
import { committedOffsets, Deliveries, numbered, peer, produce, readAll, TestSink, until } from "./harness";

const failure = () =>
  new FunctionError({ errorType: "Stub", errorMessage: "no", kind: "Unhandled", body: '{"errorType":"Stub"}' });

describe("KafkaLambdaSink on a broker", () => {
  let broker: KafkaBroker;
  let running: TestSink[] = [];
  let topics = 0;

  before(async function () {
    // The broker is built once.
    this.timeout(600_000);
    broker = await startKafkaBroker({ brokers: 3, name: "kafka-consumer-test", log: console.log });
  });
  after(() => broker.stop());
  afterEach(async () => {
    await Promise.all(running.map(({ consumer }) => consumer.close(5_000)));
    running = [];
  });

  const kafka = () => peer(broker.addresses);
  async function topicWith(partitions: number, count: number): Promise<string> {
    const topic = `t${topics++}`;
    const admin = kafka().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] });
    await admin.disconnect();
    if (count > 0) await produce(kafka(), topic, numbered(partitions, count));
    return topic;
  }
  function sink(topic: string, deliveries: Deliveries, ...more: unknown[]): TestSink {
    const [stub, properties = {}, times] = more as [never, object, never];
    const name = `m${running.length}`;
    const all = { name: topic, topics: topic, "bootstrap.servers": broker.addresses.join(","), ...properties };
    const made = new TestSink(name, all, deliveries, stub, times);
    running.push(made);
    return made;
  }
  const isCommitted = async (topic: string, offsets: readonly number[]) =>
    String(await committedOffsets(kafka(), `connect-${topic}`, topic)) === String(offsets);

  it("K1, K3, K5: everything in a topic arrives once, in order, and is committed; a restart goes on", async () => {
    const topic = await topicWith(6, 500);
    const deliveries = new Deliveries();
    const first = sink(topic, deliveries);
    await first.consumer.start();
    await until(() => isCommitted(topic, [500, 500, 500, 500, 500, 500]), "all committed");
    await first.consumer.close(5_000);
    await produce(kafka(), topic, numbered(6, 3));
    const second = sink(topic, deliveries);
    await second.consumer.start();
    await until(() => isCommitted(topic, [503, 503, 503, 503, 503, 503]), "all committed");
    assert.deepEqual([deliveries.records, deliveries.repeated, deliveries.overlaps], [3_018, 0, 0]);
    for (let partition = 0; partition < 6; partition++) {
      const sent = deliveries.all.filter((each) => each.partition === partition);
      assert.deepEqual(
        sent.flatMap(({ values }) => values),
        [...Array.from({ length: 500 }, (_, i) => String(i)), "0", "1", "2"],
      );
    }
  });

  it("K22: a slow partition and a failing one don't hold up the others, though the function is slower than the session", async () => {
    const topic = await topicWith(6, 100);
    const deliveries = new Deliveries();
    let isSlow = true;
    const one = sink(topic, deliveries, async ({ partition, offsets }: { partition: number; offsets: number[] }) => {
      if (partition === 0 && isSlow) {
        isSlow = false;
        await sleep(9_000);
      }
      if (partition === 3 && offsets.includes(40)) throw failure();
      return "null";
    });
    await one.consumer.start();
    await until(
      () =>
        isCommitted(
          topic,
          [0, 100, 100, 40, 100, 100].map((n) => n || -1),
        ),
      "the others are done",
    );
    assert.deepEqual(
      one.stops.map(({ partition, offset }) => [partition.partition, offset]),
      [[3, 40n]],
    );
    await until(() => isCommitted(topic, [100, 100, 100, 40, 100, 100]), "the slow one is done");
    assert.deepEqual([deliveries.repeated, deliveries.overlaps], [0, 0]);
    await one.consumer.close(5_000);
    const again = sink(topic, deliveries);
    await again.consumer.start();
    await until(() => isCommitted(topic, [100, 100, 100, 100, 100, 100]), "a restart goes on where it stopped");
  });

  it("K5: a second member comes in the middle of a long invocation: nothing twice, nothing lost", async () => {
    const topic = await topicWith(6, 60);
    const deliveries = new Deliveries();
    const slow = async ({ partition, offsets }: { partition: number; offsets: number[] }) => {
      await sleep(partition === 5 && offsets[0] === 0 ? 4_000 : 100);
      return "null";
    };
    const properties = { "aws.lambda.batch.size": 5 };
    const one = sink(topic, deliveries, slow, properties);
    await one.consumer.start();
    await until(() => deliveries.all.length > 6, "delivering");
    const two = sink(topic, deliveries, slow, properties);
    await two.consumer.start();
    await until(() => isCommitted(topic, [60, 60, 60, 60, 60, 60]), "all committed");
    assert.deepEqual([deliveries.records, deliveries.repeated, deliveries.overlaps], [360, 0, 0]);
    assert.ok(
      deliveries.all.some(({ member }) => member === "m1"),
      "the second one has a share",
    );
    await two.consumer.close(5_000);
    await produce(kafka(), topic, numbered(6, 1));
    await until(() => isCommitted(topic, [61, 61, 61, 61, 61, 61]), "the first one has all again");
    assert.equal(deliveries.repeated, 0);
  });

  it("K5: coordinators and leaders move, connections break: nothing lost, nothing twice", async () => {
    const topic = await topicWith(6, 300);
    const deliveries = new Deliveries();
    const pace = async () => {
      await sleep(10);
      return "null";
    };
    const one = sink(topic, deliveries, pace, { "aws.lambda.batch.size": 5 });
    await one.consumer.start();
    await until(() => deliveries.all.length > 10, "delivering");
    for (let i = 0; i < 4; i++) {
      await broker.moveCoordinators();
      await sleep(300);
      await broker.moveLeaders();
      await broker.fail("Fetch", { times: 3 });
      await broker.fail("Heartbeat", { times: 1 });
      await sleep(300);
    }
    await until(() => isCommitted(topic, [300, 300, 300, 300, 300, 300]), "all committed", 60_000);
    assert.deepEqual([deliveries.records, deliveries.repeated, deliveries.overlaps], [1_800, 0, 0]);
    await until(() => Date.now() - one.consumer.lastAnswer < 1_000, "heartbeats go on");
  });

  it("K5: failed heartbeats and joins don't end them", async () => {
    const topic = await topicWith(2, 0);
    const one = sink(topic, new Deliveries());
    await one.consumer.start();
    const before = one.consumer.lastAnswer;
    await broker.fail("Heartbeat", { times: 5 });
    await broker.fail("Heartbeat", { error: 27, times: 1 });
    await broker.fail("JoinGroup", { times: 2 });
    await broker.fail("JoinGroup", { error: 27, times: 1 });
    await until(() => one.consumer.lastAnswer > before + 4_000, "answers again");
    await produce(kafka(), topic, numbered(2, 5));
    await until(() => isCommitted(topic, [5, 5]), "delivers");
    assert.ok((await broker.failed()) > 0);
  });

  it("K5: one that was thrown out commits nothing of what it had, and begins anew", async () => {
    const topic = await topicWith(1, 20);
    const deliveries = new Deliveries();
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const one = sink(topic, deliveries, async ({ offsets }: { offsets: number[] }) => {
      if (deliveries.all.length === 1 && offsets[0] === 0) await held;
      return "null";
    });
    await one.consumer.start();
    await until(() => deliveries.all.length === 1, "in flight");
    const member = one.consumer.memberId;
    await broker.fail("Heartbeat", { error: 25, times: 1 });
    await until(() => one.consumer.memberId !== undefined && one.consumer.memberId !== member, "joined anew");
    assert.equal(deliveries.all.length, 1, "not twice at once");
    release();
    await until(() => isCommitted(topic, [20]), "delivered again and committed");
    assert.equal(deliveries.counts(0).get(0), 2);
  });

  it("K5: a commit while the group rebalances waits; one that is refused isn't repeated", async () => {
    const topic = await topicWith(1, 20);
    const deliveries = new Deliveries();
    const one = sink(topic, deliveries, undefined, { "aws.lambda.batch.size": 10 });
    await broker.fail("OffsetCommit", { error: 22, times: 1 });
    await broker.fail("OffsetCommit", { error: 27, times: 1 });
    await one.consumer.start();
    await until(() => isCommitted(topic, [20]), "committed");
    assert.deepEqual([deliveries.records, deliveries.repeated], [20, 0]);
  });

  it("K1: a topic that gets more partitions is read in all of them", async () => {
    const topic = await topicWith(2, 3);
    const deliveries = new Deliveries();
    const one = sink(topic, deliveries, undefined, {}, { lookMs: 300 });
    await one.consumer.start();
    await until(() => isCommitted(topic, [3, 3]), "the first two");
    const admin = kafka().admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    await admin.disconnect();
    await until(() => one.consumer.status.length === 3, "three partitions");
    await produce(kafka(), topic, numbered(3, 2));
    await until(() => isCommitted(topic, [5, 5, 2]), "all three");
    assert.equal(deliveries.repeated, 0);
  });

  it("K18, K19: results and errors arrive on their topics, which are made where they aren't there", async () => {
    const topic = await topicWith(2, 4);
    const properties = {
      "reporter.result.topic.name": `${topic}-success`,
      "reporter.result.topic.replication.factor": 1,
      "reporter.error.topic.name": `${topic}-error`,
      "reporter.error.topic.replication.factor": 1,
      "reporter.error.topic.partitions": 3,
      "behavior.on.error": "log",
    };
    const one = sink(
      topic,
      new Deliveries(),
      async ({ partition, values }: { partition: number; values: string[] }) => {
        if (partition === 1) throw failure();
        return JSON.stringify(values.map((value) => ({ doubled: 2 * Number(value) })));
      },
      properties,
    );
    await one.consumer.start();
    const results = await readAll(kafka(), `${topic}-success`, 4);
    assert.deepEqual(
      results.map(({ value }) => value),
      [0, 2, 4, 6].map((doubled) => JSON.stringify({ doubled })),
    );
    assert.deepEqual(results[1]?.headers, {
      input_record_offset: "1",
      input_record_partition: "0",
      input_record_topic: topic,
      input_record_timestamp: results[1]?.headers.input_record_timestamp,
    });
    assert.equal(results[1]?.key, "k2");
    const errors = await readAll(kafka(), `${topic}-error`, 4);
    assert.deepEqual(new Set(errors.map(({ value }) => value)), new Set(['{"errorType":"Stub"}']));
    assert.equal(errors[0]?.headers.error_message, "Stub: no");
    assert.equal(errors[0]?.headers.exception, "FunctionError.Unhandled");
    await until(() => isCommitted(topic, [4, 4]), "all committed");
  });

  it("K20: reports whose leaders fail are made again before the commit", async () => {
    const topic = await topicWith(1, 5);
    const properties = { "reporter.result.topic.name": `${topic}-r`, "reporter.result.topic.replication.factor": 1 };
    const one = sink(topic, new Deliveries(), undefined, properties);
    await broker.fail("Produce", { error: 6, times: 2 });
    await broker.fail("Produce", { times: 1 });
    await one.consumer.start();
    assert.equal((await readAll(kafka(), `${topic}-r`, 5)).length, 5);
    await until(() => isCommitted(topic, [5]), "committed");
    assert.ok((one.counts.Retries ?? 0) >= 3);
  });

  it("K14: a result that no topic takes falls under the error behaviour", async () => {
    const topic = await topicWith(1, 2);
    const properties = { "reporter.result.topic.name": `${topic}-r`, "reporter.result.topic.replication.factor": 1 };
    const one = sink(topic, new Deliveries(), undefined, properties);
    await broker.fail("Produce", { error: 10, times: 1 });
    await one.consumer.start();
    await until(() => one.stops.length === 1, "stopped");
    assert.match(one.stops[0]?.reason ?? "", /MESSAGE_TOO_LARGE/);
  });

  it("K21: a topic that isn't there is a mistake in the configuration, told at the start", async () => {
    const missing = sink("never-made", new Deliveries());
    await assert.rejects(missing.consumer.start(), {
      name: "ConfigurationError",
      message: /There is no topic never-made.*Fix: create it/,
    });
  });

  it("K22: the command resume lets a stopped partition go on, skipping a record or not; the others go on meanwhile", async () => {
    const topic = await topicWith(2, 20);
    const deliveries = new Deliveries();
    let isMended = false;
    const one = sink(
      topic,
      deliveries,
      async ({ partition, offsets }: { partition: number; offsets: number[] }) => {
        if (partition === 0 && offsets.includes(4)) throw failure();
        if (partition === 0 && offsets.includes(9) && !isMended) throw failure();
        return "null";
      },
      { "aws.lambda.batch.size": 1 },
    );
    await one.consumer.start();
    const args = ["--topic", topic, "--partition", "0", "--brokers", broker.addresses.join(","), "--group"];
    const told = async (...more: string[]) => {
      const options = parseOptions([...args, `connect-${topic}`, ...more], {});
      return resume(options ?? assert.fail(), async () => "");
    };
    await until(() => isCommitted(topic, [4, 20]), "stopped at 4");
    assert.match(await told("--skip", "1", "--dry-run"), /Would resume .* at offset 5; it stood at 4/);
    assert.match(await told("--skip", "1"), /Resumed .* at offset 5; it stood at 4/);
    await until(() => one.stops.length === 2, "stopped a second time");
    await until(() => isCommitted(topic, [9, 20]), "stopped at 9");
    isMended = true;
    assert.match(await told(), /at offset 9; it stood at 9/);
    await until(() => isCommitted(topic, [20, 20]), "all but the one that was skipped");
    assert.equal(deliveries.overlaps, 0);
    await assert.rejects(told("--offset", "21"), /beyond the end .* 20/);
    const missing = parseOptions(["--topic", topic, "--partition", "7", ...args.slice(4), `connect-${topic}`], {});
    await assert.rejects(
      resume(missing ?? assert.fail(), async () => ""),
      /has 2 partitions/,
    );
  });

  it("K12, K20: a registry that is down for a while holds the records up, and loses none", async () => {
    const topic = await topicWith(1, 0);
    const schema = { type: "record", name: "Order", fields: [{ name: "n", type: "int" }] };
    const server = new RegistryServer();
    const url = await server.listen();
    server.add(7, { schema: JSON.stringify(schema) });
    server.answers.push({ status: 503, body: "" }, "reset", { status: 500, body: "" }, "reset");
    const deliveries = new Deliveries();
    const one = sink(topic, deliveries, undefined, {
      "value.converter": "avro",
      "value.converter.schema.registry.url": url,
    });
    try {
      await one.consumer.start();
      await produce(kafka(), topic, [{ partition: 0, key: "k", value: framed(7, Buffer.from([14])) }]);
      await until(() => isCommitted(topic, [1]), "committed");
      assert.deepEqual([server.requests.length, deliveries.all[0]?.values], [5, [{ n: 7 }]]);
    } finally {
      await server.close();
    }
  });

  it("K5: closing ends in time, also when the function doesn't answer, and then commits nothing", async () => {
    const topic = await topicWith(1, 3);
    const deliveries = new Deliveries();
    const one = sink(topic, deliveries, () => new Promise<string>(() => {}));
    await one.consumer.start();
    await until(() => deliveries.all.length === 1, "in flight");
    await one.consumer.close(500);
    assert.deepEqual(await committedOffsets(kafka(), `connect-${topic}`, topic), [-1]);
  });
});

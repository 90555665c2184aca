/** The sink's client against Apache Kafka itself. Says so, and rests, where Java, Maven or OpenSSL are missing. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { ApacheKafka, apacheVersion, missingForApache, programs, user } from "./apacheKafka";
import { committedOffsets, Deliveries, numbered, peer, produce, readAll, TestSink, until } from "./harness";

const missing = missingForApache();
if (missing === undefined) describe(`KafkaLambdaSink on Apache Kafka ${apacheVersion}`, suite);
else console.log(`There is no ${missing}: KafkaLambdaSink isn't held against Apache Kafka ${apacheVersion} here.`);

describe("Apache Kafka for the tests", () => {
  it("K24: it is left out only where a program that it needs can't be started", () => {
    const absent = programs.find((program) => spawnSync(program, ["--version"]).error !== undefined);
    assert.equal(missing, absent);
  });
});

function suite(this: Mocha.Suite): void {
  this.timeout(300_000);
  let kafka: ApacheKafka;
  let running: TestSink[] = [];
  let topics = 0;

  before(async () => {
    kafka = await ApacheKafka.start();
  });
  after(() => kafka?.stop());
  afterEach(async () => {
    await Promise.all(running.map(({ consumer }) => consumer.close(5_000)));
    running = [];
  });

  async function topicWith(partitions: number, count: number): Promise<string> {
    const topic = `t${topics++}`;
    const admin = peer(kafka.addresses).admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
      waitForLeaders: true,
    });
    await admin.disconnect();
    if (count > 0) await produce(peer(kafka.addresses), topic, numbered(partitions, count));
    return topic;
  }
  function sink(topic: string, deliveries: Deliveries, properties: object = {}, pauseMs = 0): TestSink {
    const all = { name: topic, topics: topic, "bootstrap.servers": kafka.addresses.join(","), ...properties };
    const made = new TestSink(`m${running.length}`, all, deliveries, async ({ values }) => {
      await sleep(pauseMs);
      return JSON.stringify(values);
    });
    running.push(made);
    return made;
  }
  const isCommitted = async (topic: string, offsets: readonly number[]) =>
    String(await committedOffsets(peer(kafka.addresses), `connect-${topic}`, topic)) === String(offsets);

  it("K1, K5, K18: everything arrives once, is answered on a topic that is made for it, and is committed", async () => {
    const topic = await topicWith(6, 300);
    const deliveries = new Deliveries();
    const results = { "reporter.result.topic.name": `${topic}-r`, "reporter.result.topic.replication.factor": 1 };
    await sink(topic, deliveries, results).consumer.start();
    await until(() => isCommitted(topic, [300, 300, 300, 300, 300, 300]), "all committed");
    assert.deepEqual([deliveries.records, deliveries.repeated, deliveries.overlaps], [1_800, 0, 0]);
    assert.equal((await readAll(peer(kafka.addresses), `${topic}-r`, 1_800)).length, 1_800);
  });

  it("K5: members come and go in the middle: nothing lost, nothing twice", async () => {
    const topic = await topicWith(6, 400);
    const deliveries = new Deliveries();
    const small = { "aws.lambda.batch.size": 5 };
    const one = sink(topic, deliveries, small, 20);
    await one.consumer.start();
    await until(() => deliveries.all.length > 10, "delivering");
    const two = sink(topic, deliveries, small, 20);
    await two.consumer.start();
    await until(() => deliveries.all.some(({ member }) => member === "m1"), "the second one has a share");
    await one.consumer.close(5_000);
    await until(() => isCommitted(topic, [400, 400, 400, 400, 400, 400]), "all committed", 60_000);
    assert.deepEqual([deliveries.records, deliveries.repeated, deliveries.overlaps], [2_400, 0, 0]);
  });

  it("K5: records of an aborted transaction aren't delivered, those of a committed one are", async () => {
    const topic = await topicWith(1, 0);
    const producer = peer(kafka.addresses).producer({
      transactionalId: topic,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    for (const end of ["commit", "abort", "commit"] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: end }] });
      await transaction[end]();
    }
    await producer.disconnect();
    const deliveries = new Deliveries();
    await sink(topic, deliveries).consumer.start();
    await until(() => deliveries.records >= 2, "delivered");
    await until(() => isCommitted(topic, [6]), "committed beyond the markers");
    assert.deepEqual(
      deliveries.all.flatMap(({ values }) => values),
      ["commit", "commit"],
    );
  });

  for (const [name, port, properties] of [
    [
      "SCRAM over TLS",
      "sasl",
      { "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", ...sasl(user.password) },
    ],
    ["PLAIN over TLS", "sasl", { "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", ...sasl(user.password) }],
    ["a client's certificate", "tls", { "security.protocol": "SSL" }],
  ] as const) {
    it(`K7: signs in by ${name}`, async () => {
      const topic = await topicWith(2, 10);
      const { authority, client } = kafka.certificates;
      const deliveries = new Deliveries();
      const own = { "ssl.keystore.certificate.chain": client.certificate, "ssl.keystore.key": client.key };
      await sink(topic, deliveries, {
        "bootstrap.servers": `127.0.0.1:${kafka.ports[port]}`,
        "ssl.truststore.certificates": authority,
        ...(port === "tls" ? own : {}),
        ...properties,
      }).consumer.start();
      await until(() => isCommitted(topic, [10, 10]), "all committed");
      assert.deepEqual([deliveries.records, deliveries.repeated], [20, 0]);
    });
  }

  it("K7, K21: a wrong password is a mistake in the configuration, told at the start and not shown", async () => {
    const topic = await topicWith(1, 1);
    const wrong = sink(topic, new Deliveries(), {
      "bootstrap.servers": `127.0.0.1:${kafka.ports.sasl}`,
      "ssl.truststore.certificates": kafka.certificates.authority,
      "security.protocol": "SASL_SSL",
      "sasl.mechanism": "SCRAM-SHA-512",
      ...sasl("hunter2"),
    });
    await assert.rejects(wrong.consumer.start(), (error: Error) => {
      assert.equal(error.name, "ConfigurationError");
      return !error.message.includes("hunter2");
    });
  });

  it("K5: the broker is killed and comes back: nothing is lost, at most what was in flight comes again", async () => {
    const topic = await topicWith(6, 400);
    const deliveries = new Deliveries();
    await sink(topic, deliveries, { "aws.lambda.batch.size": 5 }, 20).consumer.start();
    await until(() => deliveries.all.length > 30, "delivering");
    await kafka.kill();
    await sleep(2_000);
    await kafka.up();
    await until(() => isCommitted(topic, [400, 400, 400, 400, 400, 400]), "all committed", 120_000);
    for (let partition = 0; partition < 6; partition++) assert.equal(deliveries.counts(partition).size, 400);
    // The batches in flight when the broker went, and when it came back.
    assert.ok(deliveries.repeated <= 6 * 5 * 2, `${deliveries.repeated} came again`);
    assert.equal(deliveries.overlaps, 0);
  });
}

function sasl(password: string) {
  return { "sasl.username": user.username, "sasl.password": password };
}

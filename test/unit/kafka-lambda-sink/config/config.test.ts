import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { parseSinkConfig } from "../../../../functions/kafka-lambda-sink/config/config";
import { readConnectorFile } from "../../../../functions/kafka-lambda-sink/config/file";
import { keys } from "../../../../functions/kafka-lambda-sink/config/keys";
import { type ConnectorProperties, SinkConfigError } from "../../../../functions/kafka-lambda-sink/config/properties";

const least = {
  name: "orders",
  topics: "orders",
  "aws.lambda.function.name": "handle-orders",
  "bootstrap.servers": "b1.example.org:9092,b2.example.org:9092",
};
const env: Record<string, string> = { PASSWORD: "hidden-pass", USER: "sink" };
const ref = (name: string, provider = "env") => `\${${provider}:${name}}`;
const lookup = (name: string) => env[name];
const parse = (more: ConnectorProperties = {}) => parseSinkConfig({ ...least, ...more }, lookup);

/** What is wrong with it, each problem a line. */
function problems(more: ConnectorProperties): readonly string[] {
  try {
    parse(more);
    return [];
  } catch (error) {
    assert.ok(error instanceof SinkConfigError);
    return error.problems;
  }
}

describe("KafkaLambdaSink: configuration by the connector's keys", () => {
  it("K1, K14, K22: what isn't given is the connector's default", () => {
    const { config, notices } = parse();
    assert.deepEqual(notices, []);
    assert.equal(config.groupId, "connect-orders");
    assert.deepEqual(config.brokers, ["b1.example.org:9092", "b2.example.org:9092"]);
    assert.deepEqual(
      [config.delivery.limits.records, config.delivery.behavior, config.delivery.failScope, config.lambda.isAsync],
      [20, "fail", "partition", false],
    );
    assert.deepEqual(
      [config.converters.key.name, config.converters.value.name, config.reporter],
      ["string", "string", undefined],
    );
  });

  it("K1: the product's own examples are taken as they are, but for the brokers, which a worker knows", () => {
    const filled = (text: string) => text.replaceAll(/<\s*Required Configuration\s*>/g, "orders");
    const standalone = `
 name=LambdaSinkConnector
 connector.class=io.confluent.connect.aws.lambda.AwsLambdaSinkConnector
 tasks.max=1

 topics=<Required Configuration>

 aws.lambda.function.name=<Required Configuration>
 aws.lambda.invocation.type=sync
 aws.lambda.batch.size=50

 behavior.on.error=fail

 confluent.topic.bootstrap.servers=localhost:9092
 confluent.topic.replication.factor=1
`;
    const rest = `{
   "name": "LambdaSinkConnector",
   "config" : {
     "connector.class" : "io.confluent.connect.aws.lambda.AwsLambdaSinkConnector",
     "tasks.max" : "1",
     "topics" : "< Required Configuration >",
     "aws.lambda.function.name" : "< Required Configuration >",
     "aws.lambda.invocation.type" : "sync",
     "aws.lambda.batch.size" : "50",
     "behavior.on.error" : "fail",
     "confluent.topic.bootstrap.servers" : "localhost:9092",
     "confluent.topic.replication.factor" : "1"
   }
 }`;
    for (const text of [standalone, rest]) {
      const given = readConnectorFile(filled(text), "connector");
      const { config, notices } = parseSinkConfig({ ...given, "bootstrap.servers": "localhost:9092" }, lookup);
      assert.deepEqual(
        [config.name, config.topics, config.delivery.limits.records],
        ["LambdaSinkConnector", ["orders"], 50],
      );
      assert.equal(notices.length, 3, notices.join("\n"));
      assert.throws(() => parseSinkConfig(given, lookup), /bootstrap.servers is not set. Fix: Give the brokers/);
    }
  });

  it("K1: files that aren't a configuration are refused, without quoting them", () => {
    assert.throws(() => readConnectorFile('{"sasl.password":"hidden-pass"', "c.json"), {
      message: "c.json isn't valid JSON.",
    });
    assert.throws(() => readConnectorFile("a=1\nhidden-pass\n", "c.properties"), {
      message: "c.properties: line 2 isn't key=value.",
    });
    assert.throws(() => readConnectorFile('{"config":[]}', "c.json"), /config isn't an object/);
    assert.deepEqual(readConnectorFile("#x\n!y\na : 1\nb= 2,\\\n   3\n", "c"), { a: "1", b: "2,3" });
  });

  it("K1: an unknown key is refused with the one that was meant", () => {
    assert.deepEqual(problems({ "aws.lambda.batchsize": 5 }), [
      "aws.lambda.batchsize isn't known. Fix: did you mean aws.lambda.batch.size?",
    ]);
    assert.deepEqual(problems({ "behaviour.on.error": "log" }), [
      "behaviour.on.error isn't known. Fix: did you mean behavior.on.error?",
    ]);
    assert.match(problems({ "something.else": "" })[0] ?? "", /^something.else isn't known/);
    assert.match(problems({ toString: "x" } as unknown as ConnectorProperties)[0] ?? "", /^toString isn't known/);
  });

  it("K1: what a key asks for and isn't there is refused with what to do instead", () => {
    for (const [key, { effect, why }] of Object.entries(keys).filter(([, info]) => info.effect === "refused")) {
      assert.equal(effect, "refused");
      assert.deepEqual(problems({ [key]: "x" }), [`${key} isn't supported. Fix: ${why}.`]);
    }
    assert.match(
      problems({ "transforms.a.type": "x" })[0] ?? "",
      /^transforms.a.type isn't supported. Fix: Do in the function/,
    );
  });

  it("K1: keys without effect are taken with a notice", () => {
    for (const [key] of Object.entries(keys).filter(([, info]) => info.effect === "ignored")) {
      const { notices } = parse({ [key]: "x" });
      assert.equal(notices.length, 1);
      assert.ok(notices[0]?.startsWith(`${key} has no effect: `));
    }
  });

  it("K1: every key that is used makes a difference", () => {
    const reports = { "reporter.result.topic.name": "r", "reporter.error.topic.name": "e", "behavior.on.error": "log" };
    const access = {
      "security.protocol": "SASL_SSL",
      "sasl.mechanism": "PLAIN",
      "sasl.username": "u",
      "sasl.password": "p",
    };
    const jaas = {
      "security.protocol": "SASL_SSL",
      "sasl.mechanism": "PLAIN",
      "sasl.jaas.config": "username=u password=p;",
    };
    const withOwn = (given: object): Record<string, string> =>
      Object.fromEntries(
        Object.entries(given).flatMap(([key, value]) => [
          [key, value],
          [`reporter.producer.${key}`, value],
        ]),
      );
    const choice = (name: string) => ({
      "key.converter": name,
      "value.converter": name,
      ...(name === "avro"
        ? { "key.converter.schema.registry.url": "http://r", "value.converter.schema.registry.url": "http://r" }
        : {}),
    });
    const json = { ...choice("json"), "header.converter": "json" };
    const contexts: ConnectorProperties[] = [
      { ...json, ...withOwn(access) },
      { ...choice("avro"), ...withOwn(jaas) },
    ].map((more) => ({ ...least, ...reports, ...more }));
    const outcome = (given: ConnectorProperties) => {
      try {
        return parseSinkConfig(given, lookup).config;
      } catch (error) {
        return (error as Error).message;
      }
    };
    for (const [key] of Object.entries(keys).filter(([, { effect }]) => effect === "used")) {
      // A role is taken without its class, and counts when there is one.
      const role: ConnectorProperties = key.includes(".sts.")
        ? { "aws.credentials.provider.sts.role.arn": "arn:aws:iam::210987654321:role/r" }
        : {};
      const differs = contexts.some((context) => {
        const before = outcome({ ...context, ...role });
        return !isDeepStrictEqual(before, outcome({ ...context, ...role, [key]: "b9:1" }));
      });
      assert.ok(differs, key);
    }
  });

  it("K2, K14: wrong values are told together, each with what to give", () => {
    const wrong = {
      "aws.lambda.invocation.type": "later",
      "aws.lambda.batch.size": "0",
      "behavior.on.error": "stop",
      "sink.payload.max.bytes": "7000000",
      "consumer.override.heartbeat.interval.ms": "40000",
      "bootstrap.servers": "http://b1:9092",
      topics: "a,b/c",
    };
    assert.deepEqual(problems(wrong).toSorted(), [
      'aws.lambda.batch.size is "0". Fix: Give a whole number from 1 to 100000.',
      'aws.lambda.invocation.type is "later". Fix: Give one of sync, async.',
      'behavior.on.error is "stop". Fix: Give one of fail, log, ignore.',
      'bootstrap.servers is "http://b1:9092". Fix: http://b1:9092 isn\'t host:port.',
      'consumer.override.heartbeat.interval.ms is "40000". Fix: Give at most a third of the session time-out.',
      'sink.payload.max.bytes is "7000000". Fix: Give a whole number from 100 to 6291455.',
      "topics is \"a,b/c\". Fix: b/c can't be a topic's name.",
    ]);
    assert.match(problems({ topics: " , " })[0] ?? "", /^topics is ","\. Fix: Name at least one topic/);
    assert.match(problems({ "aws.lambda.batch.size": null } as never)[0] ?? "", /is a null. Fix: give a text/);
    assert.deepEqual(problems({ "aws.lambda.batch.size": 1.5 }), [
      'aws.lambda.batch.size is "1.5". Fix: Give a whole number from 1 to 100000.',
    ]);
  });

  it("K14: the payload's limit is Lambda's for the kind of invocation", () => {
    assert.equal(parse().config.delivery.limits.bytes, 6_291_455);
    const isAsync = { "aws.lambda.invocation.type": "async" };
    assert.equal(parse(isAsync).config.delivery.limits.bytes, 1_048_575);
    assert.equal(parse({ ...isAsync, "sink.payload.max.bytes": 262_143 }).config.delivery.limits.bytes, 262_143);
  });

  it("K7: an access key of its own wins over the class of credentials; half a key is refused", () => {
    const key = { "aws.access.key.id": "AKIAEXAMPLE", "aws.secret.access.key": ref("PASSWORD") };
    const { lambda } = parse({
      ...key,
      "aws.credentials.provider.class": "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider",
    }).config;
    assert.deepEqual(lambda.accessKey, { id: "AKIAEXAMPLE", secret: "hidden-pass" });
    assert.match(
      problems({ "aws.access.key.id": "AKIAEXAMPLE" })[0] ?? "",
      /^aws.secret.access.key is not set. Fix: Give both/,
    );
    assert.match(
      problems({ "aws.credentials.provider.class": "org.example.Mine" })[0] ?? "",
      /Fix: Leave it out for the task's role/,
    );
    assert.equal(parse({ "aws.lambda.region": "eu-west-1" }).config.lambda.region, "eu-west-1");
    const arn = "arn:aws:lambda:eu-central-1:123456789012:function:f:live";
    assert.deepEqual(parse({ "aws.lambda.function.name": arn }).config.lambda, {
      functionName: arn,
      region: "eu-central-1",
      isAsync: false,
      socketTimeoutMs: undefined,
      userAgent: undefined,
    });
    assert.match(problems({ "aws.lambda.function.name": "a b" })[0] ?? "", /Give a function's name or ARN/);
  });

  it("K8: a trusted account's role is assumed, with its External ID", () => {
    const given = {
      "aws.credentials.provider.class": "io.confluent.connect.aws.lambda.auth.AwsAssumeRoleCredentialsProvider",
      "aws.credentials.provider.sts.role.arn": "arn:aws:iam::210987654321:role/invoke",
      "aws.credentials.provider.sts.role.external.id": "x-1",
    };
    assert.deepEqual(parse(given).config.lambda.assumeRole, {
      arn: "arn:aws:iam::210987654321:role/invoke",
      externalId: "x-1",
      sessionName: "kafka-lambda-sink",
    });
    assert.match(
      problems({ ...given, "aws.credentials.provider.sts.role.arn": "" })[0] ?? "",
      /Give the role that is to be assumed/,
    );
    assert.match(problems({ "aws.credentials.provider.sts.role.arn": "invoke" })[0] ?? "", /Give a role's ARN/);
  });

  it("K18, K19: report topics, and when they have no effect", () => {
    const both = {
      "reporter.bootstrap.servers": "r:9092",
      "reporter.result.topic.name": "ok",
      "reporter.error.topic.name": "bad",
    };
    const { config, notices } = parse({
      ...both,
      "behavior.on.error": "log",
      "reporter.error.topic.value.format": "string",
    });
    assert.deepEqual(notices, []);
    assert.deepEqual(config.delivery.resultTopic, {
      name: "ok",
      key: "record",
      keyFormat: "string",
      valueFormat: "json",
    });
    assert.equal(config.delivery.errorTopic?.valueFormat, "string");
    assert.deepEqual(config.reporter?.brokers, ["r:9092"]);
    assert.deepEqual(config.reporter?.topics[0], {
      name: "ok",
      cleanupPolicy: "delete",
      partitions: 1,
      replicationFactor: 3,
    });
    const later = parse({ ...both, "aws.lambda.invocation.type": "async" });
    assert.deepEqual([later.config.delivery.resultTopic, later.config.reporter], [undefined, undefined]);
    assert.equal(later.notices.length, 2);
  });

  it("K6: a compacted result topic needs keys of its own", () => {
    const compact = { "reporter.result.topic.name": "ok", "reporter.result.topic.cleanup.policy": "compact" };
    assert.match(problems(compact)[0] ?? "", /Set reporter.result.topic.key=coordinates as well/);
    const { config } = parse({ ...compact, "reporter.result.topic.key": "coordinates" });
    assert.equal(config.reporter?.topics[0]?.cleanupPolicy, "compact");
  });

  it("K12: converters by Kafka Connect's classes and by short names", () => {
    const named = (name: string, more: ConnectorProperties = {}) =>
      parse({ "value.converter": name, ...more }).config.converters.value;
    assert.equal(named("org.apache.kafka.connect.json.JsonConverter").hasSchemas, true, "Kafka Connect's default");
    assert.equal(
      named("org.apache.kafka.connect.json.JsonConverter", { "value.converter.schemas.enable": false }).hasSchemas,
      false,
    );
    assert.equal(named("json").hasSchemas, false);
    assert.equal(named("org.apache.kafka.connect.converters.LongConverter").name, "long");
    const registry = {
      "value.converter.schema.registry.url": "https://r1,https://r2",
      "value.converter.basic.auth.user.info": `u:${ref("PASSWORD")}`,
    };
    const avro = named("io.confluent.connect.avro.AvroConverter", {
      ...registry,
      "value.converter.decimal.format": "BASE64",
    });
    assert.deepEqual(
      [avro.name, avro.decimals, avro.registry],
      ["avro", "BASE64", { urls: ["https://r1", "https://r2"], userInfo: "u:hidden-pass" }],
    );
    assert.match(problems({ "value.converter": "avro" })[0] ?? "", /^value.converter.schema.registry.url is not set/);
    assert.match(
      problems({ "value.converter": "avro", "value.converter.schema.registry.url": "registry" })[0] ?? "",
      /registry isn't a URL/,
    );
    assert.match(problems({ "key.converter": "xml" })[0] ?? "", /Give one of string, json, bytes/);
    assert.match(problems({ "header.converter": "protobuf" })[0] ?? "", /Headers carry no schema ids/);
  });

  it("K7: how brokers are reached, alone and behind the consumer's prefix", () => {
    const jaas = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="sink" password="a\\"b;c";';
    const scram = { "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512" };
    const noTls = { ca: undefined, certificate: undefined, key: undefined, keyPassword: undefined };
    assert.deepEqual(parse({ ...scram, "sasl.jaas.config": jaas }).config.security, {
      sasl: { mechanism: "SCRAM-SHA-512", username: "sink", password: 'a"b;c' },
      tls: noTls,
    });
    const own = {
      "consumer.override.sasl.username": ref("USER"),
      "consumer.override.sasl.password": ref("PASSWORD"),
      "sasl.username": "x",
      "sasl.password": "y",
    };
    assert.deepEqual(parse({ ...scram, ...own }).config.security.sasl, {
      mechanism: "SCRAM-SHA-512",
      username: "sink",
      password: "hidden-pass",
    });
    assert.deepEqual(parse({ ...scram, "sasl.mechanism": "AWS_MSK_IAM" }).config.security.sasl, {
      mechanism: "AWS_MSK_IAM",
    });
    assert.match(problems(scram)[0] ?? "", /SCRAM-SHA-512 needs a user and a password/);
    const pem = (what: string) => `-----BEGIN ${what}-----\\nabc\\n-----END ${what}-----`;
    const mtls = {
      "security.protocol": "SSL",
      "ssl.keystore.certificate.chain": pem("CERTIFICATE"),
      "ssl.keystore.key": pem("PRIVATE KEY"),
    };
    assert.equal(
      parse(mtls).config.security.tls?.certificate,
      "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
    );
    assert.match(problems({ ...mtls, "ssl.keystore.key": "" })[0] ?? "", /Give both the certificate chain and its key/);
    assert.match(problems({ ...mtls, "ssl.keystore.type": "JKS" })[0] ?? "", /Give PEM/);
    assert.match(
      problems({ ...mtls, "ssl.endpoint.identification.algorithm": "" })[0] ?? "",
      /names are always checked/,
    );
  });

  it("K7: secrets stand in no message, and what they refer to has to be there", () => {
    const secret = {
      "security.protocol": "SASL_PLAINTEXT",
      "sasl.mechanism": "PLAIN",
      "sasl.jaas.config": "password=hidden-pass",
    };
    assert.doesNotMatch(problems(secret).join(), /hidden-pass/);
    const pem = {
      "security.protocol": "SSL",
      "ssl.keystore.key": "hidden-pass",
      "ssl.keystore.certificate.chain": "hidden-pass",
    };
    assert.match(problems(pem).join(), /ssl.keystore.key is of another form/);
    assert.match(
      problems({ "sasl.password": ref("NONE") })[0] ?? "",
      /refers to \$\{env:NONE\}, which isn't known. Fix: Set that variable/,
    );
    assert.match(problems({ "sasl.password": ref("/x:y", "file") })[0] ?? "", /Fix: Only variables of the environment/);
  });
});

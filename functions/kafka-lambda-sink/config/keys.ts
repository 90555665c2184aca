/** What a key of the connector's configuration does here; `docs/kafka-lambda-sink.md` shows the same, and a test compares. */
export interface KeyInfo {
  /** `used`; `ignored`: taken without effect, with a notice; `refused`: what it asks for isn't there. */
  readonly effect: "used" | "ignored" | "refused";
  /** Taken where the key isn't given; undefined: nothing is. */
  readonly default?: string;
  /** Why it has no effect, or what to do instead. */
  readonly why?: string;
}

const used = (value?: string): KeyInfo => ({ effect: "used", default: value });
const ignored = (why: string): KeyInfo => ({ effect: "ignored", why });
const refused = (why: string): KeyInfo => ({ effect: "refused", why });

const license = ignored("no licence is needed");
const serverFormats = ignored("reports are written without schemas");

/** Keys of a client's access to a cluster; they stand alone and behind several prefixes. */
const securityKeys = {
  "security.protocol": used(),
  "sasl.mechanism": used(),
  "sasl.jaas.config": used(),
  "sasl.username": used(),
  "sasl.password": used(),
  "sasl.client.callback.handler.class": ignored("sasl.mechanism says it all"),
  "ssl.truststore.type": used(),
  "ssl.truststore.certificates": used(),
  "ssl.keystore.type": used(),
  "ssl.keystore.certificate.chain": used(),
  "ssl.keystore.key": used(),
  "ssl.key.password": used(),
  "ssl.endpoint.identification.algorithm": used(),
  "ssl.truststore.location": refused("Give the certificates as PEM in ssl.truststore.certificates"),
  "ssl.truststore.password": refused("Give the certificates as PEM in ssl.truststore.certificates"),
  "ssl.keystore.location": refused("Give PEM in ssl.keystore.certificate.chain and ssl.keystore.key"),
  "ssl.keystore.password": refused("Give PEM in ssl.keystore.certificate.chain and ssl.keystore.key"),
} as const;

const converterKeys = {
  "schemas.enable": used(),
  "decimal.format": used(),
  "schema.registry.url": used(),
  "schema.registry.basic.auth.user.info": used(),
  "basic.auth.user.info": used(),
  "basic.auth.credentials.source": used(),
  "json.fail.invalid.schema": used(),
  "schemas.cache.size": ignored("schemas are kept as long as the task lives"),
  "enhanced.avro.schema.support": ignored("Avro's names don't reach the payload"),
  "auto.register.schemas": ignored("nothing is produced with schemas"),
  "use.latest.version": ignored("nothing is produced with schemas"),
} as const;

const reportTopicKeys = {
  "key.format": used("string"),
  "value.format": used("json"),
  "replication.factor": used("3"),
  partitions: used("1"),
  key: used("record"),
  "cleanup.policy": used("delete"),
  "key.format.schemas.enable": serverFormats,
  "key.format.schemas.cache.size": serverFormats,
  "value.format.schemas.enable": serverFormats,
  "value.format.schemas.cache.size": serverFormats,
} as const;

type Prefixed<P extends string, T extends object> = { readonly [K in keyof T & string as `${P}${K}`]: T[K] };

function behind<const P extends string, const T extends Readonly<Record<string, KeyInfo>>>(prefix: P, keys: T) {
  const entries = Object.entries(keys).map(([key, info]) => [prefix + key, info]);
  return Object.fromEntries(entries) as Prefixed<P, T>;
}

/** Every key that is known. */
export const keys = {
  name: used(),
  "connector.class": used("io.confluent.connect.aws.lambda.AwsLambdaSinkConnector"),
  topics: used(),
  "topics.regex": refused("List the topics in topics"),
  "tasks.max": ignored("the number of tasks follows the lag"),

  "aws.lambda.function.name": used(),
  "aws.lambda.invocation.type": used("sync"),
  "aws.lambda.batch.size": used("20"),
  "aws.lambda.region": used(),
  "aws.access.key.id": used(),
  "aws.secret.access.key": used(),
  "aws.credentials.provider.class": used(),
  "aws.credentials.provider.sts.role.arn": used(),
  "aws.credentials.provider.sts.role.external.id": used(),
  "aws.credentials.provider.sts.role.session.name": used("kafka-lambda-sink"),
  "aws.lambda.socket.timeout": used(),
  "aws.lambda.user.agent": used(),
  "aws.lambda.proxy.url": refused("Give the tasks a route to Lambda, by a VPC endpoint or a NAT gateway"),
  "aws.lambda.proxy.user": refused("Give the tasks a route to Lambda, by a VPC endpoint or a NAT gateway"),
  "aws.lambda.proxy.password": refused("Give the tasks a route to Lambda, by a VPC endpoint or a NAT gateway"),
  "behavior.on.error": used("fail"),
  "record.converter.class": used("io.confluent.connect.aws.lambda.converters.JsonKeyValueConverter"),

  "key.converter": used("org.apache.kafka.connect.storage.StringConverter"),
  "value.converter": used("org.apache.kafka.connect.storage.StringConverter"),
  "header.converter": used("org.apache.kafka.connect.storage.StringConverter"),
  ...behind("key.converter.", converterKeys),
  ...behind("value.converter.", converterKeys),
  "header.converter.schemas.enable": used(),

  "reporter.bootstrap.servers": used(),
  "reporter.result.topic.name": used(),
  "reporter.error.topic.name": used(),
  ...behind("reporter.result.topic.", reportTopicKeys),
  ...behind("reporter.error.topic.", reportTopicKeys),
  ...behind("reporter.producer.", securityKeys),
  ...behind(
    "reporter.admin.",
    mapped(securityKeys, ignored("report topics are made with the access of reporter.producer")),
  ),

  "bootstrap.servers": used(),
  ...securityKeys,
  ...behind("consumer.override.", securityKeys),
  "consumer.override.bootstrap.servers": used(),
  "consumer.override.group.id": used(),
  "consumer.override.group.instance.id": used(),
  "consumer.override.auto.offset.reset": used("earliest"),
  "consumer.override.isolation.level": used("read_committed"),
  "consumer.override.max.partition.fetch.bytes": used("1048576"),
  "consumer.override.fetch.max.wait.ms": used("500"),
  "consumer.override.fetch.min.bytes": used("1"),
  "consumer.override.session.timeout.ms": used("45000"),
  "consumer.override.heartbeat.interval.ms": used("3000"),
  "consumer.override.max.poll.interval.ms": ignored("heartbeats go on while the function runs"),
  "consumer.override.max.poll.records": ignored("aws.lambda.batch.size bounds what is delivered at once"),
  "consumer.override.partition.assignment.strategy": ignored("partitions always move cooperatively"),
  "consumer.override.client.id": used("kafka-lambda-sink"),

  "errors.tolerance": used("none"),
  "errors.retry.timeout": ignored("sink.retry.max.ms bounds repetitions"),
  "errors.retry.delay.max.ms": ignored("sink.retry.max.ms bounds repetitions"),
  "errors.log.enable": ignored("errors are logged always"),
  "errors.log.include.messages": ignored("records stand in no log"),
  "errors.deadletterqueue.topic.name": refused("Name reporter.error.topic.name, with behavior.on.error=log"),
  "errors.deadletterqueue.topic.replication.factor": refused(
    "Name reporter.error.topic.name, with behavior.on.error=log",
  ),
  "errors.deadletterqueue.context.headers.enable": refused(
    "Name reporter.error.topic.name, with behavior.on.error=log",
  ),

  "confluent.license": license,
  "confluent.topic": license,
  "confluent.topic.bootstrap.servers": license,
  "confluent.topic.replication.factor": license,
  ...behind("confluent.topic.", mapped(securityKeys, license)),
  "config.action.reload": ignored("a change of the configuration is deployed"),
  transforms: refused("Do in the function what the transforms do"),
  predicates: refused("Do in the function what the transforms do"),

  "sink.fail.scope": used("partition"),
  "sink.max.in.flight": used("100"),
  "sink.payload.max.bytes": used(),
  "sink.retry.max.ms": used("900000"),
} as const satisfies Readonly<Record<string, KeyInfo>>;

export type Key = keyof typeof keys;

/** Whether its value is a secret, or holds one. */
export function isSecretKey(key: string): boolean {
  return /password|secret|jaas|user\.info|access\.key|keystore\.key/.test(key);
}

export type SecurityKey = keyof typeof securityKeys;

/** Where security keys are looked for. */
export type SecurityPrefix = "" | "consumer.override." | "reporter.producer.";

function mapped<const T extends object>(of: T, info: KeyInfo): { readonly [K in keyof T]: KeyInfo } {
  return Object.fromEntries(Object.keys(of).map((key) => [key, info])) as { [K in keyof T]: KeyInfo };
}

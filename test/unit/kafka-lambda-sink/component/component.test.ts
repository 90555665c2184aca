import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { bundleOf } from "../../../../components/parts/bundle";
import { at, type MockResource, type MockRun, resolved } from "../../mocks";
import { list, roleStatements } from "../../parts/documents";
import { deploy, deployed, functionArn, mskArn, secretArn } from "./deploy";

interface Container {
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly image: string;
  readonly stopTimeout: number;
  readonly readonlyRootFilesystem: boolean;
  readonly healthCheck: { readonly command: readonly string[] };
}

function container(run: MockRun<unknown>): Container {
  const [found] = JSON.parse(String(at(run.named("orders-sink-task"), "containerDefinitions"))) as [Container];
  return found;
}

/** How the configuration refers to a variable of the container. */
const fromEnv = (name: string) => `\${env:${name}}`;
const variables = (run: MockRun<unknown>): Record<string, string> =>
  Object.fromEntries(container(run).environment.map(({ name, value }) => [name, value]));
const configOf = (run: MockRun<unknown>): Record<string, string> => JSON.parse(variables(run).SINK_CONFIG ?? "");
const mayDo = (run: MockRun<unknown>) =>
  roleStatements(run, "orders-sink-task-role").map(({ Action, Resource }) => [list(Action), list(Resource)]);
const ports = (run: MockRun<unknown>) =>
  (at(run.named("orders-sink-security-group"), "egress") as { fromPort: number }[]).map(({ fromPort }) => fromPort);
const alarm = (run: MockRun<unknown>, part: string): MockResource => run.named(`orders-${part}-alarm`);

describe("KafkaLambdaSink", () => {
  it("K1: a service of tasks that are told the connector's keys, in private subnets, with nothing coming in", async () => {
    const run = await deploy({ batchSize: 500, resultTopic: "orders-results", config: { "sink.max.in.flight": "7" } });
    assert.deepEqual(configOf(run), {
      name: deployed,
      topics: "orders",
      "bootstrap.servers": "b-1.example.com:9092,b-2.example.com:9092",
      "aws.lambda.function.name": functionArn,
      "aws.lambda.batch.size": "500",
      "sink.max.in.flight": "7",
      "reporter.result.topic.name": "orders-results",
    });
    const service = run.named("orders-sink-service");
    assert.deepEqual(at(service, "networkConfiguration"), {
      subnets: ["subnet-1", "subnet-2"],
      securityGroups: ["orders-sink-security-group-id"],
      assignPublicIp: false,
    });
    assert.deepEqual(at(run.named("orders-sink-security-group"), "ingress"), []);
    assert.deepEqual(ports(run), [443, 9092]);
    const { readonlyRootFilesystem, stopTimeout, healthCheck } = container(run);
    assert.deepEqual([readonlyRootFilesystem, stopTimeout, variables(run).STOP_SECONDS], [true, 120, "120"]);
    assert.equal(healthCheck.command[0], "CMD");
    assert.equal(await resolved(run.result.consumerGroup), `connect-${deployed}`);
  });

  it("K5: a deployment replaces tasks without a gap; members with a name of their own go before the next one comes", async () => {
    const shares = async (args: Parameters<typeof deploy>[0]) => {
      const service = (await deploy(args)).named("orders-sink-service");
      return [at(service, "deploymentMinimumHealthyPercent"), at(service, "deploymentMaximumPercent")];
    };
    assert.deepEqual(await shares({}), [100, 200]);
    const isStatic = { config: { "consumer.override.group.instance.id": "one" }, maxTasks: 1 };
    assert.deepEqual(await shares(isStatic), [0, 100]);
    await assert.rejects(deploy({ ...isStatic, maxTasks: 2 }), /maxTasks is 2. Set 1: two tasks can't share the name/);
  });

  it("K9: the tasks' role may invoke and look up the one function, and nothing else", async () => {
    assert.deepEqual(mayDo(await deploy()), [[["lambda:InvokeFunction", "lambda:GetFunction"], [functionArn]]]);
    const named = await deploy({ functionArn: undefined, config: { "aws.lambda.function.name": "take-orders:live" } });
    assert.deepEqual(mayDo(named)[0]?.[1], [`${functionArn}:live`]);
    const later = await deploy({ functionArn: pulumi.output(`${functionArn}:7`) });
    assert.deepEqual(mayDo(later)[0]?.[1], [`${functionArn}:7`]);
    assert.equal(configOf(later)["aws.lambda.function.name"], `${functionArn}:7`);
  });

  it("K8, K9: where another account's role is assumed, that is all that the role may do", async () => {
    const arn = "arn:aws:iam::111122223333:role/their-sink";
    const config = {
      "aws.credentials.provider.sts.role.arn": arn,
      "aws.credentials.provider.sts.role.external.id": "shared-word",
    };
    const theirs = "arn:aws:lambda:us-east-1:111122223333:function:theirs";
    assert.deepEqual(mayDo(await deploy({ functionArn: theirs, config })), [[["sts:AssumeRole"], [arn]]]);
  });

  it("K9: with MSK's IAM the role reads its topics, is in its group and writes its reports, at that cluster alone", async () => {
    const run = await deploy({
      authentication: "iam",
      mskClusterArn: mskArn,
      resultTopic: "results",
      config: { topics: "a,b" },
      topics: undefined,
      bootstrapServers: pulumi.output("b-1.example.com:9098"),
    });
    const of = (kind: string, name: string) =>
      `arn:aws:kafka:us-east-1:000000000000:${kind}/main/11111111-2222-6/${name}`;
    assert.deepEqual(mayDo(run).slice(1), [
      [["kafka-cluster:Connect"], [mskArn]],
      [
        ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
        [of("topic", "a"), of("topic", "b")],
      ],
      [["kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"], [of("group", `connect-${deployed}`)]],
      [
        ["kafka-cluster:CreateTopic", "kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"],
        [of("topic", "results")],
      ],
    ]);
    assert.deepEqual(ports(run), [443, 9098]);
    await assert.rejects(deploy({ authentication: "iam" }), /mskClusterArn is not set. Give the cluster's ARN/);
    await assert.rejects(deploy({ mskClusterArn: mskArn }), /mskClusterArn is .* leave it out/);
  });

  it("K7: secrets reach the tasks by reference, read by ECS under its own role", async () => {
    const run = await deploy({
      authentication: "scram",
      brokerSecretArn: secretArn("AmazonMSK_sink"),
      valueConverter: "avro",
      schemaRegistryUrl: "https://registry.example.com:8081",
      secrets: [{ variable: "REGISTRY_USER", secretArn: secretArn("registry"), key: "user" }],
      config: { "value.converter.basic.auth.user.info": fromEnv("REGISTRY_USER") },
    });
    assert.deepEqual(container(run).secrets, [
      { name: "KAFKA_USERNAME", valueFrom: `${secretArn("AmazonMSK_sink")}:username::` },
      { name: "KAFKA_PASSWORD", valueFrom: `${secretArn("AmazonMSK_sink")}:password::` },
      { name: "REGISTRY_USER", valueFrom: `${secretArn("registry")}:user::` },
    ]);
    const config = configOf(run);
    assert.equal(config["sasl.password"], fromEnv("KAFKA_PASSWORD"));
    assert.equal(config["security.protocol"], "SASL_SSL");
    assert.equal(config["value.converter.schema.registry.url"], "https://registry.example.com:8081");
    assert.deepEqual(ports(run), [443, 8081, 9092]);
    assert.ok(
      !mayDo(run)
        .flat(2)
        .some((each) => each?.startsWith("secretsmanager:")),
    );
    const reads = roleStatements(run, "orders-sink-execution-role").find(({ Sid }) => Sid === "Secret");
    assert.deepEqual(reads?.Resource, [secretArn("AmazonMSK_sink"), secretArn("registry")]);
    const mtls = await deploy({ authentication: "mtls", brokerSecretArn: secretArn("client") });
    assert.equal(configOf(mtls)["ssl.keystore.key"], fromEnv("KAFKA_PRIVATE_KEY"));
  });

  it("K7: a secret that stands in the configuration is refused, and isn't shown", async () => {
    const literal = deploy({
      config: { "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.password": "hunter2" },
    });
    await assert.rejects(literal, (error: Error) => {
      assert.match(error.message, /config\["sasl.password"\] is "a secret".*Secrets Manager/);
      return !error.message.includes("hunter2");
    });
    await assert.rejects(
      deploy({ config: { "sasl.password": fromEnv("NOWHERE") } }),
      /Name the variable NOWHERE in secrets/,
    );
    await assert.rejects(deploy({ functionArn: pulumi.secret(functionArn) }), /environment.SINK_CONFIG is "a secret"/);
  });

  it("K1: the file of a Kafka Connect connector is taken as it is", async () => {
    const run = await deploy({
      functionArn: undefined,
      topics: undefined,
      bootstrapServers: undefined,
      connectorFile: join(__dirname, "connector.json"),
    });
    const config = configOf(run);
    assert.deepEqual([config.name, config.topics], ["LambdaSinkConnector", "clicks"]);
    assert.equal(await resolved(run.result.consumerGroup), "connect-LambdaSinkConnector");
    assert.equal(mayDo(run)[0]?.[1]?.[0], "arn:aws:lambda:us-east-1:000000000000:function:take-clicks");
    await assert.rejects(deploy({ connectorFile: "none.json" }), /connectorFile is "none.json". There is no file/);
  });

  it("K21: mistakes are told when the program runs: with key, value and the fix", async () => {
    const misspelt: object = { tipics: ["a"] };
    const wrong: [Parameters<typeof deploy>[0], RegExp][] = [
      [
        { config: { "aws.lambda.batch.sise": "5" } },
        /aws.lambda.batch.sise isn't known. Fix: did you mean aws.lambda.batch.size/,
      ],
      [{ batchSize: 0 }, /aws.lambda.batch.size is "0". Fix: Give a whole number from 1/],
      [{ topics: undefined }, /topics is not set. Fix: Name at least one topic/],
      [{ config: { topics: "other" } }, /topics is "orders". The configuration has topics already; give it once/],
      [{ functionArn: "take-orders" }, /functionArn is "take-orders". Give an ARN/],
      [{ authentication: "kerberos" }, /authentication is "kerberos". Give one of "none", "tls"/],
      [
        { authentication: "scram" },
        /brokerSecretArn is not set. Give the ARN of the secret with username and password/,
      ],
      [{ brokerSecretArn: secretArn("x") }, /brokerSecretArn is .* use secrets instead/],
      [{ secrets: [{ variable: "low", secretArn: secretArn("x"), key: "k" }] }, /secrets\[0\].variable is "low"/],
      [{ cpu: 300 }, /cpu is 300. Fargate takes 256, 512/],
      [{ minTasks: 5, maxTasks: 4 }, /maxTasks is 4. Give a whole number from 5/],
      [{ network: { vpcId: "vpc-1", subnetIds: [] } }, /network.subnetIds is \[\]. Give at least one private subnet/],
      [misspelt, /tipics is \["a"\]. Not known here; did you mean topics\?/],
      [
        { bootstrapServers: pulumi.output("b:9092"), authentication: "plain", brokerSecretArn: secretArn("x") },
        /brokerPorts is not set. Give the brokers' ports/,
      ],
    ];
    for (const [args, message] of wrong) await assert.rejects(deploy(args), message);
  });

  it("K3: the number of tasks follows the lag a task, and stays where no more are allowed", async () => {
    const run = await deploy({ minTasks: 2, maxTasks: 6, lagPerTask: 500 });
    const target = run.named("orders-sink-scaling");
    assert.deepEqual([at(target, "minCapacity"), at(target, "maxCapacity")], [2, 6]);
    assert.equal(at(target, "resourceId"), `service/${deployed}-sink/${deployed}-sink`);
    const tracking = at(run.named("orders-sink-scaling-policy"), "targetTrackingScalingPolicyConfiguration") as object;
    assert.deepEqual(Reflect.get(tracking, "customizedMetricSpecification"), {
      namespace: "DataPipelines",
      metricName: "Lag",
      statistic: "Average",
      dimensions: [{ name: "Pipeline", value: deployed }],
    });
    assert.equal(Reflect.get(tracking, "targetValue"), 500);
    assert.equal(at(run.named("orders-sink-service"), "desiredCount"), 2);
    assert.deepEqual((await deploy({ minTasks: 3, maxTasks: 3 })).ofType("aws:appautoscaling/target:Target"), []);
  });

  it("K22, K23: a stopped partition, lag that lasts, an empty group and records left out are alarms", async () => {
    const topic = "arn:aws:sns:us-east-1:000000000000:oncall";
    const run = await deploy({ behaviorOnError: "log", maxLag: 9, alarmTopicArn: topic });
    const rule = (part: string) =>
      ["metricName", "comparisonOperator", "threshold", "treatMissingData"].map((key) => at(alarm(run, part), key));
    assert.deepEqual(rule("stopped-partitions"), ["StoppedPartitions", "GreaterThanThreshold", 0, "notBreaching"]);
    assert.deepEqual(rule("lag"), ["Lag", "GreaterThanThreshold", 9, "notBreaching"]);
    assert.deepEqual(rule("no-members"), ["Members", "LessThanThreshold", 1, "breaching"]);
    assert.deepEqual(rule("skipped-records"), ["RecordsSkipped", "GreaterThanThreshold", 0, "notBreaching"]);
    assert.deepEqual(at(alarm(run, "no-members"), "alarmActions"), [topic]);
    assert.equal(
      (await deploy()).resources.some(({ name }) => name === "orders-skipped-records-alarm"),
      false,
    );
    const board = JSON.parse(String(at(run.named("orders-dashboard"), "dashboardBody")));
    assert.ok(JSON.stringify(board).includes("StoppedPartitions"));
  });

  it("S3: several sinks stand in one stack, and a first preview knows the roles' policies", async () => {
    const run = await deploy({}, { preview: true });
    assert.equal(mayDo(run).length, 1);
    const task = await resolved(run.result.taskRoleArn);
    assert.equal(task, `arn:aws:iam::000000000000:role/${deployed}-sink-task-role`);
  });

  it("S4: the image's program is one file, which starts where nothing else lies", () => {
    const folder = mkdtempSync(join(tmpdir(), "sink-"));
    try {
      copyFileSync(bundleOf("kafka-lambda-sink/service").code, join(folder, "index.mjs"));
      const { status, stdout, stderr } = spawnSync(process.execPath, ["index.mjs"], {
        cwd: folder,
        encoding: "utf8",
        env: {},
      });
      assert.equal(status, 1);
      assert.match(stdout + stderr, /PIPELINE is not set; SINK_CONFIG is not set/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

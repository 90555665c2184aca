/** The component as it is deployed: a service of the local ECS, under its role, between a broker and the local Lambda. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { KafkaLambdaSink, type KafkaLambdaSinkArgs } from "../../../index";
import { type KafkaBroker, startKafkaBroker } from "../../../local/kafka/broker";
import { TakingFunction } from "../../../local/kafka/takingFunction";
import { Topics } from "../../../local/kafka/topics";
import { fetchJson } from "../../../local/processes/localFetch";
import { descendants } from "../../../local/processes/processTable";
import { type Services, startServices } from "../../../local/processes/services";
import { rootClients } from "../../../local/run/clients";
import { judgeIam } from "../../../local/run/iam";
import { type LocalStack, openStack } from "../../../local/run/stack";
import { ensureTools } from "../../../local/setup/ensureTools";
import { localFolder } from "../../../local/setup/paths";
import { until } from "./harness";

const root = { accessKeyId: "test", secretAccessKey: "test" };
const partitions = 4;
const names = ["plain", "killed", "throttled", "revoked"] as const;
type Name = (typeof names)[number];

/** Every account of the local cloud has them. */
const network = { vpcId: "vpc-00000001", subnetIds: ["subnet-00000001"] };

describe("KafkaLambdaSink as it is deployed", function () {
  this.timeout(300_000);
  let services: Services;
  let broker: KafkaBroker;
  let local: LocalStack | undefined;
  let topics: Topics;
  const functions = new Map<Name, TakingFunction>();
  let groups: Record<string, string>;

  before(async () => {
    const tools = await ensureTools();
    services = await startServices({ tools, logSuffix: "kafka" });
    broker = await startKafkaBroker({
      topics: Object.fromEntries(names.map((name) => [name, partitions])),
      name: "kafka-deployed-test",
    });
    topics = new Topics(broker.addresses);
    for (const name of names) functions.set(name, await TakingFunction.make(services, `take-${name}`));
    const stateFolder = join(localFolder, "state-kafka");
    await rm(stateFolder, { recursive: true, force: true });
    const settings = { "aws:region": "us-east-1" };
    local = await openStack({ tools, services, name: "kafka", stateFolder, settings, program });
    const { outputs } = await local.stack.up({ color: "never" });
    groups = outputs.groups?.value as Record<string, string>;
  });
  after(async () => {
    await local?.close();
    await Promise.all([services?.stop(), broker?.stop(), ...[...functions.values()].map((each) => each.stop())]);
  });

  async function program(): Promise<Record<string, unknown>> {
    const more: Partial<Record<Name, Partial<KafkaLambdaSinkArgs>>> = {
      plain: { resultTopic: "plain-results" },
      killed: { batchSize: 5 },
      throttled: { batchSize: 50 },
    };
    const sinks = names.map(
      (name) =>
        new KafkaLambdaSink(name, {
          functionArn: functions.get(name)?.arn,
          topics: [name],
          bootstrapServers: broker.addresses.join(","),
          network,
          minTasks: 1,
          maxTasks: 1,
          allowDestroy: true,
          valueConverter: "json",
          ...more[name],
          config: {
            "consumer.override.session.timeout.ms": "6000",
            "consumer.override.heartbeat.interval.ms": "300",
            ...(more[name]?.resultTopic ? { "reporter.result.topic.replication.factor": "1" } : {}),
          },
        }),
    );
    return { groups: Object.fromEntries(names.map((name, i) => [name, sinks[i]?.consumerGroup])) };
  }

  const records = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => ({ key: `k${i % 31}`, value: JSON.stringify({ n: from + i }) }));
  const allCommitted = (name: Name) => async () =>
    (await topics.counts(name, groups[name] ?? "")).every(({ end, committed }) => committed === end);

  /** Offsets that the function got, by partition, each once; and how many it got again. */
  function got(name: Name) {
    const places = (functions.get(name)?.taken ?? []).flatMap(({ partition, offsets }) =>
      offsets.map((offset) => `${partition} ${offset}`),
    );
    return { once: new Set(places).size, again: places.length - new Set(places).size };
  }

  it("K1, K9, K10, K18: everything arrives once and is answered, under a role with the two actions, both of them used", async () => {
    await topics.produce("plain", records(1_000));
    await until(allCommitted("plain"), "all is committed", 120_000);
    assert.deepEqual(got("plain"), { once: 1_000, again: 0 });
    const results = await topics.reports("plain-results");
    assert.equal(
      [...results.values()].reduce((a, b) => a + b),
      1_000,
    );
    const clients = rootClients(services.aws.endpoint);
    const { denied, unused } = await judgeIam(services.aws.endpoint, clients, "data-pipelines-kafka-plain-");
    assert.deepEqual(denied, []);
    assert.deepEqual(
      unused.filter(({ reason }) => reason === ""),
      [],
    );
  });

  it("K5: a task that is killed is replaced; nothing is lost, and at most the batches in flight come again", async () => {
    await topics.produce("killed", records(2_000));
    await until(() => got("killed").once > 100, "delivering", 120_000);
    const tasks = (await descendants(services.aws.pid)).filter(({ command }) => /node .*index\.mjs$/.test(command));
    assert.ok(tasks.length >= names.length);
    for (const { pid } of tasks) process.kill(pid, "SIGKILL");
    await until(allCommitted("killed"), "another task has delivered the rest", 120_000);
    const { once, again } = got("killed");
    assert.equal(once, 2_000);
    assert.ok(again <= partitions * 5 * tasks.length, `${again} came again`);
  });

  it("K20: a throttled function is tried again until it takes the records: none is lost, and none stops", async () => {
    const url = `${services.aws.endpoint}/_local/faults`;
    const role = "data-pipelines-kafka-throttled-sink-task-role";
    const body = { service: "lambda", operation: "Invoke", mode: "throttle", role };
    const { id } = await fetchJson<{ id: string }>(url, { method: "POST", body });
    await topics.produce("throttled", records(300));
    const hits = async () =>
      (await fetchJson<{ faults: { id: string; hits: number }[] }>(url)).faults.find((each) => each.id === id)?.hits ??
      0;
    await until(async () => (await hits()) >= 5, "throttled several times", 120_000);
    assert.deepEqual(got("throttled"), { once: 0, again: 0 });
    assert.ok((await topics.counts("throttled", groups.throttled ?? "")).every(({ committed }) => committed === 0));
    await fetchJson(`${url}/${id}`, { method: "DELETE" });
    await until(allCommitted("throttled"), "all is committed", 120_000);
    assert.deepEqual(got("throttled"), { once: 300, again: 0 });
  });

  it("K21: without its permission the task ends and commits nothing; given it back, the next task delivers everything", async () => {
    const iam = new IAMClient({ endpoint: services.aws.endpoint, region: "us-east-1", credentials: root });
    const RoleName = "data-pipelines-kafka-revoked-sink-task-role";
    const { PolicyNames: [PolicyName] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    await topics.produce("revoked", records(100));
    const deniedCalls = async () => {
      const { denied } = await judgeIam(services.aws.endpoint, rootClients(services.aws.endpoint), RoleName);
      return denied.filter(({ role }) => role === RoleName);
    };
    await until(async () => (await deniedCalls()).length > 0, "IAM refuses a call", 120_000);
    assert.deepEqual(got("revoked"), { once: 0, again: 0 });
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: decodeURIComponent(PolicyDocument) }),
    );
    await until(allCommitted("revoked"), "all is committed", 120_000);
    assert.deepEqual(got("revoked"), { once: 100, again: 0 });
  });
});

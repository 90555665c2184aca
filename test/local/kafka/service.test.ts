import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type KafkaBroker, startKafkaBroker } from "../../../local/kafka/broker";
import { freePort } from "../../../local/processes/freePort";
import { repository } from "../../../local/setup/paths";
import { committedOffsets, numbered, peer, produce, until } from "./harness";

/** Lambda's interface for one function, on loopback. */
class FakeLambda {
  readonly payloads: { payload: { partition: number; offset: number } }[][] = [];
  /** Set: every call is refused with it. */
  refusal: string | undefined;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (this.refusal !== undefined) {
          response.writeHead(403, { "x-amzn-errortype": this.refusal });
          response.end('{"message":"not allowed"}');
        } else if (request.method === "GET") response.end('{"Configuration":{"Timeout":3}}');
        else if (request.headers["x-amz-invocation-type"] === "DryRun") response.writeHead(204).end();
        else {
          this.payloads.push(JSON.parse(Buffer.concat(chunks).toString()) as never);
          response.end("null");
        }
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe("KafkaLambdaSink as a process", () => {
  let broker: KafkaBroker;
  let lambda: FakeLambda;
  let url: string;
  const children: ChildProcess[] = [];

  before(async function () {
    // The broker is built once.
    this.timeout(600_000);
    broker = await startKafkaBroker({ topics: { in: 3 }, name: "kafka-service-test", log: console.log });
    await produce(peer(broker.addresses), "in", numbered(3, 50));
  });
  after(() => broker.stop());
  beforeEach(async () => {
    lambda = new FakeLambda();
    url = await lambda.listen();
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    lambda.close();
  });

  async function start(config: Record<string, unknown>) {
    const port = await freePort();
    const script = join(repository, "functions", "kafka-lambda-sink", "service", "main.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      cwd: repository,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_REGION: "eu-central-1",
        AWS_ENDPOINT_URL: url,
        PIPELINE: "test-sink",
        HEALTH_PORT: String(port),
        STOP_SECONDS: "20",
        SINK_CONFIG: JSON.stringify({
          topics: "in",
          "aws.lambda.function.name": "f",
          "bootstrap.servers": broker.addresses.join(","),
          ...config,
        }),
      },
    });
    children.push(child);
    const said: string[] = [];
    child.stdout?.on("data", (text: Buffer) => said.push(text.toString()));
    child.stderr?.on("data", (text: Buffer) => said.push(text.toString()));
    const health = () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        ({ status }) => status,
        () => 0,
      );
    return { child, said, health };
  }

  it("K1, K5, K10: delivers everything to Lambda, is healthy, and at SIGTERM commits, leaves and ends with 0", async () => {
    const { child, said, health } = await start({ name: "all" });
    await until(
      async () => String(await committedOffsets(peer(broker.addresses), "connect-all", "in")) === "50,50,50",
      "all committed",
    );
    assert.equal(await health(), 200);
    const offsets = lambda.payloads.flat().map(({ payload }) => `${payload.partition} ${payload.offset}`);
    assert.deepEqual([offsets.length, new Set(offsets).size], [150, 150]);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
    assert.match(said.join(""), /"Namespace":"DataPipelines".*"RecordsDelivered":150/);
  });

  it("K10, K21: a permission that is missing is told at the start, and the task ends with 1", async () => {
    lambda.refusal = "AccessDeniedException";
    const { child, said } = await start({ name: "refused" });
    assert.deepEqual(await once(child, "exit"), [1, null]);
    assert.match(said.join(""), /ConfigurationError.*AccessDeniedException.*Fix: check aws.lambda.function.name/);
  });

  it("K21: a permission that is taken away ends the task, and nothing is committed past it", async () => {
    const { child, said, health } = await start({ name: "revoked", "aws.lambda.batch.size": 1 });
    await until(() => lambda.payloads.length > 5, "delivering");
    lambda.refusal = "AccessDeniedException";
    assert.deepEqual(await once(child, "exit"), [1, null]);
    assert.match(said.join(""), /AccessDeniedException/);
    assert.equal(await health(), 0);
    const committed = (await committedOffsets(peer(broker.addresses), "connect-revoked", "in")).map((offset) =>
      Math.max(0, offset),
    );
    assert.equal(
      committed.reduce((sum, offset) => sum + offset, 0),
      lambda.payloads.length,
    );
  });

  it("K1: a mistake in the configuration is told without its secrets, and the task ends with 1", async () => {
    const { child, said } = await start({ name: "wrong", "sasl.pasword": "hidden-pass", "aws.lambda.batch.size": 0 });
    assert.deepEqual(await once(child, "exit"), [1, null]);
    assert.match(said.join(""), /sasl.pasword isn't known. Fix: did you mean sasl.password\?/);
    assert.doesNotMatch(said.join(""), /hidden-pass/);
  });
});

import assert from "node:assert/strict";
import { parseOptions } from "../../../../cli/resume/options";
import { UsageError } from "../../../../cli/shared/commandLine";

const where = ["--topic", "orders", "--partition", "3"];
const cluster = ["--brokers", "b:9092", "--group", "connect-orders"];
const file = JSON.stringify({
  name: "orders",
  config: {
    "bootstrap.servers": "c:9098",
    topics: "orders,returns",
    "aws.lambda.function.name": "take",
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "PLAIN",
    "sasl.username": "me",
    "sasl.password": `\${env:PASSWORD}`,
  },
});
const parse = (args: readonly string[]) => parseOptions(args, { PASSWORD: "hunter2" }, () => file);

describe("the command resume", () => {
  it("K22: goes on where the partition stopped, behind it, or at an offset", () => {
    const { config, ...plain } = parse([...where, ...cluster]) ?? assert.fail();
    assert.deepEqual(plain, {
      partition: { topic: "orders", partition: 3 },
      skip: 0n,
      offset: undefined,
      isDryRun: false,
    });
    assert.deepEqual([config.brokers, config.groupId, config.security], [["b:9092"], "connect-orders", {}]);
    assert.equal(parse([...where, ...cluster, "--skip", "2"])?.skip, 2n);
    assert.equal(parse([...where, ...cluster, "--offset", "90071992547409931"])?.offset, 90071992547409931n);
    assert.equal(parse(["--help"]), undefined);
  });

  it("K7, K22: takes brokers, group and how to sign in from the connector's configuration", () => {
    const { config } = parse([...where, "--config", "connector.json"]) ?? assert.fail();
    assert.deepEqual([config.brokers, config.groupId], [["c:9098"], "connect-orders"]);
    assert.equal(config.security.sasl?.password, "hunter2");
  });

  it("K22: the group is read from a stack's outputs", () => {
    const outputs = JSON.stringify({ kafkaSinks: { orders: { consumerGroup: "connect-x" } } });
    const args = [...where, "--brokers", "b:1", "--outputs", "o.json", "--component", "kafkaSinks.orders"];
    assert.equal(parseOptions(args, {}, () => outputs)?.config.groupId, "connect-x");
  });

  it("K22: says what is missing or wrong, without secrets", () => {
    const wrong: [readonly string[], RegExp][] = [
      [["--partition", "3", ...cluster], /--topic is missing/],
      [["--topic", "orders", ...cluster], /--partition is missing/],
      [["--topic", "orders", "--partition", "x", ...cluster], /--partition x isn't a whole number/],
      [[...where, ...cluster, "--skip", "-1"], /--skip/],
      [[...where, ...cluster, "--skip", "1", "--offset", "4"], /both given/],
      [[...where, "--brokers", "b:1"], /--group is missing: give it, or --outputs/],
      [[...where, "--group", "g"], /--brokers is missing/],
      [[...where, ...cluster, "--brokers", "b"], /bootstrap.servers is "b". Fix|b isn't host:port/],
    ];
    for (const [args, message] of wrong) {
      assert.throws(
        () => parse(args),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      );
    }
    assert.throws(() => parseOptions([...where, "--config", "c"], {}, () => file), /PASSWORD/);
  });
});

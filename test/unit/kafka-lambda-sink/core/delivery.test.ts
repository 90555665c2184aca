import assert from "node:assert/strict";
import {
  ConfigurationError,
  ConversionError,
  FunctionError,
  TransientError,
} from "../../../../functions/kafka-lambda-sink/core/errors";
import type { ReportTopic } from "../../../../functions/kafka-lambda-sink/core/reports";
import { FakeWorld, place, range, recordAt } from "./fakes";

const topicOf = (name: string, more: Partial<ReportTopic> = {}): ReportTopic => ({
  name,
  keyFormat: "string",
  valueFormat: "json",
  key: "record",
  ...more,
});
const results = topicOf("lambda-success");
const errors = topicOf("lambda-error");
const failure = (kind: string, body = '{"errorMessage":"no","errorType":"Refused"}') =>
  new FunctionError({ errorType: "Refused", errorMessage: "no", kind, body });
const shown = ({ headers, key, value, topic }: FakeWorld["reports"][number]) => ({
  topic,
  key: key?.toString(),
  value: value.toString(),
  headers: headers.map((each) => each.join("=")),
});

describe("KafkaLambdaSink: delivery", () => {
  it("K3, K13, K14: one partition's records go in order, in batches of one partition, one at a time", async () => {
    const world = new FakeWorld();
    world.fill(0, range(0, 8));
    world.fill(1, [5, 7, 20]);
    let running = 0;
    world.invoke = async ({ source }) => {
      if (source.partition === 0) assert.equal(++running, 1, "two invocations at once for a partition");
      await new Promise((resolve) => setImmediate(resolve));
      if (source.partition === 0) running--;
      return "null";
    };
    await world.deliverAll(0, 1);
    assert.deepEqual(world.offsetsOf(0), range(0, 8));
    assert.deepEqual(world.offsetsOf(1), [5, 7, 20]);
    for (const { source, batch } of world.invocations) {
      const sent = JSON.parse(batch.payload) as { payload: { topic: string; partition: number } }[];
      assert.ok(sent.length <= 3);
      assert.ok(sent.every(({ payload }) => payload.partition === source.partition && payload.topic === source.topic));
    }
    assert.equal(world.at(0).committed, 8n);
    assert.equal(world.at(1).committed, 21n);
  });

  it("K3: partitions run in parallel, up to the bound", async () => {
    const world = new FakeWorld({ maxInFlight: 2 });
    for (const partition of range(0, 5)) world.fill(partition, range(0, 6));
    let running = 0;
    let most = 0;
    world.invoke = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return "null";
    };
    await world.deliverAll(...range(0, 5));
    assert.equal(most, 2);
    assert.equal(world.sink.inFlight, 0);
  });

  it("K5: an offset is committed after its batch was delivered and reported, batch by batch", async () => {
    const world = new FakeWorld({ resultTopic: results });
    world.fill(0, range(0, 5));
    world.invoke = async ({ offsets }) => {
      assert.equal(world.at(0).committed ?? 0n, offsets[0], "everything before, nothing more");
      assert.equal(world.reports.length, Number(offsets[0]));
      return "null";
    };
    await world.deliverAll(0);
    assert.deepEqual(world.at(0).commits, [3n, 5n]);
    assert.equal(world.reports.length, 5);
  });

  it("K5: reports that fail for a while are made again, before the commit", async () => {
    const world = new FakeWorld({ resultTopic: results, behavior: "ignore", maxRetryMs: 0 });
    world.fill(0, [0]);
    world.reportAnswers = [new TransientError("no leader"), new TransientError("no leader")];
    await world.deliverAll(0);
    assert.deepEqual([world.reports.length, world.invocations.length, world.at(0).commits], [1, 1, [1n]]);
  });

  it("K5: gaps and records that nobody may see are passed over", async () => {
    const world = new FakeWorld();
    const partition = world.fill(0, [4, 9]);
    Object.defineProperty(partition, "end", { value: 12n });
    await world.deliverAll(0);
    assert.deepEqual(world.offsetsOf(0), [4, 9]);
    assert.deepEqual(partition.commits, [12n]);
  });

  it("K14: records of several fetches make one batch when they are there", async () => {
    const world = new FakeWorld({ limits: { records: 100, bytes: 100_000 } });
    world.fill(0, range(0, 40), 10);
    let hold: () => void = () => {};
    world.invoke = async () => {
      await new Promise<void>((resolve) => {
        hold = resolve;
        setImmediate(resolve);
      });
      hold();
      return "null";
    };
    await world.deliverAll(0);
    assert.ok(world.invocations.length < 4, `${world.invocations.length} invocations`);
    assert.deepEqual(world.offsetsOf(0), range(0, 40));
  });

  it("K14: each record is converted once, whatever ends its batch", async () => {
    const converted: bigint[] = [];
    const world = new FakeWorld(
      { behavior: "log", limits: { records: 4, bytes: 300 } },
      {
        convert: (_, { offset }) => {
          converted.push(offset);
          if (offset % 5n === 4n) throw new ConversionError("not this one");
          return { key: "null", value: JSON.stringify("v".repeat(Number(offset) * 3)), headers: "[]" };
        },
      },
    );
    world.fill(0, range(0, 30), 7);
    await world.deliverAll(0);
    assert.deepEqual(converted.map(Number), range(0, 30));
    assert.deepEqual(
      world.offsetsOf(0),
      range(0, 30).filter((offset) => offset % 5 !== 4),
    );
  });

  it("K18: results are reported with the record's key and the Reporter's headers", async () => {
    const world = new FakeWorld({ resultTopic: results });
    world.fill(2, [7, 8]);
    world.invoke = async () => '[{"body":"Successfully executed Lambda!","status_code":200}, "text"]';
    await world.deliverAll(2);
    const headers = (offset: number) => [
      `input_record_offset=${offset}`,
      "input_record_timestamp=1000",
      "input_record_partition=2",
      "input_record_topic=orders",
    ];
    assert.deepEqual(world.reports.map(shown), [
      {
        topic: "lambda-success",
        key: "key 7",
        headers: headers(7),
        value: '{"body":"Successfully executed Lambda!","status_code":200}',
      },
      { topic: "lambda-success", key: "key 8", value: '"text"', headers: headers(8) },
    ]);
  });

  it("K18: formats of keys and values", async () => {
    const written = async (more: Partial<ReportTopic>) => {
      const world = new FakeWorld({ resultTopic: topicOf("r", more) });
      world.fill(0, [7]);
      world.invoke = async () => '"text"';
      await world.deliverAll(0);
      return world.reports.map(shown).map(({ key, value }) => [key, value])[0];
    };
    assert.deepEqual(await written({ keyFormat: "json", valueFormat: "string" }), ['"key 7"', "text"]);
    assert.deepEqual(await written({ key: "coordinates" }), ["orders-0-7", '"text"']);
  });

  it("K6: a record without a key has none on the result topic, and a null result isn't a tombstone", async () => {
    const world = new FakeWorld({ resultTopic: results });
    world.fill(0, []).records.push({ ...recordAt(0), key: null });
    await world.deliverAll(0);
    assert.deepEqual(
      world.reports.map(shown).map(({ key, value }) => [key, value]),
      [[undefined, "null"]],
    );
  });

  it("K4, K18: in async mode nothing is reported", async () => {
    const world = new FakeWorld({ resultTopic: results });
    world.fill(0, range(0, 4));
    world.invoke = async () => undefined;
    await world.deliverAll(0);
    assert.deepEqual([world.reports.length, world.at(0).committed], [0, 4n]);
  });

  it("K22: fail stops that partition, others go on, and nothing of the failed batch is committed", async () => {
    const world = new FakeWorld({ resultTopic: results, errorTopic: errors });
    world.fill(0, range(0, 9));
    world.fill(1, range(0, 9));
    world.invoke = async ({ source, offsets }) => {
      if (source.partition === 0 && offsets.includes(4n)) throw failure("Unhandled");
      return "null";
    };
    await world.deliverAll(0, 1);
    assert.deepEqual(world.offsetsOf(0), range(0, 6));
    assert.deepEqual([world.at(0).committed, world.at(1).committed], [3n, 9n]);
    assert.deepEqual(
      world.stops.map(({ partition, offset, reason }) => [partition, offset, reason]),
      [[place(0), 3n, "Refused: no"]],
    );
    assert.equal(world.reports.filter((each) => each.topic === "lambda-error").length, 0);
  });

  it("K22: a stopped partition goes on from where it stopped when it is resumed", async () => {
    const world = new FakeWorld();
    world.fill(0, range(0, 5));
    world.invoke = async () => {
      throw failure("Unhandled");
    };
    void world.sink.assign([place(0)], false);
    await world.until(() => world.stops.length === 1, "stopped");
    assert.equal(world.sink.resume(place(1)), false);
    world.invoke = async () => "null";
    world.at(0).committed = 1n;
    assert.equal(world.sink.resume(place(0)), true);
    assert.equal(world.sink.resume(place(0)), false);
    await world.until(() => world.at(0).committed === 5n, "all delivered");
    assert.deepEqual(world.offsetsOf(0), [0, 1, 2, ...range(1, 5)]);
    assert.deepEqual(world.sink.stops, []);
    await world.sink.close();
  });

  it("K22: failScope task stops all partitions, and resuming the failed one resumes all", async () => {
    const world = new FakeWorld({ failScope: "task" });
    world.fill(0, [0]);
    for (const partition of [1, 2]) world.fill(partition, range(0, 300));
    world.invoke = async ({ source }) => {
      if (source.partition === 0) throw failure("Unhandled");
      return "null";
    };
    void world.sink.assign([0, 1, 2].map(place), false);
    const isStopped = () => world.sink.status.every(({ state }) => state === "stopped");
    await world.until(() => world.stops.length === 1 && isStopped(), "all stopped");
    assert.ok(world.offsetsOf(1).length < 300 && world.offsetsOf(2).length < 300);
    assert.equal(world.at(1).committed, BigInt(world.offsetsOf(1).length), "what was in flight is committed");
    world.invoke = async () => "null";
    world.sink.resume(place(0));
    await world.until(
      () => [0, 1, 2].every((each) => world.at(each).committed === world.at(each).end),
      "all delivered",
    );
    await world.sink.close();
    assert.deepEqual(world.offsetsOf(1), range(0, 300));
  });

  it("K19, K23, K24: log reports handled and unhandled errors of the function and goes on", async () => {
    for (const kind of ["Handled", "Unhandled"]) {
      const world = new FakeWorld({ behavior: "log", resultTopic: results, errorTopic: errors });
      world.fill(0, range(0, 5));
      world.invoke = async ({ offsets }) => {
        if (offsets[0] === 0n) throw failure(kind);
        return "null";
      };
      await world.deliverAll(0);
      const reported = world.reports.map(shown);
      assert.deepEqual(
        reported.map(({ topic, key }) => [topic, key]),
        [...[0, 1, 2].map((n) => ["lambda-error", `key ${n}`]), ...[3, 4].map((n) => ["lambda-success", `key ${n}`])],
      );
      assert.equal(reported[0]?.value, '{"errorMessage":"no","errorType":"Refused"}');
      assert.deepEqual(reported[0]?.headers.slice(4), ["error_message=Refused: no", `exception=FunctionError.${kind}`]);
      assert.deepEqual(world.at(0).commits, [3n, 5n]);
      assert.equal(world.logged.filter(({ message }) => message === "Records left out").length, 1);
      assert.deepEqual([world.counts.get("FunctionErrors"), world.counts.get("RecordsSkipped")], [1, 3]);
    }
  });

  it("K19: an error whose body isn't JSON is reported as a text", async () => {
    const world = new FakeWorld({ behavior: "log", errorTopic: errors });
    world.fill(0, [0]);
    world.invoke = async () => {
      throw failure("Unhandled", "segmentation fault");
    };
    await world.deliverAll(0);
    assert.deepEqual(
      world.reports.map(shown).map(({ value }) => value),
      ['"segmentation fault"'],
    );
  });

  it("K23: ignore goes on without a word", async () => {
    const world = new FakeWorld({ behavior: "ignore", errorTopic: errors });
    world.fill(0, range(0, 5));
    world.invoke = async ({ offsets }) => {
      if (offsets[0] === 0n) throw failure("Unhandled");
      return "null";
    };
    await world.deliverAll(0);
    assert.deepEqual([world.reports, world.logged, world.at(0).commits], [[], [], [3n, 5n]]);
  });

  for (const [what, behavior] of [
    ["stops before it", "fail"],
    ["is reported and left out", "log"],
    ["is left out", "ignore"],
  ] as const) {
    it(`K12, K14: a record that can't be converted or is too large ${what} under ${behavior}`, async () => {
      const world = new FakeWorld(
        { behavior, errorTopic: errors, limits: { records: 10, bytes: 600 } },
        {
          convert: (_, { offset, value }) => {
            if (offset === 2n) throw new ConversionError("The value isn't JSON.");
            return { key: `"k${offset}"`, value: JSON.stringify(value?.toString()), headers: "[]" };
          },
        },
      );
      world.fill(0, range(0, 4)).records.push(recordAt(4, "é".repeat(300)), recordAt(5));
      await world.deliverAll(0);
      if (behavior === "fail") {
        assert.deepEqual(world.offsetsOf(0), [0, 1], "what comes before it is delivered");
        assert.deepEqual(
          world.stops.map(({ offset, reason }) => [offset, reason]),
          [[2n, "The value isn't JSON."]],
        );
        return;
      }
      assert.deepEqual(world.offsetsOf(0), [0, 1, 3, 5]);
      assert.equal(world.at(0).committed, 6n);
      const reported = world.reports.map(shown);
      const expected = [
        ["key 2", "ConversionError"],
        ["k4", "OversizeError"],
      ];
      assert.deepEqual(
        reported.map(({ key, value }) => [key, (JSON.parse(value) as { errorType: string }).errorType]),
        behavior === "log" ? expected : [],
      );
      if (behavior === "log") {
        assert.match(
          reported[1]?.headers.join() ?? "",
          /error_message=The record takes 7\d\d bytes .* 600 are allowed/,
        );
      }
    });
  }

  it("K20: transient errors are tried again with jitter, within bounds", async () => {
    const world = new FakeWorld();
    world.fill(0, [0]);
    let attempts = 0;
    world.invoke = async () => {
      if (++attempts < 5) throw new TransientError("throttled");
      return "null";
    };
    await world.deliverAll(0);
    assert.deepEqual([attempts, world.at(0).committed], [5, 1n]);
    assert.deepEqual(world.waits, [99, 199, 399, 799]);

    const bounded = new FakeWorld({ maxRetryMs: 10_000 });
    bounded.fill(0, [0]);
    bounded.invoke = async () => {
      throw new TransientError("throttled");
    };
    await bounded.deliverAll(0);
    assert.deepEqual(
      bounded.stops.map(({ reason }) => reason),
      ["throttled"],
    );
    assert.ok(bounded.time >= 10_000 && bounded.time < 10_000 + 20_000);
  });

  it("K20: a look into the log, and a commit, are tried again until they work", async () => {
    const world = new FakeWorld({ maxRetryMs: 0 });
    const partition = world.fill(0, range(0, 3));
    partition.fetchErrors.push(new TransientError("not leader"), new TransientError("reset"));
    partition.commitAnswers.push(new TransientError("rebalancing"), new TransientError("rebalancing"));
    await world.deliverAll(0);
    assert.deepEqual([world.invocations.length, partition.commits], [1, [3n]]);
  });

  it("K20: a schema registry that is down holds up its record, not those before it", async () => {
    let isDown = true;
    const world = new FakeWorld(
      {},
      {
        convert: async (_, { offset }) => {
          if (offset === 2n && isDown) throw new TransientError("registry down");
          return { key: "null", value: "1", headers: "[]" };
        },
      },
    );
    world.fill(0, range(0, 4));
    void world.sink.assign([place(0)], false);
    await world.until(() => world.at(0).committed === 2n && world.waits.length > 2, "two are delivered");
    isDown = false;
    await world.until(() => world.at(0).committed === 4n, "all are delivered");
    await world.sink.close();
    assert.deepEqual(world.offsetsOf(0), range(0, 4));
  });

  it("K21: a configuration error ends the task at once, without another attempt", async () => {
    const world = new FakeWorld({ behavior: "ignore" });
    world.fill(0, range(0, 5));
    world.invoke = async () => {
      throw new ConfigurationError("no such function");
    };
    await world.deliverAll(0);
    assert.deepEqual(
      [world.fatal.map(({ message }) => message), world.invocations.length, world.at(0).commits],
      [["no such function"], 1, []],
    );
  });

  it("K5: an error that nobody expected stops the partition, whatever the behaviour", async () => {
    const world = new FakeWorld({ behavior: "ignore" });
    world.fill(0, [0]);
    world.invoke = async () => {
      throw new TypeError("a mistake in the code");
    };
    await world.deliverAll(0);
    assert.deepEqual([world.stops.length, world.at(0).commits], [1, []]);
  });

  it("K5: what is in flight when a partition moves is reported and committed; what another may have is not", async () => {
    for (const wasLost of [false, true]) {
      const world = new FakeWorld({ resultTopic: results });
      world.fill(0, range(0, 9));
      let answer: (body: string) => void = () => {};
      world.invoke = () =>
        new Promise((resolve) => {
          answer = resolve;
        });
      void world.sink.assign([place(0)], false);
      await world.until(() => world.invocations.length === 1, "in flight");
      const released = world.sink.assign([], wasLost);
      assert.deepEqual(world.sink.owned, wasLost ? [] : [place(0)]);
      answer("null");
      assert.deepEqual(await released, ["orders-0"]);
      assert.deepEqual([world.reports.length, world.at(0).commits], wasLost ? [0, []] : [3, [3n]]);
      assert.equal(world.invocations.length, 1);
    }
  });

  it("K5: a commit that the group refuses ends delivery", async () => {
    const world = new FakeWorld();
    world.fill(0, range(0, 9)).commitAnswers.push(false);
    void world.sink.assign([place(0)], false);
    await world.until(() => world.sink.status[0]?.state === "stopped", "ended");
    assert.deepEqual([world.invocations.length, world.at(0).commits, world.sink.stops], [1, [], []]);
    void world.sink.assign([place(0)], true);
    await world.until(() => world.at(0).committed === 9n, "taken up after the group has given it again");
    await world.sink.close();
  });

  it("K5: a partition that comes back while it leaves is taken up once, after what is in flight", async () => {
    const world = new FakeWorld({ limits: { records: 1, bytes: 1000 } });
    world.fill(0, range(0, 3));
    const answers: ((body: string) => void)[] = [];
    world.invoke = () => new Promise((resolve) => answers.push(resolve));
    void world.sink.assign([place(0)], false);
    await world.until(() => answers.length === 1, "in flight");
    const released = world.sink.assign([], false);
    void world.sink.assign([place(0)], false);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(answers.length, 1, "not twice at once");
    answers[0]?.("null");
    await released;
    await world.until(() => answers.length === 2, "taken up");
    assert.deepEqual(world.offsetsOf(0), [0, 1]);
    world.invoke = async () => "null";
    answers[1]?.("null");
    await world.until(() => world.at(0).committed === 3n, "all delivered");
    await world.sink.close();
  });

  it("K5: closing waits for what is in flight, and not for those who wait their turn", async () => {
    const world = new FakeWorld({ maxInFlight: 1 });
    world.fill(0, [0]);
    world.fill(1, [0]);
    let answer: (body: string) => void = () => {};
    world.invoke = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    void world.sink.assign([place(0), place(1)], false);
    await world.until(() => world.invocations.length === 1, "in flight");
    const closed = world.sink.close();
    answer("null");
    await closed;
    assert.deepEqual([world.invocations.length, world.at(0).committed, world.at(1).committed], [1, 1n, undefined]);
  });
});

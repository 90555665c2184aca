import assert from "node:assert/strict";
import type { FunctionError } from "../../../../functions/kafka-lambda-sink/core/errors";
import { LambdaInvoker } from "../../../../functions/kafka-lambda-sink/service/invoker";
import { gaugesOf, SinkMetrics } from "../../../../functions/kafka-lambda-sink/service/metrics";
import { permissions } from "../../../../functions/kafka-lambda-sink/service/permissions";

interface Sent {
  readonly call: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly waits: number;
}

/** A function whose answers are given one after the other; an error is thrown. */
function lambda(answers: unknown[], more: object = {}) {
  const sent: Sent[] = [];
  const makeClient = (waits: number) => ({
    destroy: () => {},
    send: async (command: { readonly input: Sent["input"]; readonly constructor: { readonly name: string } }) => {
      sent.push({ call: command.constructor.name, input: command.input, waits });
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const config = { functionName: "f:live", isAsync: false, ...more };
  return { sent, invoker: new LambdaInvoker(config, makeClient as never) };
}

const checked = [{ Configuration: { Timeout: 60 } }, {}];
const named = (name: string) => Object.assign(new Error("said"), { name });
const payload = { payload: '[{"payload":{}}]' };

describe("KafkaLambdaSink: invocations", () => {
  it("K9, K10: at the start the function is looked at and a dry run is made, with these two permissions alone", async () => {
    const { sent, invoker } = lambda([...checked]);
    await invoker.check();
    assert.deepEqual(
      sent.map(({ call, input }) => [call, input.FunctionName, input.InvocationType]),
      [
        ["GetFunctionCommand", "f:live", undefined],
        ["InvokeCommand", "f:live", "DryRun"],
      ],
    );
    const actions = permissions.function.flatMap((grant) => grant.actions);
    assert.deepEqual(actions.toSorted(), ["lambda:GetFunction", "lambda:InvokeFunction"]);
  });

  it("K2: sync waits longer than the function may run, and gives the response as it is", async () => {
    const { sent, invoker } = lambda([...checked, { Payload: Buffer.from('{"a": 1}') }], { socketTimeoutMs: 50_000 });
    await invoker.check();
    assert.equal(await invoker.invoke(payload), '{"a": 1}');
    const last = sent.at(-1);
    assert.deepEqual([last?.input.InvocationType, String(last?.input.Payload)], ["RequestResponse", payload.payload]);
    assert.equal(last?.waits, 75_000);
  });

  it("K2, K4: async hands the event over and has no response", async () => {
    const { sent, invoker } = lambda([...checked, { StatusCode: 202 }], { isAsync: true });
    await invoker.check();
    assert.equal(await invoker.invoke(payload), undefined);
    assert.equal(sent.at(-1)?.input.InvocationType, "Event");
  });

  it("K24: errors of the function, handled and not, with what its runtime said, JSON or not", async () => {
    const timedOut = '{"errorMessage":"Task timed out after 3.00 seconds"}';
    for (const [kind, body, message] of [
      ["Handled", '{"errorType":"Refused","errorMessage":"no"}', "Refused: no"],
      ["Unhandled", timedOut, "Error: Task timed out after 3.00 seconds"],
      ["Unhandled", "segmentation fault", "Error: segmentation fault"],
      ["Unhandled", "null", "Error: null"],
    ] as const) {
      const { invoker } = lambda([...checked, { FunctionError: kind, Payload: Buffer.from(body) }]);
      await invoker.check();
      await assert.rejects(invoker.invoke(payload), (error: FunctionError) => {
        assert.deepEqual(
          [error.name, error.message, error.failure.kind, error.failure.body],
          ["FunctionError", message, kind, body],
        );
        return true;
      });
    }
  });

  it("K20, K21: what passes is tried again; what a change has to mend ends the task", async () => {
    const kinds: Record<string, string> = {
      TooManyRequestsException: "TransientError",
      ServiceException: "TransientError",
      TimeoutError: "TransientError",
      ResourceConflictException: "TransientError",
      EC2ThrottledException: "TransientError",
      AccessDeniedException: "ConfigurationError",
      ResourceNotFoundException: "ConfigurationError",
      RequestTooLargeException: "ConfigurationError",
    };
    for (const [name, kind] of Object.entries(kinds)) {
      const { invoker } = lambda([...checked, named(name)]);
      await invoker.check();
      await assert.rejects(invoker.invoke(payload), { name: kind }, name);
      await assert.rejects(lambda([named(name)]).invoker.check(), { name: kind, message: /^The function f:live: / });
      await assert.rejects(lambda([checked[0], named(name)]).invoker.check(), { name: kind });
    }
  });
});

describe("KafkaLambdaSink: metrics", () => {
  it("K22: the lag that tasks follow is that of the partitions that move; stopped ones are counted", () => {
    const partitions = [
      { state: "running", lag: 40n },
      { state: "stopped", lag: 9_000n },
      { state: "leaving", lag: 2n },
    ] as const;
    assert.deepEqual(gaugesOf(partitions, { inFlight: 3, isMember: true }), {
      Lag: 42,
      InFlight: 3,
      StoppedPartitions: 1,
      Members: 1,
    });
    assert.equal(gaugesOf([], { inFlight: 0, isMember: false }).Members, 0);
  });

  it("K22: counts are told once, beside what holds now, in the embedded metric format", () => {
    const metrics = new SinkMetrics();
    metrics.count({ Invocations: 1, BatchBytes: 10 });
    metrics.count({ Invocations: 1, BatchBytes: 20 });
    const gauges = { Lag: 5, InFlight: 1, StoppedPartitions: 0, Members: 1 };
    const first = JSON.parse(metrics.line("sink", gauges, 99)) as Record<string, unknown>;
    assert.deepEqual(
      { ...first, _aws: 0 },
      { ...gauges, _aws: 0, Pipeline: "sink", Invocations: 2, BatchBytes: [10, 20] },
    );
    const { CloudWatchMetrics } = first._aws as {
      CloudWatchMetrics: [{ Namespace: string; Metrics: { Name: string; Unit: string }[] }];
    };
    assert.equal(CloudWatchMetrics[0].Namespace, "DataPipelines");
    assert.deepEqual(
      CloudWatchMetrics[0].Metrics.map(({ Name, Unit }) => `${Name} ${Unit}`),
      [
        "Lag Count",
        "InFlight Count",
        "StoppedPartitions Count",
        "Members Count",
        "Invocations Count",
        "BatchBytes Bytes",
      ],
    );
    assert.doesNotMatch(metrics.line("sink", gauges, 99), /Invocations|BatchBytes/);
  });
});

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { paginateGetExecutionHistory } from "@aws-sdk/client-sfn";
import { arn, invoke, type Statement, StepCloud } from "./stepCloud";

const done = { Type: "Pass", Output: "{% $states.input %}", End: true };
const caught = (...ErrorEquals: string[]) => [{ ErrorEquals, Next: "Caught", Output: "{% $states.errorOutput %}" }];

describe("The local Step Functions", () => {
  let cloud: StepCloud;
  let fails: string;
  let echoes: string;
  let may: Statement[];

  before(async function () {
    this.timeout(300_000);
    cloud = await StepCloud.start("step-test");
    fails = await cloud.function(
      "const error = new Error('slow down'); error.name = 'FivetranThrottled'; throw error;",
    );
    echoes = await cloud.function("return event;");
    may = [{ actions: ["lambda:InvokeFunction"], resources: [fails, echoes] }];
  });

  after(() => cloud?.stop());

  /** A task that waits for its token, with the tables and times of that test. */
  function waits(more: object): object {
    return invoke(
      echoes,
      { token: "{% $states.context.Task.Token %}" },
      {
        Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
        Output: "{% $states.result %}",
        Catch: caught("States.ALL"),
        ...more,
      },
    );
  }

  async function tokenOf(executionArn: string): Promise<string> {
    return cloud.eventually(async () => {
      const { events = [] } = await cloud.sfn.getExecutionHistory({ executionArn });
      const entered = events.filter(({ type }) => type === "TaskScheduled").length;
      if (entered === 0) return undefined;
      const { items } = await tokens();
      return items.at(-1);
    }, "a token is handed out");
  }

  /** Tokens as the echoing function got them: kept in a table by the machine itself. */
  async function tokens(): Promise<{ items: string[] }> {
    const { Items = [] } = await cloud.dynamoDb.scan({ TableName: "tokens" });
    return { items: Items.map(({ token }) => token?.S ?? "") };
  }

  it("O5: a function's own error name matches Retry and Catch, and its cause is the error as JSON", async () => {
    const task = invoke(
      fails,
      {},
      {
        Retry: [{ ErrorEquals: ["FivetranThrottled"], IntervalSeconds: 1, MaxAttempts: 1 }],
        Catch: caught("FivetranThrottled"),
      },
    );
    const { status, output } = await cloud.run({ Task: task, Caught: done }, may);
    assert.equal(status, "SUCCEEDED");
    const { Error: name, Cause } = JSON.parse(output ?? "{}");
    assert.deepEqual([name, JSON.parse(Cause).errorMessage], ["FivetranThrottled", "slow down"]);
  });

  it("O3: a function that fails in waitForTaskToken fails the task at once", async () => {
    const task = waits({ Arguments: { FunctionName: fails, Payload: {} }, TimeoutSeconds: 20 });
    const { output } = await cloud.run({ Task: task, Caught: done }, may);
    assert.equal(JSON.parse(output ?? "{}").Error, "FivetranThrottled");
  });

  it("O3: no heartbeat ends the wait as States.HeartbeatTimeout, no answer as States.Timeout; times may be expressions", async () => {
    const ends = async (more: object) =>
      JSON.parse((await cloud.run({ Task: waits(more), Caught: done }, may, { seconds: 1 })).output ?? "{}").Error;
    assert.equal(await ends({ HeartbeatSeconds: 1, TimeoutSeconds: 20 }), "States.HeartbeatTimeout");
    assert.equal(await ends({ HeartbeatSeconds: 20, TimeoutSeconds: "{% $states.input.seconds %}" }), "States.Timeout");
  });

  it("O3: a token completes its task, a second use of it is refused, each attempt has its own", async () => {
    await cloud.dynamoDb.createTable({
      TableName: "tokens",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "token", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "token", KeyType: "HASH" }],
    });
    const statements = [{ actions: ["dynamodb:PutItem"], resources: [arn("dynamodb", "table/tokens")] }];
    const task = {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem.waitForTaskToken",
      Arguments: { TableName: "tokens", Item: { token: { S: "{% $states.context.Task.Token %}" } } },
      HeartbeatSeconds: 3,
      Retry: [{ ErrorEquals: ["Again"], IntervalSeconds: 1, MaxAttempts: 1 }],
      End: true,
    };
    const execution = await cloud.start({ Task: task }, statements);
    const taskToken = await tokenOf(execution);
    await cloud.sfn.sendTaskHeartbeat({ taskToken });
    await cloud.sfn.sendTaskFailure({ taskToken, error: "Again", cause: "c" });
    const second = await cloud.eventually(
      async () => (await tokens()).items.find((each) => each !== taskToken),
      "the second attempt's token",
    );
    await assert.rejects(cloud.sfn.sendTaskSuccess({ taskToken, output: "{}" }), { name: "TaskDoesNotExist" });
    await cloud.sfn.sendTaskSuccess({ taskToken: second, output: '{"status":"SUCCESSFUL"}' });
    const { status, output } = await cloud.ended(execution);
    assert.deepEqual([status, output], ["SUCCEEDED", '{"status": "SUCCESSFUL"}']);
  });

  it("O9: an execution that is stopped in the middle ends at once, its token is void, its event reaches the rule", async () => {
    const { QueueUrl } = await cloud.sqs.createQueue({ QueueName: "ended" });
    const detail = { status: ["ABORTED", "TIMED_OUT", "FAILED"] };
    const EventPattern = JSON.stringify({
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail,
    });
    await cloud.events.putRule({ Name: "ended", EventPattern });
    await cloud.events.putTargets({ Rule: "ended", Targets: [{ Id: "queue", Arn: arn("sqs", "ended") }] });
    const execution = await cloud.start({ Map: mapOf(3, waits({ Catch: undefined, TimeoutSeconds: 30 })) }, may);
    await sleep(600);
    await cloud.sfn.stopExecution({ executionArn: execution, error: "Operator", cause: "enough" });
    await sleep(500);
    const { status, error } = await cloud.ended(execution);
    assert.deepEqual([status, error], ["ABORTED", "Operator"]);
    const { events = [] } = await cloud.sfn.getExecutionHistory({ executionArn: execution, maxResults: 1000 });
    assert.equal(events.at(-1)?.type, "ExecutionAborted");
    const { Messages = [] } = await cloud.sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 });
    const told = JSON.parse(Messages[0]?.Body ?? "{}") as { detail?: { executionArn: string; status: string } };
    assert.deepEqual([told.detail?.executionArn, told.detail?.status], [execution, "ABORTED"]);
  });

  it("O8: the history has what a task's call was given", async () => {
    const given = invoke(echoes, { number: "{% 1 + 1 %}" });
    const { executionArn } = await cloud.run({ Task: given }, may);
    const { events = [] } = await cloud.sfn.getExecutionHistory({ executionArn });
    const scheduled = events.flatMap(({ taskScheduledEventDetails: details }) => (details ? [details.parameters] : []));
    assert.deepEqual(
      scheduled.map((text) => JSON.parse(text ?? "")),
      [{ FunctionName: echoes, Payload: { number: 2 } }],
    );
  });

  it("O3: an execution past its own TimeoutSeconds is TIMED_OUT", async () => {
    const { status } = await cloud.run(
      { Wait: { Type: "Wait", Seconds: 20, End: true } },
      [],
      {},
      { TimeoutSeconds: 1 },
    );
    assert.equal(status, "TIMED_OUT");
  });

  it("O2: a Map runs 200 items, no more than its concurrency at once, results in order, each iteration in the history", async function () {
    this.timeout(60_000);
    const item = { Type: "Wait", Seconds: 1, Next: "Out" };
    const out = { Type: "Pass", Output: { id: "{% $states.input %}" }, End: true };
    const execution = await cloud.start({ Map: mapOf(200, item, { Out: out }) }, []);
    const { output } = await cloud.ended(execution);
    const ids = (JSON.parse(output ?? "[]") as { id: number }[]).map(({ id }) => id);
    assert.deepEqual(
      ids,
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
    const types: (string | undefined)[] = [];
    for await (const { events = [] } of paginateGetExecutionHistory(
      { client: cloud.sfn },
      { executionArn: execution, maxResults: 1000 },
    )) {
      types.push(...events.map(({ type }) => type));
    }
    assert.equal(types.filter((type) => type === "MapIterationSucceeded").length, 200);
    let running = 0;
    const most = types.reduce((high, type) => {
      if (type === "MapIterationStarted") running++;
      if (type === "MapIterationSucceeded") running--;
      return Math.max(high, running);
    }, 0);
    assert.ok(most > 1 && most <= 40, `${most} at once`);
  });

  it("O2: a distributed Map runs each item as an execution of its own, if the role may start it", async () => {
    const out = {
      Type: "Pass",
      Output: { id: "{% $states.input.id %}", own: "{% $states.context.Execution.Id %}" },
      End: true,
    };
    const map = {
      Type: "Map",
      Items: "{% $states.input.ids %}",
      ItemSelector: { id: "{% $states.context.Map.Item.Value %}", offset: "{% $outer %}" },
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Out",
        States: { Out: out },
      },
      MaxConcurrency: 2,
      Label: "Items",
      Assign: { count: "{% $count($states.result) %}" },
      Output: "{% $states.result %}",
      End: true,
    };
    const states = { First: { Type: "Pass", Assign: { outer: 1 }, Next: "Map" }, Map: map };
    const statements = [{ actions: ["states:StartExecution"], resources: [arn("states", "stateMachine:*")] }];
    const { status, output, cause } = await cloud.run(states, statements, { ids: [1, 2, 3] });
    assert.equal(status, "SUCCEEDED", cause);
    const results = JSON.parse(output ?? "[]") as { id: number; own: string }[];
    assert.deepEqual(
      results.map(({ id }) => id),
      [1, 2, 3],
    );
    assert.match(results[0]?.own ?? "", /:execution:machine-\d+\/Items:/);
    const denied = await cloud.run(states, [], { ids: [1] });
    assert.equal(denied.error, "States.Permissions");
  });

  it("O5: Wait until a timestamp, and JSONata's $parse, $string, $count, $now, $toMillis and $sum", async () => {
    const Output = {
      parsed: "{% $parse('{\"a\":[1,2]}').a %}",
      text: "{% $string($states.input) %}",
      count: "{% $count($states.input.list[status='FAILED']) %}",
      later: "{% $toMillis($now()) >= $toMillis($states.input.until) %}",
      names: "{% $join($states.input.list.id, ', ') %}",
    };
    const until = new Date(Date.now() + 1_000).toISOString();
    const list = [
      { id: "a", status: "FAILED" },
      { id: "b", status: "OK" },
    ];
    const wait = { Type: "Wait", Timestamp: "{% $states.input.until %}", Next: "Out" };
    const { output } = await cloud.run({ Wait: wait, Out: { Type: "Succeed", Output } }, [], { until, list });
    const { text, ...rest } = JSON.parse(output ?? "{}");
    assert.deepEqual(rest, { parsed: [1, 2], count: 1, later: true, names: "a, b" });
    assert.deepEqual(JSON.parse(text), { until, list });
  });

  it("O7: calls of services: conditional put, execution's state, an object, and the errors' names", async () => {
    const resources = [arn("dynamodb", "table/locks")];
    await cloud.dynamoDb.createTable({
      TableName: "locks",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    });
    await cloud.s3.createBucket({ Bucket: "artifacts" });
    await cloud.s3.putObject({ Bucket: "artifacts", Key: "runs/x/summary.json", Body: '{"status":"error"}' });
    const put = {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem",
      Arguments: { TableName: "locks", Item: { pk: { S: "#lock" } }, ConditionExpression: "attribute_not_exists(pk)" },
      Next: "Again",
    };
    const again = {
      ...put,
      Next: "Never",
      Catch: [{ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Next: "Own" }],
    };
    const own = {
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:sfn:describeExecution",
      Arguments: { ExecutionArn: "{% $states.context.Execution.Id %}" },
      Assign: { own: "{% $states.result.Status %}" },
      Next: "Read",
    };
    const read = (Key: string, more: object) => ({
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:s3:getObject",
      Arguments: { Bucket: "artifacts", Key },
      ...more,
    });
    const states = {
      Put: put,
      Again: again,
      Own: own,
      Read: read("runs/x/summary.json", { Assign: { summary: "{% $parse($states.result.Body) %}" }, Next: "Missing" }),
      Missing: read("runs/y/summary.json", { Next: "Never", Catch: caught("States.ALL") }),
      Caught: {
        Type: "Pass",
        Output: { own: "{% $own %}", status: "{% $summary.status %}", error: "{% $states.input.Error %}" },
        End: true,
      },
      Never: { Type: "Fail" },
    };
    const statements = [
      { actions: ["dynamodb:PutItem"], resources },
      { actions: ["states:DescribeExecution"], resources: [arn("states", "execution:*")] },
      { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::artifacts/runs/*"] },
      { actions: ["s3:ListBucket"], resources: ["arn:aws:s3:::artifacts"] },
    ];
    const { status, output, cause } = await cloud.run(states, statements);
    assert.equal(status, "SUCCEEDED", cause);
    assert.deepEqual(JSON.parse(output ?? "{}"), { own: "RUNNING", status: "error", error: "S3.NoSuchKeyException" });
  });

  it("O17: 256 KiB of output, variables, arguments or results end the execution, and no Catch of States.ALL hears of it", async () => {
    const bytes = (count: number): string => `{% $pad('', ${count}, 'x') %}`;
    const three = "{% $pad('', 100000, '数') %}";
    const all = { Catch: caught("States.ALL") };
    const one = { ...mapOf(3, { Type: "Pass", Output: bytes(100_000), End: true }), ...all };
    const large: Readonly<Record<string, object>> = {
      "an output": { Type: "Pass", Output: bytes(262_143), End: true },
      "an Assign of two": { Type: "Pass", Assign: { a: bytes(140_000), b: bytes(140_000) }, End: true },
      "characters of three bytes": { Type: "Pass", Assign: { a: three }, End: true },
      "a task's arguments": invoke(echoes, { text: bytes(262_143) }, all),
      "a Map's results": one,
    };
    for (const [what, state] of Object.entries(large)) {
      const { status, error } = await cloud.run({ Large: state, Caught: done }, may);
      assert.deepEqual([status, error], ["FAILED", "States.DataLimitExceeded"], what);
    }
    const fits = { Type: "Pass", Assign: { a: bytes(200_000) }, Output: bytes(200_000), End: true };
    assert.equal((await cloud.run({ Fits: fits }, may)).status, "SUCCEEDED");
  });

  it("O14: the expressions of one Assign see the variables as they were before it", async () => {
    const first = { Type: "Pass", Assign: { a: 1, b: 2 }, Next: "Second" };
    const second = { Type: "Pass", Assign: { a: "{% $b %}", b: "{% $a %}" }, Next: "Third" };
    const third = { Type: "Pass", Output: "{% [$a, $b] %}", End: true };
    const { output } = await cloud.run({ First: first, Second: second, Third: third }, []);
    assert.equal(output, "[2, 1]");
  });

  it("O12: a state machine is denied what its role doesn't allow, and the decision is in the ledger", async () => {
    const { status, error, cause } = await cloud.run({ Task: invoke(echoes, {}) }, []);
    assert.deepEqual([status, error], ["FAILED", "Lambda.AWSLambdaException"]);
    assert.match(cause ?? "", /not authorized to perform: lambda:InvokeFunction/);
    const ledger = await (await fetch(`${cloud.services.aws.endpoint}/_local/iam-ledger`)).json();
    const entries = (ledger as { entries: { action: string; decision: string; layer: string }[] }).entries;
    assert.ok(
      entries.some(
        (each) =>
          each.action === "lambda:InvokeFunction" && each.decision === "ImplicitDeny" && each.layer === "service",
      ),
    );
  });
});

function mapOf(count: number, item: object, more: object = {}): object {
  return {
    Type: "Map",
    Items: `{% [1..${count}] %}`,
    MaxConcurrency: 40,
    ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "Item", States: { Item: item, ...more } },
    End: true,
  };
}

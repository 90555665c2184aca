import assert from "node:assert/strict";
import { jsonata, taskToken } from "../../../../components/parts/asl/expression";
import { choice, fail, machine, map, pass, succeed, waitUntil } from "../../../../components/parts/asl/flow";
import { invoke, invokeAndWait } from "../../../../components/parts/asl/lambda";
import { read } from "../../../../components/parts/asl/reading";
import { rules } from "../../../../components/parts/asl/rules";
import { runTask } from "../../../../components/parts/asl/runTask";
import { getObject } from "../../../../components/parts/asl/services";
import { task } from "../../../../components/parts/asl/task";
import type { Definition, JsonObject, Step } from "../../../../components/parts/asl/types";

const caught = [{ ErrorEquals: ["States.ALL"], Next: "End" }] as const;

/** A flow with every kind of state, without a mistake, some of whose expressions can be replaced. */
interface Parts {
  readonly begin?: JsonObject;
  readonly payload?: JsonObject;
  readonly callAssign?: JsonObject;
  readonly callOutput?: string;
  readonly catchAssign?: JsonObject;
  readonly condition?: string;
  readonly items?: string;
  readonly selector?: JsonObject;
  readonly inner?: string;
  readonly until?: string;
  readonly cause?: string;
  readonly distributed?: boolean;
  readonly endOutput?: string;
  readonly extra?: Step<"End">;
}

type StateName = "Begin" | "Call" | "Which" | "Each" | "Until" | "Extra" | "End" | "Failed" | "Done";

function flowOf(parts: Parts): Definition {
  const wait = { functionArn: "arn:f", heartbeatSeconds: 5, timeoutSeconds: 10, output: {} };
  const each = machine<"Inner" | "Inner end">("Inner", {
    Inner: pass({ assign: { mine: jsonata("1") }, output: {}, next: "Inner end" }),
    "Inner end": pass({ output: jsonata(parts.inner ?? "$states.input.id & $string($mine)") }),
  });
  const { StartAt, States } = machine<StateName>("Begin", {
    Begin: pass({ assign: parts.begin ?? { list: [1], run: jsonata("$states.context.Execution.Name") }, next: "Call" }),
    Call: invokeAndWait({
      ...wait,
      payload: parts.payload ?? { run: jsonata("$run"), token: taskToken },
      assign: parts.callAssign ?? { answer: jsonata("$states.result.Payload") },
      output: parts.callOutput === undefined ? {} : jsonata(parts.callOutput),
      catch: [
        {
          ErrorEquals: ["States.ALL"],
          Assign: parts.catchAssign ?? { answer: jsonata("$states.errorOutput.Cause") },
          Next: "Which",
        },
      ],
      next: "Which",
    }),
    Which: choice({
      rules: [{ when: parts.condition ?? "$answer = 'x' and $states.input.a", next: "Each", assign: { way: "x" } }],
      otherwise: "Until",
    }),
    Each: map({
      items: jsonata(parts.items ?? "$list"),
      itemSelector: parts.selector ?? { id: jsonata("$states.context.Map.Item.Value"), way: jsonata("$way") },
      concurrency: 2,
      each,
      ...(parts.distributed ? { distributed: { label: "Each", stateMachineArn: "arn:m" } } : {}),
      catch: [{ ErrorEquals: ["States.ALL"], Next: "End" }],
      assign: { results: jsonata("$states.result") },
      next: "End",
    }),
    Until: waitUntil(jsonata(parts.until ?? "$states.context.State.EnteredTime"), { next: "Extra" }),
    Extra: parts.extra ?? pass({ next: "End" }),
    End: choice({ rules: [{ when: "$run = 'x'", next: "Failed" }], otherwise: "Done" }),
    Failed: fail(jsonata("'E'"), jsonata(parts.cause ?? "$run")),
    Done: succeed(jsonata(parts.endOutput ?? "{'run': $run}")),
  });
  return { Comment: "x", QueryLanguage: "JSONata", TimeoutSeconds: 60, StartAt, States };
}

describe("expressions of a definition", () => {
  it("O14: a flow without mistakes has none, with inline and distributed Map", () => {
    assert.deepEqual(rules(flowOf({})), []);
    assert.deepEqual(rules(flowOf({ distributed: true, inner: "$states.input.id & $string($mine)" })), []);
  });

  it("O14: what an expression binds itself isn't a variable of the flow, and functions may be passed on", () => {
    const right = [
      "($a := 1; $f := function($q){ $q < 1 ? $a : $f($q - 1) }; $f(2))",
      "$map($list, $uppercase)",
      "$list#$i.{ 'n': $i }",
      "$list@$l.{ 'v': $l }",
      "$reduce($list, function($sum, $v){ $sum + $v }, 0) ~> $string",
      "$list[$ != $$.x]",
      "$parse('{}') & $hash('a', 'SHA-256') & $uuid() & $string($range(0, 9, 1)) & $string($partition($list, 2))",
    ];
    for (const callOutput of right) assert.deepEqual(rules(flowOf({ callOutput })), [], callOutput);
  });

  /** What is planted, the state that has to be named, and the words. */
  const mistakes: readonly (readonly [string, Parts, string, RegExp])[] = [
    ["$eval", { callOutput: "$eval('1')" }, "Call", /Output: \$eval isn't allowed.*in \{% \$eval\('1'\) %\}/],
    ["$eval passed on", { callOutput: "$map(['1'], $eval)" }, "Call", /\$eval/],
    [
      "a function that isn't there",
      { condition: "$count2($list) > 0" },
      "Which",
      /Choices\[0\].Condition: calls \$count2/,
    ],
    ["a misspelt function in a chain", { callOutput: "'a' ~> $upper" }, "Call", /\$upper/],
    ["a variable that nothing assigns", { cause: "$nothing" }, "Failed", /Cause: no state assigns \$nothing/],
    ["a variable of one way only", { endOutput: "$results" }, "Done", /\$results has no value when one comes from/],
    [
      "a variable of a rule that wasn't taken",
      { until: "$way" },
      "Until",
      /\$way has no value when one comes from "Which"/,
    ],
    [
      "a variable of the catch alone",
      { callAssign: {}, condition: "$answer = 1" },
      "Which",
      /\$answer has no value when/,
    ],
    [
      "a variable of the call alone",
      { catchAssign: {}, condition: "$answer = 1" },
      "Which",
      /\$answer has no value when/,
    ],
    [
      "a variable assigned beside it",
      { begin: { list: [1], run: "a", b: jsonata("$run") } },
      "Begin",
      /only in the states after/,
    ],
    [
      "an outer variable in a distributed Map",
      { distributed: true, inner: "$run" },
      "Inner end",
      /distributed Map, which/,
    ],
    ["a variable of the Map's items outside", { endOutput: "$mine" }, "Done", /no state assigns \$mine/],
    ["a variable set after an inline Map began", { inner: "$results" }, "Inner end", /no state assigns \$results/],
    [
      "$states.result in Arguments",
      { payload: { a: jsonata("$states.result"), token: taskToken } },
      "Call",
      /Arguments\.Payload\.a: \$states\.result has no value/,
    ],
    [
      "$states.result in a Catch",
      { catchAssign: { answer: jsonata("$states.result.x") } },
      "Call",
      /Catch\[0\]\.Assign\.answer: \$states\.result\.x/,
    ],
    ["$states.result of a Choice", { condition: "$states.result = 1" }, "Which", /\$states\.result/],
    ["$states.result of a Pass", { inner: "$states.result" }, "Inner end", /\$states\.result/],
    [
      "$states.errorOutput in Output",
      { callOutput: "$states.errorOutput.Error" },
      "Call",
      /Output: \$states\.errorOutput\.Error has no/,
    ],
    ["$states.errorOutput in a Fail", { cause: "$states.errorOutput.Cause" }, "Failed", /Cause: \$states\.errorOutput/],
    [
      "the token outside Arguments",
      { callOutput: "$states.context.Task.Token" },
      "Call",
      /Output: \$states\.context\.Task\.Token/,
    ],
    ["an item outside the Map", { callOutput: "$states.context.Map.Item.Value" }, "Call", /only in ItemSelector/],
    [
      "a misspelt member of $states",
      { items: "$states.inputs.list" },
      "Each",
      /Items: \$states\.inputs\.list isn't there/,
    ],
    ["$states by itself", { callOutput: "$string($states)" }, "Call", /\$states isn't there/],
    ["a mistake deep in a filter", { callOutput: "$list[$ = ($x := $nope; $x)]" }, "Call", /no state assigns \$nope/],
    [
      "a mistake in a function's body",
      { callOutput: "$map($list, function($v){ $v + $w })" },
      "Call",
      /no state assigns \$w/,
    ],
    [
      "a parameter outside its function",
      { callOutput: "$map($list, function($v){ $v }) + $v" },
      "Call",
      /no state assigns \$v/,
    ],
    ["a name of a block outside it", { callOutput: "($a := 1; $a) + $a" }, "Call", /no state assigns \$a/],
    ["a name before it is bound", { callOutput: "($a := $a; $a)" }, "Call", /no state assigns \$a/],
    ["a mistake in a group", { callOutput: "$list{ $string($): $none }" }, "Call", /no state assigns \$none/],
    ["a mistake in a sort", { callOutput: "$list^(>$none)" }, "Call", /no state assigns \$none/],
    ["JSONata that doesn't parse", { cause: "$count(" }, "Failed", /Cause: isn't JSONata/],
  ];
  for (const [what, parts, state, expected] of mistakes) {
    it(`O14: ${what} is found, with its state and its expression`, () => {
      const problems = rules(flowOf(parts));
      const found = problems.find((problem) => problem.startsWith(`"${state}": `) && expected.test(problem));
      assert.ok(found, problems.join("\n") || "nothing was found");
      assert.match(found, /in \{% .+ %\}$/);
    });
  }

  const call = (resource: string, args: JsonObject): Step<"End"> =>
    task({ resource, arguments: args, needs: [] }, { timeoutSeconds: 5, catch: caught, next: "End" });
  const ecs = "arn:aws:states:::ecs:runTask.sync";
  const cases: readonly (readonly [string, Step<"End">, RegExp | undefined])[] = [
    [
      "ECS in the API's spelling",
      call(ecs, { cluster: "c" }),
      /Arguments\.cluster begins with a small letter; ecs:runTask\.sync takes Cluster/,
    ],
    [
      "deep in ECS",
      call(ecs, { NetworkConfiguration: { awsvpcConfiguration: {} } }),
      /\.awsvpcConfiguration .*takes AwsvpcConfiguration/,
    ],
    [
      "in a list of ECS",
      call(ecs, { Overrides: { ContainerOverrides: [{ name: "x" }] } }),
      /ContainerOverrides\[0\]\.name/,
    ],
    ["the SDK's", call("arn:aws:states:::aws-sdk:s3:getObject", { bucket: "b", Key: "k" }), /takes Bucket/],
    [
      "another partition",
      call("arn:aws-cn:states:::aws-sdk:sfn:describeExecution", { executionArn: "a" }),
      /ExecutionArn/,
    ],
    [
      "attributes of an item",
      call("arn:aws:states:::aws-sdk:dynamodb:putItem", { TableName: "t", Item: { pk: { S: "a" } } }),
      undefined,
    ],
    ["a function's payload", call("arn:aws:states:::lambda:invoke", { Payload: { anything: 1 } }), undefined],
  ];
  for (const [what, extra, expected] of cases) {
    it(`O14: the case of arguments: ${what}`, () => {
      const problems = rules(flowOf({ extra }));
      if (expected === undefined) assert.deepEqual(problems, []);
      else assert.match(problems.join("\n"), expected);
    });
  }

  it("O14: the calls that are built here are in Step Functions' spelling", () => {
    const shared = { timeoutSeconds: 5, catch: caught, next: "End" } as const;
    const of = { clusterArn: "arn:aws:ecs:r:1:cluster/c", executionRoleArn: "arn:e", taskRoleArn: "arn:t" };
    const network = { subnetIds: ["s"], securityGroupIds: ["g"] };
    const steps: Step<"End">[] = [
      runTask({ ...shared, ...of, ...network, family: "f", containerName: "c", command: "x", environment: { A: "b" } }),
      getObject({ ...shared, bucketArn: "arn:aws:s3:::b", key: "k", keys: "*", why: "reads" }),
      invoke({ ...shared, functionArn: "arn:f", payload: { small: 1 } }),
    ];
    for (const extra of steps) assert.deepEqual(rules(flowOf({ extra })), []);
  });

  it("O14: a tree is read once for variables, calls and members of $states", () => {
    const reading = read("$f($a, $states.input.b, $states.context.Task.Token)[$c = 1]");
    assert.deepEqual([...reading.variables].sort(), ["a", "c"]);
    assert.deepEqual([...reading.calls], ["f"]);
    assert.deepEqual(reading.states, [
      ["input", "b"],
      ["context", "Task", "Token"],
    ]);
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";

import { jsonata, literal, taskToken } from "../../../components/parts/asl/expression";
import { machine, pass } from "../../../components/parts/asl/flow";
import { invokeAndWait } from "../../../components/parts/asl/lambda";
import { rules, targetsOf } from "../../../components/parts/asl/rules";
import type { Definition, Json, State, States } from "../../../components/parts/asl/types";
import { DefinitionError, validate } from "../../../components/parts/asl/validate";
import { checkDefinition } from "../../../components/parts/stateMachine";
import { definitionOf } from "./settings";

function allStates(scope: States): [string, State][] {
  return Object.entries(scope.States).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...(state.Type === "Map" ? allStates(state.ItemProcessor) : []),
  ]);
}

/** Fields by name; undefined takes one away. */
type Change = Readonly<Record<string, Json | undefined>>;

/** A copy of the definition with one state changed, wherever it stands. */
function changed(name: string, change: Change): Definition {
  const copy = structuredClone(definitionOf());
  const found = allStates(copy).find(([each]) => each === name);
  assert.ok(found, name);
  for (const [field, value] of Object.entries(change)) {
    if (value === undefined) Reflect.deleteProperty(found[1], field);
    else Reflect.set(found[1], field, value);
  }
  return copy;
}

function problemsOf(definition: Definition): readonly string[] {
  try {
    validate(definition);
    return [];
  } catch (error) {
    assert.ok(error instanceof DefinitionError);
    return error.problems;
  }
}

const anySettings = fc.record({
  onPaused: fc.constantFrom("skip", "fail", "resume"),
  scheduleType: fc.constantFrom("", "auto", "manual"),
  overlap: fc.constantFrom("skip", "queue", "allow"),
  mapMode: fc.constantFrom("inline", "distributed"),
  concurrency: fc.integer({ min: 1, max: 40 }),
  maxConnections: fc.integer({ min: 1, max: 1000 }),
  pollInterval: fc.integer({ min: 15, max: 86_400 }),
  maxReschedules: fc.integer({ min: 0, max: 20 }),
  quorum: fc.integer({ min: 1, max: 100 }),
  queueTimeout: fc.integer({ min: 60, max: 86_400 }),
  include: fc.array(fc.stringMatching(/^\w{1,20}$/), { maxLength: 5 }),
  dbtCommand: fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 }),
} as const);

describe("the definition", () => {
  it("O14: whatever the settings, it is right by the language and by the rules", () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        assert.deepEqual(rules(definitionOf(settings)), []);
      }),
    );
    // The language's own check takes a third of a second.
    for (const settings of fc.sample(anySettings, 6)) assert.deepEqual(problemsOf(definitionOf(settings)), []);
  });

  it("O8: every task has a bound and a route for errors, every token a heartbeat below it", () => {
    const tasks = allStates(definitionOf()).flatMap(([name, state]) =>
      state.Type === "Task" ? [{ name, state }] : [],
    );
    assert.ok(tasks.length >= 9);
    for (const { name, state } of tasks) {
      assert.ok(state.TimeoutSeconds > 0, name);
      assert.ok(state.Catch.at(-1)?.ErrorEquals.includes("States.ALL"), name);
      const waits = state.Resource.endsWith(".waitForTaskToken");
      assert.equal(state.HeartbeatSeconds !== undefined, waits, name);
      assert.equal(JSON.stringify(state.Arguments).includes(taskToken), waits, name);
      if (waits) assert.ok(Number(state.HeartbeatSeconds) < state.TimeoutSeconds, name);
    }
    assert.equal(definitionOf().TimeoutSeconds, 86_400);
  });

  const mistakes: readonly (readonly [string, string, Change, RegExp])[] = [
    ["a task without a bound", "List connections", { TimeoutSeconds: undefined }, /needs TimeoutSeconds/],
    ["a token without a heartbeat", "Sync connection", { HeartbeatSeconds: undefined }, /needs HeartbeatSeconds/],
    ["a heartbeat past its bound", "Sync connection", { HeartbeatSeconds: 9999 }, /must be less than/],
    ["a heartbeat that nobody sends", "List connections", { HeartbeatSeconds: 1 }, /nothing sends it/],
    ["a token for nobody", "Sync connection", { Arguments: { FunctionName: "f" } }, /hands to nobody/],
    ["a task without a route for errors", "Notify", { Catch: [] }, /Catch of States.ALL/],
    ["a state that isn't there", "Prepare run", { Next: "Nowhere" }, /leads to "Nowhere"/],
    [
      "a state out of reach",
      "List connections",
      { Next: "Is the quorum met" },
      /"Sync all connections in group": nothing leads to it/,
    ],
    ["a Map beyond its mode", "Sync all connections in group", { MaxConcurrency: 41 }, /1 to 40 items/],
    ["a variable of the flow around", "Begin connection", { Assign: { run: "x" } }, /assigns \$run/],
    ["JSONata that doesn't parse", "Prepare run", { Assign: { a: "{% $count( %}" } }, /\/Assign\/a/],
  ];
  for (const [what, name, change, expected] of mistakes) {
    it(`O14: ${what} is refused, and the state is named`, () => {
      const problems = problemsOf(changed(name, change));
      const fitting = problems.find((problem) => expected.test(problem));
      assert.ok(fitting, problems.join("\n"));
      assert.match(fitting, /"[A-Z]/);
    });
  }

  it("O14: a mistake of the definition is told in the component's words", () => {
    assert.throws(() => checkDefinition('FivetranDbtOrchestration "x"', definitionOf({ concurrency: 41 })), {
      message: /^FivetranDbtOrchestration "x": The state machine's definition has 1 mistake.*Sync all connections/s,
    });
  });

  it("O14: the builder keeps what it is given, and a definition is data", () => {
    const step = invokeAndWait({
      functionArn: "arn:f",
      payload: { token: taskToken },
      heartbeatSeconds: 5,
      timeoutSeconds: 10,
      catch: [{ ErrorEquals: ["States.ALL"], Next: "End" }],
      next: "End",
    });
    const built = machine("Begin", { Begin: step, End: pass({}) });
    const [need, ...others] = built.needs;
    assert.deepEqual([need?.actions, need?.resources, others], [["lambda:InvokeFunction"], ["arn:f"], []]);
    assert.deepEqual(targetsOf(built.States.Begin ?? assert.fail()), ["End", "End"]);
    const definition = definitionOf();
    assert.deepEqual(JSON.parse(JSON.stringify(definition)), definition);
  });

  it("O14: any text is one literal in an expression", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.equal(jsonata(literal("a")), '{% "a" %}');
        assert.equal(JSON.parse(literal(text)), text);
      }),
    );
  });
});

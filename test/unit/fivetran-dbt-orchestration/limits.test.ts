import assert from "node:assert/strict";
import fc from "fast-check";
import {
  connectionEvents,
  historyEvents,
  historyLimit,
  longestRun,
  lookStates,
  mapModeFor,
  pollsUntil,
  reasonBytes,
  runStates,
  shortestBound,
  syncFunctionTimeout,
  transitions,
  ways,
} from "../../../components/fivetran-dbt-orchestration/limits";
import { targetsOf } from "../../../components/parts/asl/rules";
import type { States } from "../../../components/parts/asl/types";
import { definitionOf } from "./settings";
import { simulate } from "./simulate";

const size = { connections: 50, polls: 24, reschedules: 3, looks: 0 };

function assertWay(scope: States, way: readonly string[]): void {
  way.forEach((name, i) => {
    const state = scope.States[name];
    assert.ok(state, `no state ${name}`);
    const next = way[i + 1];
    if (next !== undefined) assert.ok(targetsOf(state).includes(next), `${name} doesn't lead to ${next}`);
  });
}

describe("the limits of a run", () => {
  it("O14: what is counted along are ways that the definition has", () => {
    const definition = definitionOf();
    assertWay(definition, runStates);
    assertWay(definitionOf({ overlap: "queue" }), [...lookStates, "Take run lock"]);
    const map = definition.States["Sync all connections in group"];
    assert.ok(map?.Type === "Map");
    for (const way of Object.values(ways)) assertWay(map.ItemProcessor, way);
  });

  it("O14: a good run has as many transitions as are counted", async () => {
    const list = { Payload: { connectors_list: ["a", "b"] } };
    const { visited } = await simulate(definitionOf(), {
      task: ({ state }) => (state === "List connections" ? list : { status: "SUCCESSFUL" }),
    });
    assert.equal(transitions({ connections: 2, polls: 0, reschedules: 0, looks: 0 }), 1 + visited.length);
  });

  it("O14: 1,000 connections don't fit into one history, so their Map is distributed", () => {
    const many = { ...size, connections: 1000 };
    assert.ok(historyEvents(many, "inline") > historyLimit);
    assert.ok(historyEvents(many, "distributed") < 100);
    assert.equal(mapModeFor(many, 40), "distributed");
    assert.equal(mapModeFor(size, 40), "inline");
    assert.equal(mapModeFor({ ...size, connections: 10 }, 41), "distributed");
    assert.ok(connectionEvents(many) < historyLimit);
    assert.equal(pollsUntil(21_600, 900), 24);
  });

  it("O14: the chosen mode always fits, and more of anything never costs less", () => {
    const any = fc.record({
      connections: fc.integer({ min: 1, max: 1000 }),
      polls: fc.integer({ min: 0, max: 500 }),
      reschedules: fc.integer({ min: 0, max: 20 }),
      looks: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 1000 }), (run, concurrency) => {
        const mode = mapModeFor(run, concurrency);
        assert.ok(historyEvents(run, mode) <= historyLimit);
        assert.ok(mode === "distributed" || concurrency <= 40);
        for (const key of ["connections", "polls", "reschedules", "looks"] as const) {
          const more = { ...run, [key]: run[key] + 1 };
          assert.ok(historyEvents(more, "inline") > historyEvents(run, "inline"));
          assert.ok(transitions(more) > transitions(run));
        }
      }),
    );
  });

  it("O16: sync-connection has ended before its state stops waiting for a sign of life", () => {
    for (const pollInterval of [15, 60, 304, 305, 306, 900, 86_400]) {
      const map = definitionOf({ pollInterval }).States["Sync all connections in group"];
      assert.ok(map?.Type === "Map");
      const sync = map.ItemProcessor.States["Sync connection"];
      assert.ok(sync?.Type === "Task");
      assert.ok(syncFunctionTimeout(pollInterval) >= 10);
      assert.ok(syncFunctionTimeout(pollInterval) < Number(sync.HeartbeatSeconds));
    }
  });

  it("O22: the longest run counts rounds of connections, the queue, and everything that is tried again", () => {
    const times = {
      queueTimeout: 0,
      pollInterval: 900,
      syncTimeout: 3_600,
      maxConnections: 40,
      concurrency: 40,
      dbtTimeout: 600,
    };
    const once = longestRun(times);
    assert.ok(once > 3_600 + 900 + 600 + 600);
    const round = longestRun({ ...times, maxConnections: 80 }) - once;
    assert.ok(round > 3_600 + 930, "a round ends with a look that nothing is heard of");
    assert.equal(longestRun({ ...times, maxConnections: 81 }) - once, 2 * round);
    assert.equal(longestRun({ ...times, queueTimeout: 60 }) - once, 60);
    assert.ok(shortestBound(times) < once, "what is tried again takes time too");
    assert.ok(shortestBound(times) >= 3_600 + 900 + 600 + 600);
  });

  it("O17: a reason has room where connections are few, and a line where they are a thousand", () => {
    assert.deepEqual([reasonBytes(1), reasonBytes(50), reasonBytes(1_000)], [1_000, 1_000, 110]);
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  connectionEvents,
  historyEvents,
  historyLimit,
  mapModeFor,
  pollsUntil,
  runStates,
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
});

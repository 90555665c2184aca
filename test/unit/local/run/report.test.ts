import assert from "node:assert/strict";
import { orchestrationOutcome } from "../../../../local/run/orchestration";
import { formatReport } from "../../../../local/run/print";
import { terminalProgress } from "../../../../local/run/progress";
import { assembleReport, type OrchestrationReport } from "../../../../local/run/report";

const good: OrchestrationReport = {
  status: "SUCCEEDED",
  cause: "",
  seconds: 12.34,
  synced: 1,
  tokensLeft: 0,
  dbtNodes: { success: 2, pass: 3 },
  connections: [
    {
      id: "flights",
      syncs: 2,
      heard: 2,
      rescheduled: 1,
      seconds: 4,
      brought: { table: "RAW.BTS.FLIGHTS", read: 2_000, rows: 2_000 },
    },
  ],
  models: [
    { name: "RAW.MARTS.STG_FLIGHTS", connection: "flights", rows: 2_000, counted: 2_000 },
    { name: "RAW.MARTS.FLIGHTS_BY_AIRPORT", connection: "flights", rows: 155, counted: 2_000 },
  ],
  artifacts: ["runs/x/run_results.json"],
};

function reportOf(orchestration: OrchestrationReport) {
  const outcome = orchestrationOutcome(orchestration);
  const iam = { calls: 1, denied: [], used: [], unused: [] };
  const update = { created: 1, policyViolations: 0, seconds: 1 };
  const report = assembleReport([outcome], [], { iam, update }, false);
  return { report, text: formatReport(report, outcome.lines) };
}

describe("the report of a local run", () => {
  it("O1: says the rows of each connection and of each model, and what of the source is in them", () => {
    const { report, text } = reportOf(good);
    assert.deepEqual(report.problems, []);
    assert.equal(report.passed, true);
    assert.match(text, /flights +BTS\.FLIGHTS +2,000 +2,000 +0 +4\.0/);
    assert.match(text, /RAW\.MARTS\.FLIGHTS_BY_AIRPORT +RAW\.BTS\.FLIGHTS +155 +2,000 of 2,000/);
    assert.match(
      text,
      /SUCCEEDED in 12\.3 s; 1 of 1 connections synced, 2 webhooks heard, 1 sync put off and done later; dbt: 2 success, 3 pass/,
    );
  });

  const wrong: readonly (readonly [string, Partial<OrchestrationReport>, RegExp])[] = [
    [
      "a connection that lost rows",
      { connections: good.connections.map((each) => ({ ...each, brought: { ...each.brought, rows: 1_999 } })) },
      /BTS\.FLIGHTS: read 2000, but 1999 loaded/,
    ],
    [
      "a model that lost rows",
      { models: [{ name: "RAW.MARTS.STG_FLIGHTS", connection: "flights", rows: 9, counted: 9 }] },
      /dbt model RAW\.MARTS\.STG_FLIGHTS stands for 9 rows, but flights brought 2000/,
    ],
    ["no models", { models: [] }, /dbt built no models/],
    ["a run that failed", { status: "FAILED", cause: "why", models: [] }, /the execution is FAILED: why/],
    ["no artifacts", { artifacts: [] }, /run_results\.json isn't in the artifacts bucket/],
    ["a token that stayed", { tokensLeft: 1 }, /1 task token\(s\) left/],
    [
      "a run that no webhook came to",
      { connections: good.connections.map((each) => ({ ...each, syncs: 0, heard: 0 })) },
      /0 of 0 webhooks of flights were answered/,
    ],
    [
      "a webhook that wasn't answered",
      { connections: good.connections.map((each) => ({ ...each, heard: 1 })) },
      /1 of 2 webhooks of flights were answered/,
    ],
    ["a connection that wasn't synced", { synced: 0 }, /0 of 1 connections synced/],
  ];
  for (const [what, change, expected] of wrong) {
    it(`O1: ${what} is a shortfall`, () => {
      const lines = reportOf({ ...good, ...change }).report.problems;
      assert.ok(
        lines.some((line) => expected.test(line)),
        lines.join("\n"),
      );
    });
  }
});

describe("the progress of a local run", () => {
  function shown(isTTY: boolean) {
    const written: string[] = [];
    const clock = { now: 0 };
    const out = { isTTY, columns: 40, write: (text: string) => written.push(text) };
    const progress = terminalProgress(out as unknown as NodeJS.WriteStream, () => clock.now);
    return { progress, clock, written };
  }

  it("O1: what goes on side by side shares one line, which is cut rather than wrapped", () => {
    const { progress, written } = shown(true);
    progress.waiting("files", "1 of 2");
    progress.waiting("orchestration", "1 of 3 connections synced");
    assert.equal(written.at(-1), "\r\u001b[K  files: 1 of 2 · orchestration: 1 of 3");
    progress.done();
    assert.equal(written.at(-1), "\r\u001b[K");
  });

  it("O1: where a line can't be overwritten, there is one in ten seconds, and none without news", () => {
    const { progress, clock, written } = shown(false);
    progress.waiting("files", "1");
    clock.now = 9_999;
    progress.waiting("files", "2");
    clock.now = 10_000;
    progress.waiting("files", "3");
    clock.now = 30_000;
    progress.waiting("files", "3");
    assert.deepEqual(written, ["  files: 1\n", "  files: 3\n"]);
  });
});

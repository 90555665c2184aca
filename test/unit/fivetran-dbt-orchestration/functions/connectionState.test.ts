import assert from "node:assert/strict";
import {
  decide,
  logUrl,
  type OnPaused,
  type SyncDecision,
} from "../../../../functions/shared/fivetran/connectionState";
import type { Connection } from "../../../../functions/shared/fivetran/types";
import { connection, NOW } from "./fakes";

const now = Date.parse(NOW);
/** As a run begins, when no sync has ended since. */
const atOnce = { since: now, now };
const LATER = "2026-03-04T06:00:00.000Z";
const EARLIER = "2026-03-04T05:00:00.000Z";

describe("Connection states, before a sync", () => {
  const trigger = { action: "trigger", resume: false } as const;
  const cases: readonly (readonly [string, Connection, OnPaused, Partial<SyncDecision>])[] = [
    ["scheduled is triggered", connection(), "skip", trigger],
    ["delayed data changes nothing", connection({}, { update_state: "delayed" }), "skip", trigger],
    ["a state that is new to us is triggered", connection({}, { sync_state: "dreaming" }), "skip", trigger],
    ["a connection without status is triggered", { id: "c" }, "skip", trigger],
    ["paused, skip", connection({ paused: true }), "skip", { action: "succeed", status: "SKIPPED" }],
    [
      "sync_state paused, skip",
      connection({}, { sync_state: "paused" }),
      "skip",
      { action: "succeed", status: "SKIPPED" },
    ],
    ["paused, fail", connection({ paused: true }), "fail", { action: "fail", error: "FivetranConnectionPaused" }],
    ["paused, resume", connection({ paused: true }), "resume", { action: "trigger", resume: true }],
    [
      "paused and broken, skip: nobody expects it to work",
      connection({ paused: true }, { setup_state: "broken" }),
      "skip",
      { action: "succeed", status: "SKIPPED" },
    ],
    [
      "paused and broken, resume",
      connection({ paused: true }, { setup_state: "broken" }),
      "resume",
      { action: "fail", error: "FivetranConnectionBroken" },
    ],
    [
      "broken",
      connection({}, { setup_state: "broken" }),
      "skip",
      { action: "fail", error: "FivetranConnectionBroken" },
    ],
    [
      "incomplete set-up",
      connection({}, { setup_state: "incomplete" }),
      "skip",
      { action: "fail", error: "FivetranSetupIncomplete" },
    ],
    ["already syncing", connection({}, { sync_state: "syncing" }), "skip", { action: "wait" }],
    [
      "a historical sync at work",
      connection({}, { sync_state: "syncing", is_historical_sync: true }),
      "skip",
      { action: "wait", reason: "A historical sync is already at work." },
    ],
    [
      "rescheduled",
      connection({}, { sync_state: "rescheduled", rescheduled_for: LATER }),
      "skip",
      { action: "succeed", status: "RESCHEDULED", rescheduledFor: LATER },
    ],
    [
      "rescheduled for a time that is past",
      connection({}, { sync_state: "rescheduled", rescheduled_for: EARLIER }),
      "skip",
      trigger,
    ],
    ["rescheduled, nobody knows until when", connection({}, { sync_state: "rescheduled" }), "skip", trigger],
    [
      "rescheduled_for left over from before",
      connection({}, { sync_state: "scheduled", rescheduled_for: LATER }),
      "skip",
      trigger,
    ],
  ];
  for (const [name, given, onPaused, expected] of cases) {
    it(`O4: ${name}`, () => {
      assert.deepEqual(subset(decide(given, { ...atOnce, onPaused }), expected), expected);
    });
  }

  it("O4: a broken connection's reason says what Fivetran asks for, else its warnings", () => {
    const task = { code: "reconnect", message: "Sign in anew." };
    const warning = { code: "slow", message: "Slow" };
    const reasonOf = (tasks: object[], warnings: object[]): string => {
      const decision = decide(connection({}, { setup_state: "broken", tasks, warnings }), {
        ...atOnce,
        onPaused: "skip",
      });
      return decision.action === "fail" ? decision.reason : "";
    };
    assert.match(reasonOf([task], [warning]), /: Sign in anew\. Repair/);
    assert.match(reasonOf([], [warning]), /: Slow\. Repair/);
    assert.match(reasonOf([{ code: "only_a_code" }], []), /: only_a_code\./);
    assert.match(reasonOf([], []), /destination\. Repair/);
  });
});

describe("Connection states, while a sync is waited for", () => {
  const since = Date.parse(EARLIER);
  const after = "2026-03-04T05:00:00.001Z";
  const succeeded = { action: "succeed", status: "SUCCESSFUL" } as const;
  const failed = { action: "fail", error: "FivetranSyncFailed" } as const;
  const trigger = { action: "trigger", resume: false } as const;
  const broken = { action: "fail", error: "FivetranConnectionBroken" } as const;
  const cases: readonly (readonly [string, Connection, Partial<SyncDecision>])[] = [
    ["succeeded since then", connection({ succeeded_at: after }), succeeded],
    [
      "succeeded since then, and at it again",
      connection({ succeeded_at: after }, { sync_state: "syncing" }),
      succeeded,
    ],
    ["succeeded since then, and paused after it", connection({ succeeded_at: after, paused: true }), succeeded],
    [
      "succeeded since then, and put off",
      connection({ succeeded_at: after }, { sync_state: "rescheduled" }),
      succeeded,
    ],
    ["O16: succeeded before, and idle: is triggered again", connection({ succeeded_at: EARLIER }), trigger],
    ["failed since then", connection({ failed_at: after }), failed],
    ["failed before, not begun yet", connection({ failed_at: EARLIER }), trigger],
    ["failed, then succeeded", connection({ failed_at: after, succeeded_at: LATER }), succeeded],
    ["succeeded, then failed", connection({ failed_at: LATER, succeeded_at: after }), failed],
    ["failed with a task", connection({ failed_at: after }, { setup_state: "broken" }), broken],
    ["broke meanwhile", connection({}, { setup_state: "broken" }), broken],
    ["broken, with a sync at work", connection({}, { setup_state: "broken", sync_state: "syncing" }), broken],
    ["at work", connection({}, { sync_state: "syncing" }), { action: "wait" }],
    [
      "paused while at work: Fivetran finishes",
      connection({ paused: true }, { sync_state: "syncing" }),
      { action: "wait" },
    ],
    ["paused meanwhile", connection({ paused: true }), { action: "succeed", status: "SKIPPED" }],
    ["O16: put off, without a time: is triggered again", connection({}, { sync_state: "rescheduled" }), trigger],
    ["times that are none", connection({ succeeded_at: "soon", failed_at: "" }), trigger],
  ];
  for (const [name, given, expected] of cases) {
    it(`O4 O8: ${name}`, () => {
      assert.deepEqual(subset(decide(given, { since, now, onPaused: "skip" }), expected), expected);
    });
  }

  it("O9: the log link is that of the connection", () => {
    assert.equal(logUrl("purr_rich"), "https://fivetran.com/dashboard/connections/purr_rich/status");
  });
});

/** The members of a result that are expected. */
function subset(result: object, expected: object): object {
  return Object.fromEntries(Object.entries(result).filter(([name]) => name in expected));
}

/** What Fivetran has for these tests: three groups, and what goes wrong with the API's answers. */
import type { ApiFault, ConnectionDefinition } from "../../../local/fivetran";

const putOff = (told: boolean, milliseconds = 1_500) => ({ status: "RESCHEDULED" as const, milliseconds, told });

/** Names say how they behave. */
const side: readonly ConnectionDefinition[] = [
  { id: "steady" },
  { id: "at_work", syncMs: 25_000 },
  { id: "put_off_twice", scheduleType: "manual", outcomes: [putOff(true), putOff(true)] },
  { id: "put_off_untold", outcomes: [putOff(false, 8_000), putOff(false, 8_000)] },
  { id: "put_off_for_ever", scheduleType: "manual", outcomes: Array.from({ length: 9 }, () => putOff(true)) },
  { id: "limited" },
  { id: "shaky" },
  { id: "slow", syncMs: 12_000 },
  { id: "paused", paused: true },
  { id: "failing", outcomes: [{ status: "FAILURE", reason: "The source is gone" }] },
  { id: "with_task", outcomes: [{ status: "FAILURE_WITH_TASK", reason: "Sign in again" }] },
  { id: "broken", setupState: "broken" },
  { id: "incomplete", setupState: "incomplete" },
  { id: "throttled" },
  { id: "down" },
];

/** No webhook comes of these, or none that counts: only their looks are frequent, so that no other test hangs on a time. */
const quiet: readonly ConnectionDefinition[] = [
  { id: "silent", webhook: "none" },
  { id: "forged", webhook: "forged" },
  { id: "other_group", webhook: "otherGroup" },
  { id: "failing_silently", webhook: "none", outcomes: [{ status: "FAILURE", reason: "The source is gone" }] },
  { id: "hanging", outcomes: [{ status: "HANGING" }] },
];

/** The first three bring what the example dbt project reads; see local/fivetran/tables.ts. */
const nightly: readonly ConnectionDefinition[] = [
  { id: "airports", webhook: "early" },
  { id: "zipcodes", outcomes: [{ status: "RESCHEDULED", milliseconds: 1_000, told: true }] },
  { id: "flights", webhook: "twice" },
  { id: "before_token" },
  { id: "asleep", paused: true },
  { id: "stuck", outcomes: [{ status: "HANGING" }] },
];

/** One whose syncs start runs. */
const triggered: readonly ConnectionDefinition[] = [{ id: "trigger", syncMs: 2_500 }];

/** 200 connections on five pages; one is paused, one fails. */
export const largeIds = Array.from({ length: 200 }, (_, i) => `c${String(i + 1).padStart(3, "0")}`);
export const pageSize = 40;
const large = largeIds.map(
  (id): ConnectionDefinition => ({
    id,
    paused: id === "c007",
    ...(id === "c013" ? { outcomes: [{ status: "FAILURE", reason: "Out of luck" }] } : {}),
  }),
);

export const groups = { side, quiet, nightly, large, triggered };
export type Group = keyof typeof groups;

/** As many as the client tries a request. */
const attempts = 6;
/** One that asks for a wait of a second, so that the client's own waits, which are drawn by lot, aren't waited for. */
const refused = (match: RegExp, status: number, count?: number): ApiFault => ({
  match,
  status,
  retryAfterSeconds: 1,
  ...(count === undefined ? {} : { count }),
});

export const faults: readonly ApiFault[] = [
  refused(/\/connections\/limited/, 429, 2),
  refused(/\/connections\/shaky/, 500, 2),
  refused(/\/connections\/throttled/, 429),
  refused(/\/connections\/down/, 500),
  // A first run fails by them, the second one gets over two of them.
  refused(/\/groups\/nightly\/connections/, 503, attempts + 2),
];

import assert from "node:assert/strict";
import type { FlowSettings } from "../../../components/fivetran-dbt-orchestration/settings";
import type { Json } from "../../../components/parts/asl/types";
import { logUrl } from "../../../functions/shared/fivetran/connectionState";
import { definitionOf } from "./settings";
import { type Call, type Clock, type Ended, simulate, TaskError, type World } from "./simulate";

export type Answers = Readonly<Record<string, (call: Call, clock: Clock) => Json>>;

export const log = logUrl;
export const idOf = ({ arguments: { Payload } }: Call): string =>
  String((Payload as Record<string, Json>).connection_id);
export const fault = (error: string, cause: Json = ""): never => {
  throw new TaskError(error, typeof cause === "string" ? cause : JSON.stringify(cause));
};

/** Three connections that sync, unless the test says otherwise. */
const good: Answers = {
  "Take run lock": () => ({}),
  "List connections": () => ({ Payload: { group_id: "g", connectors_list: ["one", "two", "three"] } }),
  "Sync connection": (call) => ({ connection_id: idOf(call), status: "SUCCESSFUL" }),
  "Run dbt": () => ({ StoppedReason: "Essential container in task exited" }),
  Notify: () => ({ MessageId: "1" }),
  "Release run lock": () => ({}),
};

export function run(
  answers: Answers = {},
  settings: Partial<FlowSettings> = {},
  world: Partial<World> = {},
): Promise<Ended> {
  const all = { ...good, ...answers };
  const task: World["task"] = (call, clock) => {
    const answer = all[call.state];
    assert.ok(answer, `nothing answers ${call.state}`);
    return answer(call, clock);
  };
  return simulate(definitionOf(settings), { task, ...world });
}

/** Nothing is heard of a task for so long. */
export const silence = (seconds: number) => (_: Call, clock: Clock) => {
  clock.pass(seconds);
  return fault("States.HeartbeatTimeout");
};

/** Answers one after the other, the last one from then on. */
export function inTurn(...answers: readonly Answers[string][]): Answers[string] {
  const turns = new Map<string, number>();
  return (call, clock) => {
    const turn = turns.get(idOf(call)) ?? 0;
    turns.set(idOf(call), turn + 1);
    const answer = answers[Math.min(turn, answers.length - 1)];
    return answer?.(call, clock) ?? null;
  };
}

export const synced: Answers[string] = (call) => ({ connection_id: idOf(call), status: "SUCCESSFUL" });
export const putOff =
  (rescheduled_for?: string): Answers[string] =>
  (call) => ({
    connection_id: idOf(call),
    status: "RESCHEDULED",
    ...(rescheduled_for === undefined ? {} : { rescheduled_for }),
  });

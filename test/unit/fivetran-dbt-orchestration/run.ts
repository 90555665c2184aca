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
  "Release run lock": () => ({ Payload: { waits: 0 } }),
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

export const silence = (seconds: number) => (_: Call, clock: Clock) => {
  clock.pass(seconds);
  return fault("States.HeartbeatTimeout");
};

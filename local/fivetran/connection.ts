import type { Behaviour, ConnectionDefinition, ConnectionState, Notice, Outcome } from "./types";

/** One connection: what it says of itself, and how its next sync goes. */
export class LocalConnection {
  readonly id: string;
  readonly groupId: string;
  readonly service: string;
  readonly schema: string;
  readonly createdAt = new Date();
  paused: boolean;
  scheduleType: "auto" | "manual";
  setupState: ConnectionState["status"]["setup_state"];
  historical: boolean;
  succeededAt?: Date;
  failedAt?: Date;
  rescheduledFor?: Date;
  tasks: Notice[] = [];
  /** Of the sync at work. */
  syncId?: string;
  behaviour: Behaviour;
  private outcomes: Outcome[];

  constructor(groupId: string, definition: ConnectionDefinition) {
    this.id = definition.id;
    this.groupId = groupId;
    this.schema = definition.schema ?? definition.id;
    this.service = definition.service ?? "s3";
    this.paused = definition.paused ?? false;
    this.scheduleType = definition.scheduleType ?? "auto";
    this.setupState = definition.setupState ?? "connected";
    this.historical = definition.historical ?? false;
    if (definition.rescheduledForMs !== undefined) this.rescheduledFor = later(definition.rescheduledForMs);
    this.behaviour = definition;
    this.outcomes = [...(definition.outcomes ?? [])];
  }

  /** Changes how the coming syncs go. */
  configure(behaviour: Behaviour): void {
    this.behaviour = { ...this.behaviour, ...behaviour };
    if (behaviour.outcomes) this.outcomes = [...behaviour.outcomes];
  }

  nextOutcome(): Outcome {
    return this.outcomes.shift() ?? { status: "SUCCESSFUL" };
  }

  /** Notes how the sync has ended. */
  end(outcome: Outcome): void {
    this.syncId = undefined;
    if (outcome.status === "SUCCESSFUL") {
      this.succeededAt = new Date();
      this.historical = false;
      this.tasks = [];
    }
    if (outcome.status === "FAILURE" || outcome.status === "FAILURE_WITH_TASK") this.failedAt = new Date();
    if (outcome.status === "FAILURE_WITH_TASK") {
      this.setupState = "broken";
      this.tasks = [{ code: "reconnect", message: outcome.reason ?? "Sign in to the source again" }];
    }
    if (outcome.status === "RESCHEDULED") this.rescheduledFor = later(outcome.milliseconds);
  }

  state(): ConnectionState {
    return {
      id: this.id,
      group_id: this.groupId,
      service: this.service,
      schema: this.schema,
      connected_by: "local_user",
      created_at: this.createdAt.toISOString(),
      succeeded_at: this.succeededAt?.toISOString() ?? null,
      failed_at: this.failedAt?.toISOString() ?? null,
      paused: this.paused,
      sync_frequency: 360,
      schedule_type: this.scheduleType,
      status: {
        setup_state: this.setupState,
        sync_state: this.syncState(),
        update_state: this.rescheduledFor ? "delayed" : "on_schedule",
        is_historical_sync: this.historical,
        rescheduled_for: this.rescheduledFor?.toISOString() ?? null,
        tasks: this.tasks,
        warnings: [],
      },
    };
  }

  private syncState(): ConnectionState["status"]["sync_state"] {
    if (this.syncId !== undefined) return "syncing";
    if (this.paused) return "paused";
    return this.rescheduledFor ? "rescheduled" : "scheduled";
  }
}

function later(milliseconds: number): Date {
  return new Date(Date.now() + milliseconds);
}

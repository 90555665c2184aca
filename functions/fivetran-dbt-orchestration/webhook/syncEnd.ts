/** What a webhook says of a sync that has ended. */
export interface SyncEnd {
  readonly connectionId: string;
  /** Undefined in webhooks of before 2024. */
  readonly groupId?: string;
  readonly syncId: string;
  /** When Fivetran made the webhook: as the sync ended. Unix time in milliseconds. */
  readonly created: number;
  /** SUCCESSFUL, FAILURE, FAILURE_WITH_TASK, RESCHEDULED, CANCELED, or what Fivetran may add. */
  readonly status: string;
  readonly reason?: string;
  /** ISO 8601. */
  readonly rescheduledFor?: string;
}

/** The connection that Fivetran's test events name. */
const TEST_CONNECTION = "_connector_1";

/** @returns why it isn't the end of a sync of somebody's connection, or what it says */
export function parseSyncEnd(payload: unknown): SyncEnd | string {
  if (typeof payload !== "object" || payload === null) return "not an object";
  const { event, connector_id, destination_group_id, group_id, sync_id, created, data } = payload as Record<
    string,
    unknown
  >;
  if (event !== "sync_end") return `event ${String(event).slice(0, 100)}`;
  if (connector_id === TEST_CONNECTION) return "test event";
  const details = (typeof data === "object" && data !== null ? data : {}) as Record<string, unknown>;
  const time = Date.parse(text(created) ?? "");
  const connectionId = text(connector_id);
  const status = text(details.status);
  if (connectionId === undefined || status === undefined || Number.isNaN(time)) {
    return "connector_id, created or data.status is missing";
  }
  const rescheduled = Date.parse(text(details.rescheduled_for) ?? "");
  return {
    connectionId,
    groupId: text(destination_group_id) ?? text(group_id),
    // Without a sync id, the time takes its place: a repeated delivery has the same.
    syncId: text(sync_id) ?? new Date(time).toISOString(),
    created: time,
    status: status.toUpperCase(),
    reason: text(details.reason),
    ...(Number.isNaN(rescheduled) ? {} : { rescheduledFor: new Date(rescheduled).toISOString() }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

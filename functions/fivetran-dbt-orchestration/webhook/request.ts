import { createHmac, timingSafeEqual } from "node:crypto";

/** The part of an HTTP API's event (payload format 2.0) that is looked at. Header names are in lower case. */
export interface WebhookRequest {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

export const SIGNATURE_HEADER = "x-fivetran-signature-256";

/** The body's bytes as Fivetran sent them. */
export function bodyOf({ body = "", isBase64Encoded = false }: WebhookRequest): Buffer {
  return Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
}

/** HMAC-SHA-256 of the body, 64 hex digits in lower case. */
export function signatureOf(body: Buffer, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** Whether the header's signature, hex digits in either case, is the body's. Takes the same time wherever they differ. */
export function isSigned(request: WebhookRequest, secret: string): boolean {
  const header = request.headers?.[SIGNATURE_HEADER]?.trim() ?? "";
  if (!/^[0-9a-f]{64}$/i.test(header)) return false;
  const expected = Buffer.from(signatureOf(bodyOf(request), secret), "hex");
  return timingSafeEqual(Buffer.from(header, "hex"), expected);
}

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

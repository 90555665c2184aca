/** What a connection is like and how its syncs go: what a test or `npm run local` says. */

export type Outcome =
  | { readonly status: "SUCCESSFUL" }
  | { readonly status: "FAILURE" | "FAILURE_WITH_TASK" | "CANCELED"; readonly reason?: string }
  | {
      readonly status: "RESCHEDULED";
      /** How long it is put off. */
      readonly milliseconds: number;
      /** Whether the webhook says until when, too. @default false */
      readonly told?: boolean;
    }
  /** Stays at work until it is stopped by a forced sync. */
  | { readonly status: "HANGING" };

/**
 * - `once`, `twice`: signed deliveries when the sync has ended
 * - `none`: nothing is sent
 * - `early`: before the sync call is answered; the sync takes no time
 * - `late`: some time after the end, `webhookDelayMs`
 * - `forged`: signed with another secret
 * - `otherGroup`: says another group
 */
export type WebhookMode = "once" | "twice" | "none" | "early" | "late" | "forged" | "otherGroup";

export interface Behaviour {
  /** Milliseconds that a sync takes. @default the server's */
  readonly syncMs?: number;
  /** How the coming syncs end, in their order; after the last one they succeed. */
  readonly outcomes?: readonly Outcome[];
  /** @default once */
  readonly webhook?: WebhookMode;
  /** For `late`. @default 1000 */
  readonly webhookDelayMs?: number;
}

export interface ConnectionDefinition extends Behaviour {
  readonly id: string;
  /** @default the id */
  readonly schema?: string;
  /** @default `s3` */
  readonly service?: string;
  readonly paused?: boolean;
  /** `manual`: Fivetran starts nothing by itself, not even a rescheduled sync. @default auto */
  readonly scheduleType?: "auto" | "manual";
  /** @default connected */
  readonly setupState?: "connected" | "incomplete" | "broken";
  /** A sync is at work already when the server starts. */
  readonly syncing?: boolean;
  /** The next sync, or the one at work, is a historical one. */
  readonly historical?: boolean;
  /** Put off for that long when the server starts. */
  readonly rescheduledForMs?: number;
}

/** A connection as the API tells it. */
export interface ConnectionState {
  readonly id: string;
  readonly group_id: string;
  readonly service: string;
  readonly schema: string;
  readonly connected_by: string;
  readonly created_at: string;
  readonly succeeded_at: string | null;
  readonly failed_at: string | null;
  readonly paused: boolean;
  readonly sync_frequency: number;
  readonly schedule_type: "auto" | "manual";
  readonly status: {
    readonly setup_state: "connected" | "incomplete" | "broken";
    readonly sync_state: "scheduled" | "syncing" | "paused" | "rescheduled";
    readonly update_state: "on_schedule" | "delayed";
    readonly is_historical_sync: boolean;
    readonly rescheduled_for: string | null;
    readonly tasks: readonly Notice[];
    readonly warnings: readonly Notice[];
  };
}

export interface Notice {
  readonly code: string;
  readonly message: string;
}

/** What goes wrong with requests. The first that fits a request and isn't used up is applied. */
export interface ApiFault {
  /** Sought in `METHOD /path?query`. @default every request */
  readonly match?: RegExp;
  /** How many requests. @default all from now on */
  readonly count?: number;
  /** Answered instead. @default none: the request goes on after `delayMs` */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly delayMs?: number;
  /** `reset` breaks the connection; `garbage` answers 200 with a page that isn't JSON. */
  readonly kind?: "reset" | "garbage";
}

export interface RequestRecord {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly accept: string;
  readonly body: unknown;
  /** Unix time in milliseconds. */
  readonly at: number;
}

export interface Delivery {
  readonly webhookId: string;
  readonly payload: WebhookPayload;
  /** HTTP status of the last attempt; undefined where none was answered. */
  readonly status: number | undefined;
  readonly attempts: number;
}

export interface WebhookPayload {
  readonly event: string;
  readonly created: string;
  readonly connector_type: string;
  readonly connector_id: string;
  readonly connector_name?: string;
  readonly sync_id?: string;
  readonly destination_group_id: string;
  readonly data?: Readonly<Record<string, string>>;
}

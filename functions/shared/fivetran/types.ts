/** A connection as the API describes it, as far as it is used here. Absent members count as null. */
export interface Connection {
  readonly id: string;
  readonly group_id?: string | null;
  /** Type of the source, for example `salesforce`. */
  readonly service?: string | null;
  /** The connection's name, which is also its schema in the destination. */
  readonly schema?: string | null;
  readonly paused?: boolean | null;
  /** `manual`: Fivetran starts nothing by itself, not even a rescheduled sync. */
  readonly schedule_type?: string | null;
  /** End of the last sync that succeeded, ISO 8601. */
  readonly succeeded_at?: string | null;
  /** End of the last sync that failed, ISO 8601. */
  readonly failed_at?: string | null;
  readonly status?: ConnectionStatus | null;
}

export interface ConnectionStatus {
  /** `incomplete`, `connected` or `broken`. */
  readonly setup_state?: string | null;
  /** `scheduled`, `syncing`, `paused` or `rescheduled`. */
  readonly sync_state?: string | null;
  /** `on_schedule` or `delayed`. */
  readonly update_state?: string | null;
  /** The sync at work, or the next one, reads everything anew. */
  readonly is_historical_sync?: boolean | null;
  /** When Fivetran means to go on with a rescheduled sync, ISO 8601. */
  readonly rescheduled_for?: string | null;
  /** What a person has to do, for example sign in anew. */
  readonly tasks?: readonly Notice[] | null;
  readonly warnings?: readonly Notice[] | null;
}

export interface Notice {
  readonly code?: string | null;
  readonly message?: string | null;
}

export interface Webhook {
  readonly id: string;
  readonly type: "account" | "group";
  readonly group_id?: string | null;
  readonly url: string;
  readonly events: readonly string[];
  readonly active: boolean;
}

/** What a webhook is created with, or changed to. */
export interface WebhookSettings {
  readonly url: string;
  readonly events: readonly string[];
  readonly active: boolean;
  /** Signs every payload. */
  readonly secret: string;
}

/** How Fivetran's test event fared. */
export interface WebhookTest {
  readonly succeed: boolean;
  /** HTTP status that the endpoint answered. */
  readonly status: number;
  readonly message?: string | null;
}

/** The API key and its secret. */
export interface ApiCredentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

import { randomUUID } from "node:crypto";
import { causesOf } from "../setup/causes";
import type { LocalConnection } from "./connection";
import type { Outcome, WebhookPayload } from "./types";
import type { Webhooks } from "./webhooks";

export interface SyncInfo {
  readonly connectionId: string;
  readonly groupId: string;
  readonly syncId: string;
  readonly historical: boolean;
}

export interface SyncRunnerOptions {
  /** Milliseconds of a sync whose connection doesn't say. */
  readonly syncMs: number;
  /** What a sync does, landing rows for example. One that throws makes the sync a FAILURE. */
  readonly onSync?: (sync: SyncInfo) => Promise<void>;
}

/** Runs syncs, and sends the webhooks of their start and end. */
export class Syncs {
  private readonly timers = new Map<NodeJS.Timeout, string>();
  private readonly atWork = new Set<Promise<void>>();

  constructor(
    private readonly webhooks: Webhooks,
    private readonly options: SyncRunnerOptions,
  ) {}

  /** Nothing is started, ended or sent any more. */
  async stop(): Promise<void> {
    for (const timer of this.timers.keys()) clearTimeout(timer);
    this.timers.clear();
    this.webhooks.stop();
    await Promise.allSettled(this.atWork);
  }

  /** Starts a sync; returns at once, but for a connection whose webhook comes early. */
  async start(connection: LocalConnection): Promise<void> {
    const outcome = connection.nextOutcome();
    const syncId = randomUUID();
    connection.syncId = syncId;
    connection.rescheduledFor = undefined;
    this.background(this.webhooks.send(payloadOf(connection, "sync_start", syncId), connection.groupId));
    if (outcome.status === "HANGING") return;
    const { webhook = "once", syncMs = this.options.syncMs } = connection.behaviour;
    if (webhook === "early") await this.end(connection, syncId, outcome);
    else this.later(syncMs, connection.id, () => this.end(connection, syncId, outcome));
  }

  /** Stops the sync at work, as a forced sync does. */
  cancel(connection: LocalConnection): void {
    for (const [timer, id] of this.timers) {
      if (id !== connection.id) continue;
      clearTimeout(timer);
      this.timers.delete(timer);
    }
    connection.syncId = undefined;
  }

  /** A rescheduled sync of a connection that Fivetran schedules goes on by itself. */
  resume(connection: LocalConnection): void {
    const at = connection.rescheduledFor;
    if (at === undefined || connection.scheduleType === "manual") return;
    this.later(Math.max(0, at.getTime() - Date.now()), connection.id, async () => {
      if (connection.rescheduledFor === at && !connection.paused) await this.start(connection);
    });
  }

  private async end(connection: LocalConnection, syncId: string, planned: Outcome): Promise<void> {
    if (connection.syncId !== syncId) return;
    const outcome = await this.work(connection, syncId, planned);
    connection.end(outcome);
    this.resume(connection);
    const { webhook = "once", webhookDelayMs = 1_000 } = connection.behaviour;
    const payload = payloadOf(connection, "sync_end", syncId, dataOf(outcome, connection));
    const send = () => this.send(connection, payload);
    if (webhook === "late") this.later(webhookDelayMs, `late ${syncId}`, send);
    else if (webhook === "early") await send();
    else this.background(send());
  }

  private async work(connection: LocalConnection, syncId: string, planned: Outcome): Promise<Outcome> {
    if (planned.status !== "SUCCESSFUL" || !this.options.onSync) return planned;
    const { id: connectionId, groupId, historical } = connection;
    try {
      await this.options.onSync({ connectionId, groupId, syncId, historical });
      return planned;
    } catch (error) {
      return { status: "FAILURE", reason: causesOf(error) };
    }
  }

  private async send(connection: LocalConnection, payload: WebhookPayload): Promise<void> {
    const { webhook = "once" } = connection.behaviour;
    if (webhook === "none") return;
    const said = webhook === "otherGroup" ? { ...payload, destination_group_id: "another_group" } : payload;
    await this.webhooks.send(said, connection.groupId, webhook === "forged");
    if (webhook === "twice") await this.webhooks.send(said, connection.groupId);
  }

  private later(milliseconds: number, key: string, work: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.background(work());
    }, milliseconds);
    this.timers.set(timer, key);
  }

  private background(work: Promise<void>): void {
    const tracked = work.finally(() => this.atWork.delete(tracked));
    this.atWork.add(tracked);
  }
}

function payloadOf(
  { id, service, schema, groupId }: LocalConnection,
  event: string,
  sync_id: string,
  data?: Readonly<Record<string, string>>,
): WebhookPayload {
  return {
    event,
    created: new Date().toISOString(),
    connector_type: service,
    connector_id: id,
    connector_name: schema,
    sync_id,
    destination_group_id: groupId,
    ...(data ? { data } : {}),
  };
}

function dataOf(outcome: Outcome, { rescheduledFor }: LocalConnection): Readonly<Record<string, string>> {
  const { status } = outcome;
  if (status === "RESCHEDULED") {
    const until = rescheduledFor?.toISOString() ?? "";
    return {
      status,
      reason: "The source's request limit is used up",
      ...(outcome.told ? { rescheduled_for: until } : {}),
    };
  }
  return "reason" in outcome && outcome.reason !== undefined ? { status, reason: outcome.reason } : { status };
}

import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiProblem } from "./problem";
import type { Delivery, WebhookPayload } from "./types";

interface Hook {
  readonly id: string;
  readonly type: "account" | "group";
  readonly group_id?: string;
  readonly created_at: string;
  readonly created_by: string;
  url: string;
  events: readonly string[];
  active: boolean;
  secret?: string;
}

interface HookSettings {
  readonly url?: unknown;
  readonly events?: unknown;
  readonly active?: unknown;
  readonly secret?: unknown;
}

export interface WebhookOptions {
  /** Pause before the first repetition of a delivery that wasn't answered by 2xx; the second waits twice as long, … */
  readonly retryMs: number;
  readonly attempts: number;
}

/** Fivetran documents no time-out of a delivery; API Gateway answers after 30 s at the latest. */
const ANSWER_MS = 31_000;

const known = ["sync_start", "sync_end", "dbt_run_start", "dbt_run_succeeded", "dbt_run_failed"];

/** Webhooks and their deliveries, signed with HMAC-SHA-256 of the body. */
export class Webhooks {
  readonly deliveries: Delivery[] = [];
  private readonly hooks = new Map<string, Hook>();
  private readonly ended = new AbortController();

  constructor(private readonly options: WebhookOptions) {}

  /** Ends repetitions that wait. */
  stop(): void {
    this.ended.abort();
  }

  list(): object[] {
    return [...this.hooks.values()].map(told);
  }

  get(id: string): object {
    return told(this.hook(id));
  }

  delete(id: string): void {
    this.hook(id);
    this.hooks.delete(id);
  }

  /** As Fivetran does it: an active webhook whose address doesn't answer a test event is refused. */
  async create(settings: HookSettings, groupId?: string): Promise<object> {
    const scope = groupId === undefined ? { type: "account" as const } : { type: "group" as const, group_id: groupId };
    const hook: Hook = {
      id: `webhook_${randomUUID().slice(0, 8)}`,
      ...scope,
      created_at: new Date().toISOString(),
      created_by: "local_user",
      ...checked(settings, { active: true }),
    };
    if (hook.active) await this.probe(hook, "test_event");
    this.hooks.set(hook.id, hook);
    return told(hook);
  }

  async update(id: string, settings: HookSettings): Promise<object> {
    const hook = this.hook(id);
    const changed = { ...hook, ...checked(settings, hook) };
    if (changed.active && (!hook.active || changed.url !== hook.url)) await this.probe(changed, "test_event");
    this.hooks.set(id, changed);
    return told(changed);
  }

  async test(id: string, event: string): Promise<object> {
    const status = await this.post(this.hook(id), testPayload(event));
    const succeed = status !== undefined && status < 300;
    return { succeed, status: status ?? 0, message: succeed ? "OK" : "The endpoint didn't answer with 2xx" };
  }

  /** Sends an event to whoever subscribed to it, with repetitions; ends with the last of them. */
  async send(payload: WebhookPayload, groupId: string, forged = false): Promise<void> {
    const hooks = [...this.hooks.values()].filter(
      ({ active, events, type, group_id }) =>
        active && events.includes(payload.event) && (type === "account" || group_id === groupId),
    );
    await Promise.all(
      hooks.map((hook) => this.deliver(forged ? { ...hook, secret: "another secret" } : hook, payload)),
    );
  }

  private async deliver(hook: Hook, payload: WebhookPayload): Promise<void> {
    let status: number | undefined;
    let attempts = 0;
    while (attempts < this.options.attempts && !(status !== undefined && status < 300)) {
      if (attempts > 0) {
        const pause = this.options.retryMs * attempts;
        await sleep(pause, undefined, { signal: this.ended.signal, ref: false }).catch(() => undefined);
      }
      if (this.ended.signal.aborted) break;
      status = await this.post(hook, payload);
      attempts += 1;
    }
    this.deliveries.push({ webhookId: hook.id, payload, status, attempts });
  }

  private async probe(hook: Hook, event: string): Promise<void> {
    const status = await this.post(hook, testPayload(event));
    if (status === undefined || status >= 300) {
      throw new ApiProblem(400, "InvalidInput", `The webhook's URL answered ${status ?? "nothing"} to a test event`);
    }
  }

  /** @returns the HTTP status; undefined: no answer */
  private async post({ url, secret }: Hook, payload: WebhookPayload): Promise<number | undefined> {
    const body = JSON.stringify(payload);
    const signature = secret === undefined ? undefined : createHmac("sha256", secret).update(body).digest("hex");
    try {
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          ...(signature === undefined ? {} : { "x-fivetran-signature-256": signature.toUpperCase() }),
        },
        signal: AbortSignal.any([this.ended.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      // No answer is an outcome of a delivery: told by its record, and tried again.
      return undefined;
    }
  }

  private hook(id: string): Hook {
    const hook = this.hooks.get(id);
    if (!hook) throw new ApiProblem(404, "NotFound_Webhook", `Cannot find webhook with id '${id}'`);
    return hook;
  }
}

function told({ secret, ...hook }: Hook): object {
  return { ...hook, ...(secret === undefined ? {} : { secret: "******" }) };
}

function checked(
  settings: HookSettings,
  before: { url?: string; events?: readonly string[]; active: boolean; secret?: string },
) {
  const { url = before.url, events = before.events, active = before.active, secret = before.secret } = settings;
  if (typeof url !== "string" || !/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url)) {
    throw new ApiProblem(400, "InvalidInput", "url has to be an HTTPS address");
  }
  if (!Array.isArray(events) || events.length === 0 || !events.every((event) => known.includes(event))) {
    throw new ApiProblem(400, "InvalidInput", `events has to name some of ${known.join(", ")}`);
  }
  if (typeof active !== "boolean" || (secret !== undefined && typeof secret !== "string")) {
    throw new ApiProblem(400, "InvalidInput", "active is true or false, secret a text");
  }
  return { url, events: events as readonly string[], active, ...(secret === undefined ? {} : { secret }) };
}

function testPayload(event: string): WebhookPayload {
  return {
    event,
    created: new Date().toISOString(),
    connector_type: "_connector_type",
    connector_id: "_connector_1",
    destination_group_id: "_destination_1",
  };
}

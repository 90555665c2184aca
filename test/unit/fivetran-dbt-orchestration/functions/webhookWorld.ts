import type { Wait } from "../../../../functions/fivetran-dbt-orchestration/waits/waits";
import type { WebhookPorts } from "../../../../functions/fivetran-dbt-orchestration/webhook/ports";
import {
  SIGNATURE_HEADER,
  signatureOf,
  type WebhookRequest,
} from "../../../../functions/fivetran-dbt-orchestration/webhook/signature";
import { handleWebhook } from "../../../../functions/fivetran-dbt-orchestration/webhook/webhook";
import { Clock, Counts, EXECUTION, FakeLog, FakeTasks, NOW } from "./fakes";
import { memoryWaits } from "./memoryTable";

export const SECRET = "the-webhook-secret";
/** A minute after the waits of these tests were stored, and 30 s before the clock of these tests. */
export const CREATED = "2026-03-04T05:05:37.000Z";
export const STORED = "2026-03-04T05:04:37.000Z";

/** A payload as Fivetran sends it. */
export function payload(given: object = {}, data: object = {}): object {
  return {
    event: "sync_end",
    created: CREATED,
    connector_type: "salesforce",
    connector_id: "purr_rich",
    connector_name: "crm",
    sync_id: "b4703f73-6315-4e22-8d7a-3bfb18b2fed2",
    destination_group_id: "group",
    ...given,
    data: { status: "SUCCESSFUL", ...data },
  };
}

export function signed(body: object | string, secret = SECRET): WebhookRequest {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    headers: { [SIGNATURE_HEADER]: signatureOf(Buffer.from(text), secret) },
    body: text,
    isBase64Encoded: false,
  };
}

export interface Reply {
  readonly status: number;
  readonly effect?: string;
  readonly reason?: string;
  readonly completed?: number;
  readonly execution?: string;
  readonly error?: string;
}

/** The webhook with a table in memory; every token of `tokens` belongs to a task that waits. */
export function webhookWorld(
  options: {
    readonly tokens?: readonly string[];
    readonly startOn?: readonly string[];
    readonly secrets?: string[];
  } = {},
) {
  const { table, waits } = memoryWaits();
  const tasks = new FakeTasks(new Set(options.tokens ?? ["t1", "t2", "t3"]));
  const counts = new Counts();
  const log = new FakeLog();
  const clock = new Clock(Date.parse(NOW));
  const started: { readonly name: string; readonly input: object }[] = [];
  const [secret = SECRET, renewed = secret] = options.secrets ?? [];
  const ports: WebhookPorts = {
    secret: async (renew) => (renew ? renewed : secret),
    waits,
    tasks,
    executions: {
      start: async (name, input) => {
        if (started.some((each) => each.name === name)) return false;
        started.push({ name, input });
        return true;
      },
    },
    log,
    count: counts.count,
    now: clock.now,
    groupId: "group",
    startOn: new Set(options.startOn ?? []),
  };
  const send = async (request: WebhookRequest): Promise<Reply> => {
    const { statusCode, body } = await handleWebhook(request, ports);
    return { status: statusCode, ...(JSON.parse(body) as object) };
  };
  const store = (given: Partial<Wait> = {}) =>
    waits.store({
      connectionId: "purr_rich",
      execution: EXECUTION,
      token: "t1",
      askedAt: given.storedAt ?? STORED,
      storedAt: STORED,
      ...given,
    });
  return { send, store, table, waits, tasks, counts, log, clock, started, ports };
}

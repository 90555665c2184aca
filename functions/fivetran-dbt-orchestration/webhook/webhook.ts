import { completeWaits, completionOf } from "./complete";
import { executionName, type WebhookPorts } from "./ports";
import { bodyOf, isSigned, type WebhookRequest } from "./signature";
import { parseSyncEnd, type SyncEnd } from "./syncEnd";

/** What Fivetran is answered. Anything but 2xx makes it try again for 24 hours, then give the webhook up. */
export interface WebhookAnswer {
  readonly statusCode: 200 | 400 | 401;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Fivetran tries for 24 hours, so an older webhook isn't one of its deliveries. */
const MAX_AGE_MS = 25 * 60 * 60 * 1000;
/** A clock that far ahead is wrong. */
const MAX_AHEAD_MS = 15 * 60 * 1000;

/**
 * Deals with one request. 401: unsigned or forged. 400: signed, but not JSON. 200: everything else, most of it without
 * effect: test events, other events, groups and connections that nobody waits for, webhooks seen before or outdated.
 * Throws when AWS fails, so that Fivetran tries again.
 */
export async function handleWebhook(request: WebhookRequest, ports: WebhookPorts): Promise<WebhookAnswer> {
  if (!(await isGenuine(request, ports))) {
    ports.count({ WebhooksForged: 1 });
    ports.log.warn("Webhook refused: signature missing or wrong");
    return answer(401, { error: "signature missing or wrong" });
  }
  let payload: unknown;
  try {
    payload = JSON.parse(bodyOf(request).toString("utf8"));
  } catch {
    ports.log.warn("Webhook refused: signed, but not JSON");
    return answer(400, { error: "not JSON" });
  }
  const end = parseSyncEnd(payload);
  if (typeof end === "string") return ignored(end, {}, ports);
  const about = { connectionId: end.connectionId, syncId: end.syncId, status: end.status };
  const idle = reasonForNothing(end, ports);
  if (idle !== undefined) return ignored(idle, about, ports);
  const delivery = `${end.syncId}#${end.status}`;
  if (await ports.waits.sawWebhook(end.connectionId, delivery)) return ignored("dealt with before", about, ports);
  const completion = completionOf(end);
  if (completion === undefined) return ignored(`status ${end.status.slice(0, 100)}`, about, ports);

  const { completed, seenBefore, nobodys, later } = await completeWaits(end, completion, ports);
  const started = nobodys ? await startExecution(end, delivery, ports) : undefined;
  // After the tasks, so that a delivery that broke off is taken up again by the next one. Before the waits are removed:
  // a second delivery at the same time finds the waits or the note, and takes the sync for nobody's in neither case.
  await ports.waits.noteWebhook(end.connectionId, delivery, ports.now().toISOString());
  const settle = end.status === "RESCHEDULED" ? "reopen" : "remove";
  for (const wait of completed) await ports.waits[settle](wait);
  if (completed.length > 0) ports.count({ WaitsCompleted: completed.length });
  if (completed.length === 0 && started === undefined) {
    const reason = seenBefore ? "its end was seen before" : "nobody waits";
    return ignored(later > 0 ? "older than every wait" : reason, about, ports);
  }
  const effect = started === undefined ? "completed" : "started";
  return answer(200, { effect, completed: completed.length, ...started });
}

/** A signature that doesn't fit is checked again with the secret's current value, which may have been rotated. */
async function isGenuine(request: WebhookRequest, { secret }: WebhookPorts): Promise<boolean> {
  return isSigned(request, await secret(false)) || isSigned(request, await secret(true));
}

function reasonForNothing({ groupId, created }: SyncEnd, ports: WebhookPorts): string | undefined {
  const now = ports.now().getTime();
  if (groupId !== undefined && groupId !== ports.groupId) return "another group";
  if (created < now - MAX_AGE_MS) return "older than Fivetran would send it";
  if (created > now + MAX_AHEAD_MS) return "from the future";
  return undefined;
}

/**
 * Where the connection is to start executions, and no execution has waited for the sync: Fivetran's schedule or a person
 * has started it. Without the second rule, an execution's syncs would start the next one for ever.
 */
async function startExecution(
  end: SyncEnd,
  delivery: string,
  ports: WebhookPorts,
): Promise<{ execution: string } | undefined> {
  const { connectionId, syncId } = end;
  if (end.status !== "SUCCESSFUL" || !ports.startOn.has(connectionId)) return undefined;
  if (await ports.waits.sawWebhook(connectionId, delivery)) return undefined;
  const execution = executionName(end);
  const isNew = await ports.executions.start(execution, {
    started_by: { connection_id: connectionId, sync_id: syncId, created: new Date(end.created).toISOString() },
  });
  if (isNew) ports.count({ ExecutionsStarted: 1 });
  ports.log.info(isNew ? "Execution started" : "Execution was started before", { connectionId, syncId, execution });
  return { execution };
}

function ignored(reason: string, about: Readonly<Record<string, string>>, ports: WebhookPorts): WebhookAnswer {
  ports.count({ WebhooksIgnored: 1 });
  ports.log.info("Webhook without effect", { reason, ...about });
  return answer(200, { effect: "none", reason });
}

function answer(statusCode: WebhookAnswer["statusCode"], body: Readonly<Record<string, unknown>>): WebhookAnswer {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

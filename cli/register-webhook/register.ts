import type { FivetranClient } from "../../functions/shared/fivetran/client";
import type { Webhook } from "../../functions/shared/fivetran/types";

/** The one event that the webhook deals with. */
export const EVENT = "sync_end";

export interface RegisterPorts {
  readonly fivetran: Pick<FivetranClient, "listWebhooks" | "createWebhook" | "updateWebhook" | "testWebhook">;
  readonly print: (line: string) => void;
}

export interface RegisterRequest {
  readonly url: string;
  /** Undefined: for the whole account. */
  readonly groupId?: string;
  /**
   * Gives what signs the payloads, once Fivetran has answered. Fivetran never shows it again, so it is always set anew.
   * Undefined only in a dry run.
   */
  readonly secret: () => Promise<string | undefined>;
  readonly dryRun: boolean;
}

/** @returns whether the webhook is there and has taken the test event; with `dryRun` true */
export async function register(request: RegisterRequest, { fivetran, print }: RegisterPorts): Promise<boolean> {
  const { url, groupId, dryRun } = request;
  const scope = groupId === undefined ? "the account" : `group ${groupId}`;
  const same = await webhooksFor(fivetran, url, groupId);
  const [present, ...others] = same;
  for (const { id } of others) {
    print(`Webhook ${id} has the same address and is not needed: the orchestration sees each event once more.`);
  }
  const secret = await request.secret();
  if (dryRun || secret === undefined) {
    print(
      present === undefined ? `Would create a webhook for ${scope}: ${url}` : `Would change webhook ${present.id}.`,
    );
    return true;
  }
  // Fivetran sends a test event here as well, and refuses when the address doesn't take it.
  const settings = { url, events: [EVENT], active: true, secret };
  const { id } =
    present === undefined
      ? await fivetran.createWebhook(groupId, settings)
      : await fivetran.updateWebhook(present.id, settings);
  print(`Webhook ${id} for ${scope} ${present === undefined ? "created" : "changed"}: ${url}`);
  const test = await fivetran.testWebhook(id, EVENT);
  if (test.succeed) {
    print("Fivetran's test event was taken.");
  } else {
    const message = test.message ? ` (${test.message})` : "";
    print(
      `Fivetran's test event was answered with ${test.status}${message}. 401: the secret isn't the one that the ` +
        "function reads; else see the function's log.",
    );
  }
  return test.succeed;
}

export interface RemovePorts {
  readonly fivetran: Pick<FivetranClient, "listWebhooks" | "deleteWebhook">;
  readonly print: (line: string) => void;
}

/** Removes every webhook for the address, so that Fivetran doesn't go on calling what is no longer there. */
export async function remove(
  { url, groupId, dryRun }: Omit<RegisterRequest, "secret">,
  { fivetran, print }: RemovePorts,
): Promise<void> {
  const same = await webhooksFor(fivetran, url, groupId);
  if (same.length === 0) print(`There is no webhook for ${url}.`);
  for (const { id } of same) {
    if (!dryRun) await fivetran.deleteWebhook(id);
    print(dryRun ? `Would remove webhook ${id}.` : `Webhook ${id} removed: ${url}`);
  }
}

async function webhooksFor(
  fivetran: Pick<FivetranClient, "listWebhooks">,
  url: string,
  groupId: string | undefined,
): Promise<Webhook[]> {
  const same: Webhook[] = [];
  for await (const webhook of fivetran.listWebhooks()) if (isFor(webhook, url, groupId)) same.push(webhook);
  return same;
}

function isFor(webhook: Webhook, url: string, groupId: string | undefined): boolean {
  if (webhook.url !== url) return false;
  return groupId === undefined ? webhook.type === "account" : webhook.type === "group" && webhook.group_id === groupId;
}

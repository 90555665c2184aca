import type { Log } from "../../shared/log";
import type { OrchestrationCounts } from "../../shared/metrics";
import type { Tasks } from "../waits/tasks";
import type { WaitTable } from "../waits/waits";

/** What the webhook needs of the world. */
export interface WebhookPorts {
  /** @param renew the one given before didn't fit; it may have been rotated */
  readonly secret: (renew: boolean) => Promise<string>;
  readonly waits: Pick<WaitTable, "waitsFor" | "take" | "reopen" | "remove" | "noteWebhook" | "sawWebhook">;
  readonly tasks: Tasks;
  readonly executions: Executions;
  readonly log: Pick<Log, "info" | "warn">;
  readonly count: (counts: OrchestrationCounts) => void;
  readonly now: () => Date;
  readonly groupId: string;
  /** Connections whose syncs start an execution. */
  readonly startOn: ReadonlySet<string>;
}

export interface Executions {
  /** @returns false when an execution of that name was started before */
  start(name: string, input: Readonly<Record<string, unknown>>): Promise<boolean>;
}

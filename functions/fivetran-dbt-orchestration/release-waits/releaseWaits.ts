import { Input } from "../../shared/input";
import type { Log } from "../../shared/log";
import type { OrchestrationCounts } from "../../shared/metrics";
import type { WaitTable } from "../waits/waits";

export interface ReleasePorts {
  readonly waits: Pick<WaitTable, "release">;
  readonly log: Pick<Log, "info">;
  readonly count: (counts: OrchestrationCounts) => void;
}

export interface Released {
  readonly execution: string;
  readonly waits: number;
  readonly lock: boolean;
}

/**
 * The ARN of the execution that is over: `{"execution": …}`, or EventBridge's "Step Functions Execution Status Change".
 * Undefined: an event of an execution that is at work, whose waits are not to be touched.
 * @throws InputError
 */
export function executionOver(event: unknown): string | undefined {
  const input = new Input(event);
  if (input.has("execution")) return input.text("execution");
  const detail = new Input((event as { readonly detail?: unknown }).detail);
  return AT_WORK.has(detail.text("status")) ? undefined : detail.text("executionArn");
}

const AT_WORK: ReadonlySet<string> = new Set(["RUNNING", "PENDING_REDRIVE"]);

/** Removes the tokens and the run lock that an execution has left behind. Again does no harm. */
export async function releaseWaits(event: unknown, ports: ReleasePorts): Promise<Released | undefined> {
  const execution = executionOver(event);
  if (execution === undefined) return undefined;
  const { waits, lock } = await ports.waits.release(execution);
  if (waits > 0) ports.count({ WaitsReleased: waits });
  ports.log.info("Released", { execution, waits, lock });
  return { execution, waits, lock };
}

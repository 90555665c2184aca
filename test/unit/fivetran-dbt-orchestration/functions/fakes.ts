import type { TaskCause, Tasks } from "../../../../functions/fivetran-dbt-orchestration/waits/tasks";
import type { Connection } from "../../../../functions/shared/fivetran/types";
import type { OrchestrationCounts } from "../../../../functions/shared/metrics";

export const NOW = "2026-03-04T05:06:07.000Z";
export const EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:pipeline:run-1";
export const OTHER_EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:pipeline:run-2";

/** A clock that stands still unless it is set. */
export class Clock {
  constructor(private time = Date.parse(NOW)) {}

  readonly now = (): Date => new Date(this.time);

  advance(ms: number): void {
    this.time += ms;
  }
}

/** Tasks by their tokens; one that isn't waiting is over, as for Step Functions. */
export class FakeTasks implements Tasks {
  readonly ended = new Map<string, { readonly output?: unknown; readonly error?: string; readonly cause?: unknown }>();
  /** Thrown instead of the next answer. */
  fault: Error | undefined;

  constructor(private readonly waiting: ReadonlySet<string>) {}

  async succeed(token: string, output: Readonly<Record<string, unknown>>): Promise<boolean> {
    return this.end(token, { output });
  }

  async fail(token: string, error: string, cause: TaskCause): Promise<boolean> {
    return this.end(token, { error, cause });
  }

  private end(token: string, how: object): boolean {
    const fault = this.fault;
    this.fault = undefined;
    if (fault !== undefined) throw fault;
    if (!this.waiting.has(token) || this.ended.has(token)) return false;
    // As it travels: members without a value are gone.
    this.ended.set(token, JSON.parse(JSON.stringify(how)) as object);
    return true;
  }
}

/** Adds counts up. */
export class Counts {
  readonly totals: Record<string, number> = {};

  readonly count = (counts: OrchestrationCounts): void => {
    for (const [name, value] of Object.entries(counts)) this.totals[name] = (this.totals[name] ?? 0) + value;
  };
}

/** Keeps what is logged, to show what isn't. */
export class FakeLog {
  readonly lines: string[] = [];

  readonly info = (...line: readonly unknown[]): void => {
    this.lines.push(JSON.stringify(line));
  };
  readonly warn = this.info;
}

/** A connection that is set up, not paused, and not syncing. */
export function connection(given: Partial<Connection> = {}, status: Partial<Connection["status"]> = {}): Connection {
  return {
    id: "purr_rich",
    group_id: "group",
    service: "salesforce",
    schema: "crm",
    paused: false,
    schedule_type: "auto",
    succeeded_at: "2026-03-03T00:00:00.000Z",
    failed_at: null,
    ...given,
    status: {
      setup_state: "connected",
      sync_state: "scheduled",
      update_state: "on_schedule",
      is_historical_sync: false,
      rescheduled_for: null,
      tasks: [],
      warnings: [],
      ...status,
    },
  };
}

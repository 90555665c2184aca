/** The runs of the stack's state machines, as Step Functions tells them. */
import {
  type ExecutionListItem,
  type HistoryEvent,
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
} from "@aws-sdk/client-sfn";
import type { RootClients } from "./clients";

export interface ExecutionReport {
  readonly machine: string;
  readonly name: string;
  /** For example SUCCEEDED. */
  readonly status: string;
  /** ISO 8601. */
  readonly start: string;
  /** Undefined: it still runs. */
  readonly seconds?: number;
  /** In the order in which they were first entered. */
  readonly states: readonly StateReport[];
}

export interface StateReport {
  readonly name: string;
  /** For example Task. */
  readonly kind: string;
  /** A state inside a Map has one for each item. */
  readonly spans: readonly Span[];
}

/** Seconds since the execution's start. */
export interface Span {
  readonly from: number;
  /** Undefined: the state wasn't left; what it did failed, was stopped or still goes on. */
  readonly to?: number;
}

/** @param prefix what the names of the stack's state machines begin with */
export async function readExecutions({ stepFunctions }: RootClients, prefix: string): Promise<ExecutionReport[]> {
  const client = stepFunctions;
  const found: ExecutionReport[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    for (const { name = "", stateMachineArn } of stateMachines.filter((each) => each.name?.startsWith(prefix))) {
      for await (const { executions = [] } of paginateListExecutions({ client }, { stateMachineArn })) {
        for (const execution of executions) found.push(await readExecution({ stepFunctions }, name, execution));
      }
    }
  }
  return found.sort((a, b) => a.start.localeCompare(b.start));
}

async function readExecution(
  { stepFunctions }: Pick<RootClients, "stepFunctions">,
  machine: string,
  { executionArn, name = "", status, startDate = new Date(0), stopDate }: ExecutionListItem,
): Promise<ExecutionReport> {
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory(
    { client: stepFunctions, pageSize: 1_000 },
    { executionArn, includeExecutionData: false },
  );
  for await (const page of pages) events.push(...(page.events ?? []));
  return {
    machine,
    name,
    status: status ?? "UNKNOWN",
    start: startDate.toISOString(),
    seconds: stopDate && (stopDate.getTime() - startDate.getTime()) / 1_000,
    states: statesOf(events, startDate),
  };
}

/**
 * Entries and exits of each state. Items of a Map go through a state of one name side by side: the first that entered is
 * taken for the first that left, so that the spans together cover the right time, whichever item each is of.
 */
export function statesOf(events: readonly HistoryEvent[], start: Date): StateReport[] {
  const states = new Map<string, { kind: string; spans: { from: number; to?: number }[] }>();
  const secondsAt = ({ timestamp = start }: HistoryEvent) => (timestamp.getTime() - start.getTime()) / 1_000;
  for (const event of events) {
    const [, kind = "", what] = /^(\w+)State(Entered|Exited)$/.exec(event.type ?? "") ?? [];
    const name = (event.stateEnteredEventDetails ?? event.stateExitedEventDetails)?.name;
    if (what === undefined || name === undefined) continue;
    const state = states.get(name) ?? { kind, spans: [] };
    states.set(name, state);
    if (what === "Entered") {
      state.spans.push({ from: secondsAt(event) });
    } else {
      const open = state.spans.find(({ to }) => to === undefined);
      if (open) open.to = secondsAt(event);
    }
  }
  return [...states].map(([name, { kind, spans }]) => ({ name, kind, spans }));
}

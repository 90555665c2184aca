import type { Approval, VersionEntry } from "../../functions/export-delta-import/registry/entries";

export interface Answer {
  readonly approved: boolean;
  readonly by: string;
  readonly reason?: string;
}

export interface ApprovePorts {
  /** Answers the waiting import. @throws Error with AWS's name when nobody waits */
  readonly answer: (taskToken: string, output: string) => Promise<void>;
  readonly print: (line: string) => void;
}

/** What would happen, in lines. @throws Error when the version doesn't wait for an answer */
export function question(entry: VersionEntry): { readonly lines: readonly string[]; readonly approval: Approval } {
  const { version, status, approval, delta, reason } = entry;
  if (status !== "approval" || !approval?.taskToken || delta === undefined) {
    throw new Error(
      `Version ${version} doesn't wait for an answer: it is ${status}${reason === undefined ? "" : ` (${reason})`}.`,
    );
  }
  const { inserted, updated, deleted, unchanged } = delta.counts;
  const lines = [
    approval.reason,
    `Version ${version} after ${delta.from}: ${inserted} inserted, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged.`,
    ...approval.examples.map((example) => `  would go: ${example}`),
  ];
  return { lines, approval };
}

/** Lets a delta through, or refuses it. */
export async function approve(entry: VersionEntry, answer: Answer, { answer: send, print }: ApprovePorts) {
  const { lines, approval } = question(entry);
  for (const line of lines) print(line);
  try {
    await send(approval.taskToken, JSON.stringify(answer));
  } catch (error) {
    if (!/^(TaskTimedOut|TaskDoesNotExist|InvalidToken)/.test((error as Error).name)) throw error;
    throw new Error(`Nobody waits for the answer any more (${(error as Error).name}): the import has ended.`);
  }
  print(answer.approved ? "Approved: it is published now." : "Refused: nothing changes.");
}

import type { FileEntry, Ledger } from "../../functions/s3-to-dynamodb/ledger/ledger";
import { eventMessage, type ListedObject, type Planned, planReplay } from "./plan";

/** What replaying needs of the world. */
export interface ReplayPorts {
  readonly objects: () => AsyncIterable<ListedObject>;
  readonly ledger: Pick<Ledger, "listFiles" | "resetFile">;
  readonly send: (body: string) => Promise<void>;
  readonly print: (line: string) => void;
  readonly now: () => Date;
}

export interface ReplaySummary {
  readonly listed: number;
  readonly sent: number;
  readonly skipped: number;
  readonly failed: number;
}

/** Sends what is missing. An object that fails is reported and counted; the others are still sent. */
export async function replay(
  about: { readonly source: string; readonly bucket: string; readonly force: boolean; readonly dryRun: boolean },
  ports: ReplayPorts,
): Promise<ReplaySummary> {
  const entries = new Map<string, FileEntry>();
  for await (const entry of ports.ledger.listFiles(about.source)) entries.set(entry.uploadId, entry);
  const objects: ListedObject[] = [];
  for await (const object of ports.objects()) objects.push(object);
  const plan = planReplay({ ...about, now: ports.now() }, objects, entries);
  const due = plan.filter(({ action }) => action !== "skip");
  ports.print(`${plan.length} objects, ${entries.size} entries in the ledger, ${due.length} to send.`);
  let sent = 0;
  let failed = 0;
  for (const [index, planned] of due.entries()) {
    try {
      if (!about.dryRun) await sendOne(about, planned, ports);
      sent += 1;
      ports.print(`${index + 1}/${due.length} ${about.dryRun ? "would send" : "sent"} ${describe(planned)}`);
    } catch (error) {
      failed += 1;
      ports.print(`${index + 1}/${due.length} FAILED ${describe(planned)}: ${(error as Error).message}`);
    }
  }
  return { listed: plan.length, sent, skipped: plan.length - due.length, failed };
}

// Forgotten first: collect leaves alone what the ledger has as done. If sending then fails, the object is missing in
// the ledger, and the next replay sends it.
async function sendOne(
  { source, bucket }: { readonly source: string; readonly bucket: string },
  planned: Planned,
  ports: ReplayPorts,
): Promise<void> {
  if (planned.action === "resetAndSend") await ports.ledger.resetFile(source, planned.uploadId);
  await ports.send(eventMessage(bucket, planned));
}

function describe({ object, reason }: Planned): string {
  return `${object.key}${object.versionId === undefined ? "" : ` (version ${object.versionId})`}: ${reason}`;
}

import type { Ledger } from "../../functions/s3-to-dynamodb/ledger/ledger";
import { eventMessage, type ListedObject, type Planned, type ReplayOf, ReplayPlan, uploadIdOf } from "./plan";

/** What replaying needs of the world. */
export interface ReplayPorts {
  readonly objects: () => AsyncIterable<ListedObject>;
  readonly ledger: Pick<Ledger, "getFiles" | "restart">;
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

/** Objects that are compared with the ledger at once: memory is that of one page, however many there are. */
const PAGE = 100;

/** Sends what is missing. An object that fails is reported and counted; the others are still sent. */
export async function replay(
  about: ReplayOf & { readonly dryRun: boolean },
  ports: ReplayPorts,
): Promise<ReplaySummary> {
  const plan = new ReplayPlan(about);
  let [listed, sent, skipped, failed] = [0, 0, 0, 0];
  for await (const objects of pages(ports.objects())) {
    const entries = await ports.ledger.getFiles(
      about.source,
      objects.map((object) => uploadIdOf(about, object)),
    );
    for (const planned of plan.page(objects, entries, ports.now())) {
      listed++;
      if (planned.action === "skip") {
        skipped++;
        continue;
      }
      try {
        if (!about.dryRun) await sendOne(about, planned, ports);
        sent++;
        ports.print(`${about.dryRun ? "would send" : "sent"} ${describe(planned)}`);
      } catch (error) {
        failed++;
        ports.print(`FAILED ${describe(planned)}: ${(error as Error).message}`);
      }
    }
  }
  return { listed, sent, skipped, failed };
}

async function* pages(objects: AsyncIterable<ListedObject>): AsyncGenerator<ListedObject[]> {
  let page: ListedObject[] = [];
  for await (const object of objects) {
    if (page.push(object) < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

// The entry goes first: collect leaves alone what the ledger has as done. If sending then fails, the entry stays
// unfinished, and a later replay sends it.
async function sendOne({ bucket }: ReplayOf, planned: Planned, { ledger, send }: ReplayPorts): Promise<void> {
  if (planned.action === "restartAndSend" && planned.entry !== undefined) await ledger.restart(planned.entry);
  await send(eventMessage(bucket, planned));
}

function describe({ object, reason }: Planned): string {
  return `${object.key}${object.versionId === undefined ? "" : ` (version ${object.versionId})`}: ${reason}`;
}

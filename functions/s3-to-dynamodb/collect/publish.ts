import { type FileEntry, Overtaken, type StagedRun, uploadOf } from "../ledger/ledger";
import type { LoadMessage } from "../shared/contract";
import type { Deadline } from "../shared/deadline";
import { digits, landingKey, partName, quarantineKey, stagingKey } from "../shared/upload";
import type { CollectPorts } from "./ports";

/** Objects that are copied at once, and then entered into the ledger. */
const AT_ONCE = 64;

/** The name of a staged object with quarantined records. */
export function collectQuarantineName(number: number): string {
  return `collect-${digits(number)}`;
}

/** Each object of a file that has landed: where it was staged, and where it is to be seen. */
export function stagedObjects(entry: FileEntry): { readonly from: string; readonly to: string }[] {
  const of = { upload: uploadOf(entry), attempt: entry.attempt };
  let [part, quarantined] = [0, 0];
  return (JSON.parse(entry.staged ?? "[]") as StagedRun[]).flatMap((each) => {
    const parts = Array.from({ length: each.parts }, () => {
      const number = ++part;
      return { from: stagingKey(of, each.run, partName(number)), to: landingKey(of, number) };
    });
    const records = Array.from({ length: each.quarantined }, () => {
      const name = collectQuarantineName(++quarantined);
      return { from: stagingKey(of, each.run, `${name}.ndjson`), to: quarantineKey(of, name) };
    });
    return [...parts, ...records];
  });
}

/**
 * Copies what was staged of a file that has landed to where its readers see it. Whoever does it comes to the same end,
 * and only what the ledger has as published is removed from its first place.
 * @returns false when the time is up before the end
 */
export async function publish(
  landed: FileEntry,
  { sink, ledger }: Pick<CollectPorts, "sink" | "ledger">,
  deadline: Deadline,
): Promise<boolean> {
  let entry = landed;
  const objects = stagedObjects(entry);
  while (entry.published < objects.length) {
    const batch = objects.slice(entry.published, entry.published + AT_ONCE);
    try {
      await Promise.all(batch.map(({ from, to }) => sink.copy(from, to)));
    } catch (error) {
      const now = await ledger.getFile(entry.source, entry.uploadId);
      // Another invocation has published them meanwhile.
      if (now?.attempt !== entry.attempt || now.published <= entry.published) throw error;
      entry = now;
      continue;
    }
    const now = await ledger.published(entry, entry.published + batch.length);
    if (now.attempt !== entry.attempt) throw new Overtaken(now);
    entry = now;
    await sink.discard(batch.map(({ from }) => from));
    if (entry.published < objects.length && deadline.near()) return false;
  }
  return true;
}

/** The messages that tell the load function of a file's parts. */
export function loadMessages(entry: FileEntry): LoadMessage[] {
  const of = { upload: uploadOf(entry), attempt: entry.attempt };
  const lines = (entry.partRecords ?? "").split(",").filter((each) => each !== "");
  return lines.map((records, index) => ({
    ...of,
    part: index + 1,
    landingKey: landingKey(of, index + 1),
    records: Number(records),
  }));
}

import { isDeepStrictEqual } from "node:util";
import { readFileItem } from "../../../../functions/s3-to-dynamodb/ledger/items";
import type { FileEntry } from "../../../../functions/s3-to-dynamodb/ledger/ledger";
import type { UploadRecord } from "../../../../functions/s3-to-dynamodb/shared/contract";
import { uploadOrder } from "../../../../functions/s3-to-dynamodb/shared/upload";
import { contentOf, LIMITS, type World } from "./world";

interface Row {
  readonly record: number;
  readonly id: string;
  readonly v: string;
}

/** What a file's records are, worked out apart from the code under test. */
function rowsOf(content: number): { readonly rows: Row[]; readonly collectQuarantined: number } {
  const lines = contentOf(content).trimEnd().split("\n").slice(1);
  const rows = lines.flatMap((line, index) => {
    const [id, v] = line.split(",");
    return id === undefined || v === undefined ? [] : [{ record: index + 1, id, v }];
  });
  return { rows, collectQuarantined: lines.length - rows.length };
}

/** What is wrong with a world that has come to rest; empty when it is as the sequential run leaves it. */
export function problems(world: World): string[] {
  const found = [...world.simulation.violations];
  const entries = new Map(
    world.ledgerTable.items.filter((item) => item.kind?.S === "file").map((item) => [item.sk?.S, readFileItem(item)]),
  );
  const uploads = world.bucket.written.map((written, index) => {
    const upload = world.recordOf(written);
    const content = world.scenario.uploads[index]?.content as number;
    return { written, upload, content, entry: entries.get(upload.uploadId) };
  });
  for (const { written, upload, content, entry } of uploads) {
    const name = `${written.key} of ${upload.time} (${upload.uploadId})`;
    const say = (problem: string): void => void found.push(`${name}: ${problem}`);
    const status = entry?.status;
    const refused = Buffer.byteLength(contentOf(content)) > LIMITS.maxUnpackedBytes;
    if (status === undefined) {
      if (!written.gone) say("isn't in the ledger");
    } else if (!written.gone && status !== (refused ? "quarantined" : "loaded")) {
      say(`is ${status} in the end (${entry?.reason ?? "no reason"})`);
    } else if (status === "collecting" || status === "landed") {
      say(`is still ${status}`);
    }
    if (status === "loaded") {
      const { rows, collectQuarantined } = rowsOf(content);
      const loaded = world.scenario.keyed ? rows.filter(({ id }) => id !== "").length : rows.length;
      checkCounts(entry as FileEntry, rows.length, collectQuarantined, loaded, say);
      const told = world.lines(`quarantine/orders/${upload.uploadId}/`, entry?.attempt);
      if (told.length !== collectQuarantined + rows.length - loaded) say(`${told.length} records in the quarantine`);
      if (told.some(({ record }) => record === 0)) say("a false quarantine: the file is loaded");
    }
    const landed = world.lines("landing/", entry?.attempt).filter(({ _upload }) => _upload === upload.uploadId).length;
    if (status === "quarantined" && landed > 0) say("quarantined, but parts of it are to be seen");
    const told = world.lines(`quarantine/orders/${upload.uploadId}/`, entry?.attempt);
    if (status === "quarantined" && !told.some(({ record }) => record === 0)) {
      say("quarantined, but the quarantine doesn't say why");
    }
    if (status === "loaded" && landed !== entry?.landed) say(`${landed} landed records are to be seen`);
  }
  found.push(...tableProblems(world, uploads));
  return found;
}

interface Outcome {
  readonly upload: UploadRecord;
  readonly content: number;
  readonly entry?: FileEntry;
}

/** Where the table isn't the one of the sequential run over the uploads that are loaded. */
function tableProblems(world: World, uploads: readonly Outcome[]): string[] {
  const { keyed } = world.scenario;
  const inOrder = [...uploads].sort((a, b) => (uploadOrder(a.upload) < uploadOrder(b.upload) ? -1 : 1));
  const itemsOf = (kind: (entry: FileEntry) => boolean): [string, string][] =>
    inOrder.flatMap(({ upload: { uploadId }, content, entry }) => {
      if (entry === undefined || !kind(entry)) return [];
      return rowsOf(content).rows.flatMap(({ record, id, v }): [string, string][] => {
        if (keyed && id === "") return [];
        return [[keyed ? id : `${uploadId}#${String(record).padStart(10, "0")}`, `${uploadId} ${record} ${v}`]];
      });
    });
  const expected = new Map(itemsOf(({ status }) => status === "loaded"));
  // An attempt by force whose object is gone: what the attempts before have written stays.
  const possible = itemsOf(({ status, attempt }) => status === "quarantined" && attempt > 1);
  const actual = new Map(
    world.table.items.map((item) => [item.sk?.S as string, `${item._upload?.S} ${item._record?.N} ${item.v?.S}`]),
  );
  const keys = new Set([...expected.keys(), ...actual.keys()]);
  return [...keys]
    .filter((key) => expected.get(key) !== actual.get(key))
    .filter((key) => !possible.some(([of, item]) => of === key && item === actual.get(key)))
    .map(
      (key) => `the table has ${actual.get(key) ?? "nothing"} at ${key}, expected ${expected.get(key) ?? "nothing"}`,
    );
}

function checkCounts(
  entry: FileEntry,
  landed: number,
  collectQuarantined: number,
  loaded: number,
  say: (problem: string) => void,
): void {
  const counts = {
    read: entry.read,
    landed: entry.landed,
    collectQuarantined: entry.collectQuarantined,
    loaded: entry.loaded,
    loadQuarantined: entry.loadQuarantined,
    parts: entry.loadedParts,
  };
  const expected = {
    read: landed + collectQuarantined,
    landed,
    collectQuarantined,
    loaded,
    loadQuarantined: landed - loaded,
    parts: entry.parts,
  };
  if (!isDeepStrictEqual(counts, expected)) {
    say(`the ledger counts ${JSON.stringify(counts)}, expected ${JSON.stringify(expected)}`);
  }
}

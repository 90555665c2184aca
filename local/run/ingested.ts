/** What has become of the files that were sent through S3ToDynamoDb: asked once, however many want to know. */

import { readFileItem } from "../../functions/s3-to-dynamodb/ledger/items";
import { LedgerTable } from "../../functions/s3-to-dynamodb/ledger/table";
import type { FileEntry } from "../../functions/s3-to-dynamodb/ledger/types";
import type { SampleFile } from "../samples/samples";
import { countItems, fileKey } from "./counts";
import type { Run } from "./pipeline";

/** Ledger entries by file key. */
export type Entries = ReadonlyMap<string, FileEntry>;

const askAgainMs = 900;

export class Ingested {
  /** The files that go through S3ToDynamoDb. */
  readonly files: readonly SampleFile[];
  private asked: { readonly at: number; readonly entries: Promise<Entries> } | undefined;
  private counted: Promise<ReadonlyMap<string, number>> | undefined;

  constructor(files: readonly SampleFile[]) {
    this.files = files.filter(({ target }) => target === "source");
  }

  /** What the ledger says by now. */
  entries(run: Run): Promise<Entries> {
    if (this.asked === undefined || Date.now() - this.asked.at > askAgainMs) {
      this.asked = { at: Date.now(), entries: readEntries(run, new Set(this.files.map(({ source }) => source))) };
    }
    return this.asked.entries;
  }

  /** Rows of the table by file key. Counted once: ask when nothing more is written. */
  items(run: Run): Promise<ReadonlyMap<string, number>> {
    this.counted ??= countItems(run.clients, run.outputs.tableName);
    return this.counted;
  }
}

/** Nothing more happens to the file. */
export function isSettled(entry: FileEntry | undefined): boolean {
  return entry?.status === "loaded" || entry?.status === "quarantined";
}

async function readEntries({ clients, outputs }: Run, sources: ReadonlySet<string>): Promise<Entries> {
  const table = new LedgerTable(clients.dynamoDb, outputs.ledgerTableName);
  const entries = new Map<string, FileEntry>();
  for (const source of sources) {
    for await (const item of table.query(source)) {
      if (item.kind?.S !== "file") continue;
      const entry = readFileItem(item);
      entries.set(fileKey(source, entry.objectKey), entry);
    }
  }
  return entries;
}

import type { Context } from "../parts/context";
import { type KeyedTable, keyedTable } from "../parts/keyedTable";
import { bucketName } from "../parts/naming";
import { type SecureBucket, secureBucket } from "../parts/secureBucket";
import type { Pipeline } from "./pipeline";

/** Where the pipeline keeps things. */
export interface Stores {
  /** Parts under `landing/`, what isn't loaded under `quarantine/`, both under `staging/` until their file has landed. */
  readonly landing: SecureBucket;
  readonly table: KeyedTable;
  readonly ledger: KeyedTable;
}

/** Days that a file's parts are kept before it has landed: longer than the queue and its DLQ keep the file's message. */
const stagingDays = 21;

export function createStores(context: Context, pipeline: Pipeline): Stores {
  const { retention, stream, maxWriteRequestUnits, bucketNameSuffix } = pipeline;
  const landing = secureBucket(context, "landing", {
    bucketName: bucketName(context, "landing", bucketNameSuffix),
    expirations: [
      { id: "landing", prefix: "landing/", days: retention.landingDays },
      { id: "quarantine", prefix: "quarantine/", days: retention.quarantineDays },
      { id: "staging", prefix: "staging/", days: stagingDays, noncurrentDays: 1 },
    ],
    noncurrentDays: retention.noncurrentDays,
  });
  const table = keyedTable(context, "table", { stream, maxWriteRequestUnits });
  return { landing, table, ledger: keyedTable(context, "ledger", { expires: true }) };
}

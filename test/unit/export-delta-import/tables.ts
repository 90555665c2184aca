import type { TableConfig } from "../../../functions/export-delta-import/shared/config";

/** A table's configuration as the component completes it. */
export function table(own: Partial<TableConfig> = {}): TableConfig {
  return {
    keyColumns: ["id"],
    header: true,
    columns: [],
    delimiter: ",",
    quote: '"',
    encoding: "utf-8",
    nullText: "",
    maxDeletedShare: 0.2,
    maxBadRecords: 0,
    addedColumns: "accept",
    droppedColumns: "refuse",
    changedTypes: "refuse",
    renamedColumns: [],
    settleSeconds: 0,
    cleanFiles: false,
    ...own,
  };
}

import { ExportDeltaImport } from "pulumi-data-pipelines/export-delta-import";

const imports = new ExportDeltaImport("imports", {
  tables: [
    { table: "orders", keyColumns: ["id"], columns: [{ name: "total", type: "decimal(12,2)" }] },
    { table: "stock", keyColumns: ["warehouse", "article"], delimiter: ";", maxDeletedShare: 0.05 },
  ],
});

export const uploadTo = imports.exportsBucketName;
export const rows = imports.targetTableName;
export const whatBecameOfExports = imports.registryTableName;

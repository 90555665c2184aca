/** What `pulumi-data-pipelines/export-delta-import` gives. */
export type {
  ExportColumnArgs,
  ExportDeltaImportArgs,
  ExportFunctionArgs,
  ExportRenameArgs,
  ExportStreamArgs,
  ExportTableArgs,
} from "./args";
export { ExportDeltaImport } from "./exportDeltaImport";

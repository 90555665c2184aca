/** Where an import keeps what in the work bucket. Every import has places of its own: none overwrites another's. */
export interface ImportPlace {
  readonly tenant: string;
  readonly table: string;
  /** Order of the version. */
  readonly order: string;
  /** Fencing token of the import. */
  readonly token: number;
}

/** What is kept as long as its version is the newest imported one. */
export const STAGED = "staged/";
/** What is kept for replay, for a number of days. */
export const DELTAS = "deltas/";
/** Bad records of exports, for a number of days. */
export const QUARANTINE = "quarantine/";
/** Athena's own results, for a few days. */
export const ATHENA = "athena/";

function folder(root: string, place: ImportPlace): string {
  return `${root}${versionFolder(place)}${place.token}/`;
}

function versionFolder({ tenant, table, order }: Omit<ImportPlace, "token">): string {
  return `${tenant}/${table}/${order.replaceAll(":", "-")}/`;
}

/** The parts that all imports of a version have made. */
export function versionPrefix(version: Omit<ImportPlace, "token">): string {
  return STAGED + versionFolder(version);
}

/** The parts of an export; ends with `/`, as a table's location has to. */
export function stagedPrefix(place: ImportPlace): string {
  return folder(STAGED, place);
}

/** Names begin neither with `_` nor `.`, which Athena would pass over. */
export function partKey(place: ImportPlace, file: number, part: number): string {
  return `${stagedPrefix(place)}part-${String(file).padStart(5, "0")}-${String(part).padStart(5, "0")}.json.gz`;
}

/** A file that is taken as it is. */
export function cleanFileKey(place: ImportPlace, file: number): string {
  return `${stagedPrefix(place)}file-${String(file).padStart(5, "0")}.gz`;
}

/** A query's result has to have an empty place, hence one for each attempt. */
export function deltaPrefix(place: ImportPlace, attempt: number): string {
  return `${folder(DELTAS, place)}${attempt}/`;
}

/** The list of a delta's files. Outside of what the query wrote, which is a table's location. */
export function deltaListKey(place: ImportPlace): string {
  return `${folder(DELTAS, place)}files.json`;
}

/** @param line the file's line that the reading began at which found them */
export function quarantineKey(place: ImportPlace, file: number, line: number): string {
  return `${folder(QUARANTINE, place)}file-${String(file).padStart(5, "0")}-from-line-${line}.ndjson`;
}

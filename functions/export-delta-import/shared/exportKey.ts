import { VERSION_FORMS, type VersionOrder, versionOrder } from "./versionOrder";

/** Where an export belongs, told by its key `TENANT/TABLE/EXPORT_VERSION/FILENAME.gz`. */
export interface ExportKey {
  readonly tenant: string;
  readonly table: string;
  readonly version: string;
  /** Sorts as the versions follow each other. */
  readonly order: string;
  readonly file: string;
}

/** A key that names no export, and why. */
export interface RefusedKey {
  readonly reason: string;
}

export interface KeyRules {
  /** Stands before the tenant; empty, or ends with `/`. */
  readonly prefix: string;
  readonly versionOrder: VersionOrder;
  /** Name of the object that completes a version of several files; empty: there is none. */
  readonly manifestName: string;
}

/** Names become parts of keys, of table items and of messages: nothing in them can end one of these. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?$/;

export function isName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Reads an object's key, decoded before as its event asks for. A folder's own object (a key that ends with `/`) and
 * keys outside the prefix are undefined: they aren't meant as exports.
 */
export function parseExportKey(key: string, rules: KeyRules): ExportKey | RefusedKey | undefined {
  if (!key.startsWith(rules.prefix) || key.endsWith("/")) return undefined;
  const segments = key.slice(rules.prefix.length).split("/");
  if (segments.length !== 4 || segments.includes("")) {
    return refused(
      `it has ${segments.length} part${segments.length === 1 ? "" : "s"}${segments.includes("") ? ", one of them empty" : ""}, expected ${rules.prefix}TENANT/TABLE/EXPORT_VERSION/FILENAME.gz`,
    );
  }
  const [tenant, table, version, file] = segments as [string, string, string, string];
  for (const [what, name] of [
    ["tenant", tenant],
    ["table", table],
  ] as const) {
    if (!isName(name)) {
      return refused(
        `the ${what} is ${quoted(name)}, expected 1 to 64 letters, digits and _ . - that begin with a letter or digit and don't end with . or -`,
      );
    }
  }
  const order = versionOrder(version, rules.versionOrder);
  if (order === undefined) {
    return refused(`the version is ${quoted(version)}, expected ${VERSION_FORMS[rules.versionOrder]} (versionOrder)`);
  }
  const problem = file === rules.manifestName ? undefined : fileProblem(file);
  return problem === undefined ? { tenant, table, version, order, file } : refused(problem);
}

function fileProblem(file: string): string | undefined {
  if (!/\.gz$/i.test(file)) return `the file is called ${quoted(file)}, expected a name that ends with .gz`;
  if (/\p{Cc}/u.test(file)) return `the file's name ${quoted(file)} has control characters`;
  return undefined;
}

/** Shortened, and without characters that could pass for others in a log. */
function quoted(name: string): string {
  const shown = JSON.stringify(name.slice(0, 100));
  return name.length > 100 ? `${shown}…` : shown;
}

function refused(reason: string): RefusedKey {
  return { reason: `The key can't be read: ${reason}. Fix: upload the export under a key of that form.` };
}

/** Registry and lock know a table of a tenant by this text; no name contains `#`. */
export function tableId({ tenant, table }: Pick<ExportKey, "tenant" | "table">): string {
  return `${tenant}#${table}`;
}

import { deployedName } from "../parts/naming";

/** A schema-level object by its three names, each as Snowflake stores it (upper case). */
export interface ObjectName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** Two dollar signs would end the text of a task's block. */
const identifierPattern = /^(?!.*\$\$)[A-Za-z_][A-Za-z0-9_$]{0,254}$/;

/** Why `text` can't be an identifier; undefined if it can. */
export function identifierProblem(text: string): string | undefined {
  return identifierPattern.test(text)
    ? undefined
    : "expected a Snowflake identifier: a letter or _, then letters, digits, _ or single $, at most 255 characters";
}

/**
 * A name as Snowflake stores it when it is written without quotes. The provider quotes every name, so a name in
 * lower case would otherwise need quotes in every query for ever.
 */
export function identifier(text: string): string {
  return text.toUpperCase();
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quotedObject({ database, schema, name }: ObjectName): string {
  return `${quoted(database)}.${quoted(schema)}.${quoted(name)}`;
}

/**
 * Name of an integration or a role, which a whole Snowflake account shares, for example
 * `DATA_PIPELINES_DEV_LANDING_STORAGE`.
 */
export function accountObjectName(component: string, part: string): string {
  const name = `${deployedName(component)}-${part}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** Why `prefix` can't be a stage's; undefined if it can. */
export function prefixProblem(prefix: string): string | undefined {
  if (!prefix.endsWith("/")) {
    return 'End it with a slash, for example "landing/orders/": without, it would also take "landing/orders-old/".';
  }
  if (prefix.startsWith("/") || prefix.includes("//")) {
    return 'Leave out the empty part: S3 keys begin without a slash, for example "landing/orders/".';
  }
  // `*` and `?` are patterns in the role's policy; the rest can't stand in a stage's URL or needs escaping there.
  if (!/^[A-Za-z0-9!_.()=/-]+$/.test(prefix)) {
    return "Use letters, digits and !_.()=- between the slashes: others have a meaning in policies or URLs.";
  }
  return undefined;
}

/** Patterns of `s3:prefix`, and of object ARNs behind the bucket's. */
export function prefixPatterns(prefixes: readonly string[]): string[] {
  return prefixes.map((prefix) => `${prefix}*`);
}

/** The first two of which one begins with the other: Snowflake would load the files of the longer one twice. */
export function overlappingPrefixes<T extends { readonly prefix: string }>(
  places: readonly T[],
): readonly [T, T] | undefined {
  const sorted = [...places].sort((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0));
  for (let i = 1; i < sorted.length; i++) {
    // Sorted, so whatever begins with a prefix follows it at once.
    const [shorter, longer] = [sorted[i - 1] as T, sorted[i] as T];
    if (longer.prefix.startsWith(shorter.prefix)) return [shorter, longer];
  }
  return undefined;
}

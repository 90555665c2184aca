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

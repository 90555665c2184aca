/** Names as Pulumi's plugin takes them: exactly as given, so always quoted. */
export function quoted(...parts: readonly (string | undefined)[]): string {
  return parts.map((part = "") => `"${part.replaceAll('"', '""')}"`).join(".");
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Where an object of a schema is; what every such resource's inputs have. */
export interface Placed {
  readonly database: string;
  readonly schema: string;
  readonly name?: string;
}

export function placed({ database, schema, name }: Placed): string {
  return quoted(database, schema, name);
}

/** `COMMENT = '…'`, where there is one. */
export function comment(text: string | undefined): string {
  return text === undefined ? "" : ` COMMENT = ${literal(text)}`;
}

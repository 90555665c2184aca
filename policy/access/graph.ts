/** The resources of a stack, as far as the access table needs them. */

export interface GraphResource {
  readonly type: string;
  readonly name: string;
  /** Inputs, and over them what the provider computed; `unknown` (../model/unknown) for what isn't known. */
  readonly props: Readonly<Record<string, unknown>>;
}

/** What the user has to mend. */
export class AccessError extends Error {
  override readonly name = "AccessError";
}

/** A property's text; undefined where there is none. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

import { EnvironmentError } from "../../shared/environment";

/** @throws EnvironmentError when it isn't a JSON array of one or two names */
export function parseKeyAttributes(text: string): string[] {
  const names: unknown = JSON.parse(text);
  if (Array.isArray(names) && (names.length === 1 || names.length === 2) && names.every((n) => typeof n === "string")) {
    return names;
  }
  throw new EnvironmentError(`KEY_ATTRIBUTES is ${text}, expected a JSON array of one or two attribute names`);
}

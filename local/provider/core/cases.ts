import { isBag } from "./wire";

/** A block of Pulumi's camel case as the services' APIs spell it: every key with a capital. */
export function capitalized<T>(block: unknown): T {
  return convert(block) as T;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (!isBag(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [`${key.charAt(0).toUpperCase()}${key.slice(1)}`, convert(member)]),
  );
}

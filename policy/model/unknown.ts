/** Values that only the update knows: at preview the policy SDK throws when one is read. */
import { UnknownValueError } from "@pulumi/policy";

/** Stands where a value isn't known yet. */
export const unknown = Symbol("unknown until the update");

/** A plain copy of what the policy SDK gives, in which `unknown` stands for what isn't known yet. */
export function reveal(value: unknown): unknown {
  // Not by the list's own methods: behind the SDK's proxy they throw at the first unknown element.
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, i) => read(value, i));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(value, key)]));
}

/** One property, revealed. */
export function read(from: object, key: string | number): unknown {
  let value: unknown;
  try {
    value = (from as Record<string | number, unknown>)[key];
  } catch (error) {
    if (error instanceof UnknownValueError) return unknown;
    throw error;
  }
  return reveal(value);
}

/** Whether a part of a revealed value isn't known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** Notes each unknown value that is read. */
export function watched(value: object, path: string, seen: { add(path: string): unknown }): object {
  return new Proxy(value, {
    get: (target, key) => {
      const of: unknown = Reflect.get(target, key);
      if (typeof key === "symbol") return of;
      const at = Array.isArray(target) ? `${path}[${key}]` : `${path}${path === "" ? "" : "."}${key}`;
      if (of === unknown) seen.add(at);
      return typeof of === "object" && of !== null ? watched(of, at, seen) : of;
    },
  });
}

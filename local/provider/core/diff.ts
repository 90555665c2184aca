import { isDeepStrictEqual } from "node:util";
import type { Property } from "./properties";
import type { AnyResourceType } from "./resourceType";
import { type Bag, isBag, isUnknown, plainBag } from "./wire";

export interface Difference {
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
  /** Two resources of one physical name can't stand side by side. */
  readonly deleteBeforeReplace: boolean;
}

/** Compares by property: the state (old inputs and outputs) with the new inputs. */
export function difference(resource: AnyResourceType, state: Bag, news: Bag): Difference {
  const before = plainBag(state);
  const after = plainBag(news);
  const changed = Object.entries(resource.properties)
    .filter(([name, property]) => !same(property, before[name], after[name]))
    .map(([name]) => name);
  const replaces = changed.filter((name) => {
    const property = resource.properties[name];
    return property?.replaces === true || (!resource.updates && property?.onlyState !== true);
  });
  const nameInput = resource.naming?.input;
  const nameStays = nameInput === undefined || isDeepStrictEqual(before[nameInput], after[nameInput]);
  return { changed, replaces, deleteBeforeReplace: replaces.length > 0 && nameStays };
}

function same(property: Property, before: unknown, after: unknown): boolean {
  if (isUnknown(after)) return false;
  if (property.kind === "document") return isDeepStrictEqual(parsed(before), parsed(after));
  if (property.kind === "file") return fingerprint(before) === fingerprint(after);
  return isDeepStrictEqual(without(before), without(after));
}

/** A list or map that is empty says no more than one that isn't there. */
function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(without);
  if (!isBag(value)) return value ?? undefined;
  const members = Object.entries(value).flatMap(([key, member]) => {
    const kept = without(member);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    // Text that isn't JSON is compared as it is; the service tells what it thinks of it.
    return value;
  }
}

function fingerprint(value: unknown): string | undefined {
  if (!isBag(value)) return undefined;
  return typeof value.hash === "string" ? value.hash : JSON.stringify(value);
}

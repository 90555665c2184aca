/** Which condition keys an action knows, and of what type a key is. */

import { memo } from "../model/memo";
import { type ActionInfo, type ConditionKeyInfo, conditionKeysOf, resourceTypesOf } from "./actions";
import { globalKeyType } from "./globalKeys";

/** Keys by their exact name, and those with a part that the user fills in: a tag's key, a header's name. */
interface Keys {
  readonly exact: ReadonlyMap<string, string>;
  readonly patterns: readonly (readonly [RegExp, type: string])[];
}

/**
 * Type of a key in lower case, for example `ArrayOfString`; undefined when AWS has no such key.
 *
 * @param services whose keys are looked through; the global ones always are
 */
export function keyType(key: string, services: Iterable<string>): string | undefined {
  const global = globalKeyType(key);
  if (global !== undefined) return global;
  for (const service of services) {
    const type = find(keysOfService(service), key);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** Whether a request of the action can have the key, by AWS's tables for the action and its resources. */
export function knowsKey(action: ActionInfo, key: string): boolean {
  return find(keysOfAction(action), key) !== undefined;
}

const keysOfAction = memo(({ service, resourceTypes, conditionKeys: own }: ActionInfo): Keys => {
  const types = resourceTypesOf(service);
  const ofResources = resourceTypes.flatMap(({ name, conditionKeys }) => [
    ...conditionKeys,
    ...(types.get(name.toLowerCase())?.conditionKeys ?? []),
  ]);
  return toKeys([...new Set([...own, ...ofResources])].map((key) => ({ key, type: "" })));
});

/** A key that takes several values at once, which ForAllValues and ForAnyValue are for. */
export function isMultivalued(type: string): boolean {
  return type.startsWith("ArrayOf");
}

const keysOfService = memo((service: string): Keys => toKeys([...conditionKeysOf(service).values()]));

function find({ exact, patterns }: Keys, key: string): string | undefined {
  return exact.get(key) ?? patterns.find(([pattern]) => pattern.test(key))?.[1];
}

/** AWS's tables write the part to fill in as `${TagKey}`, `<key>` or `tag-key`. */
const open = /\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/g;

function toKeys(infos: readonly ConditionKeyInfo[]): Keys {
  const exact = new Map<string, string>();
  const patterns: [RegExp, string][] = [];
  for (const { key, type } of infos) {
    if (key.search(open) < 0) exact.set(key.toLowerCase(), type);
    else {
      const parts = key.split(open).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      patterns.push([new RegExp(`^${parts.join(".+")}$`, "is"), type]);
    }
  }
  return { exact, patterns };
}

/** Which condition keys an action knows, and of what type a key is. */
import { type ActionInfo, type ConditionKeyInfo, conditionKeysOf, resourceTypesOf } from "./catalogue";
import { globalKeyType } from "./globalKeys";

/** Keys by their exact name, and those with a part that the user fills in: a tag's key, a header's name. */
interface Keys {
  readonly exact: ReadonlyMap<string, string>;
  readonly patterns: readonly (readonly [RegExp, type: string])[];
}

const ofService = new Map<string, Keys>();
const ofAction = new Map<ActionInfo, Keys>();

/**
 * Type of a key in lower case, for example `ArrayOfString`; undefined when AWS has no such key.
 *
 * @param services whose keys are looked through; the global ones always are
 */
export function keyType(key: string, services: Iterable<string>): string | undefined {
  const global = globalKeyType(key);
  if (global !== undefined) return global;
  for (const service of services) {
    const type = find(serviceKeys(service), key);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** Whether a request of the action can have the key, by AWS's tables for the action and its resources. */
export function knowsKey(action: ActionInfo, key: string): boolean {
  let keys = ofAction.get(action);
  if (!keys) {
    const types = resourceTypesOf(action.service);
    const names = action.resourceTypes.flatMap(({ name, conditionKeys }) => [
      ...conditionKeys,
      ...(types.get(name.toLowerCase())?.conditionKeys ?? []),
    ]);
    keys = toKeys([...new Set([...action.conditionKeys, ...names])].map((each) => ({ key: each, type: "" })));
    ofAction.set(action, keys);
  }
  return find(keys, key) !== undefined;
}

/** A key that takes several values at once, which ForAllValues and ForAnyValue are for. */
export function isMultivalued(type: string): boolean {
  return type.startsWith("ArrayOf");
}

function serviceKeys(service: string): Keys {
  let keys = ofService.get(service);
  if (!keys) {
    keys = toKeys([...conditionKeysOf(service).values()]);
    ofService.set(service, keys);
  }
  return keys;
}

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

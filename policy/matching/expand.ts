/** Expands action patterns into the actions that AWS has. */
import { type ActionInfo, actionsOf, services } from "../catalogue/actions";
import { memo } from "../model/memo";
import { covers, hasWildcard } from "./wildcard";

/**
 * The actions that a pattern (`s3:Get*`, `dynamodb:PutItem`, `*`) stands for, in AWS's spelling; none when AWS has no
 * such action.
 */
export function expandAction(pattern: string): readonly ActionInfo[] {
  return expanded(pattern.toLowerCase());
}

const expanded = memo((pattern: string): readonly ActionInfo[] => {
  const colon = pattern.indexOf(":");
  if (colon < 0) return pattern === "*" ? [...services()].flatMap((service) => [...actionsOf(service).values()]) : [];
  const [servicePattern, namePattern] = [pattern.slice(0, colon), pattern.slice(colon + 1)];
  const named = hasWildcard(servicePattern)
    ? [...services()].filter((service) => covers(servicePattern, service))
    : [servicePattern];
  return named.flatMap((service) => {
    const actions = actionsOf(service);
    if (hasWildcard(namePattern)) return [...actions].filter(([name]) => covers(namePattern, name)).map(([, a]) => a);
    const action = actions.get(namePattern);
    return action ? [action] : [];
  });
});

/** The actions of several patterns, each once. */
export function expandActions(patterns: readonly string[]): readonly ActionInfo[] {
  if (patterns.length === 1) return expandAction(patterns[0] as string);
  return [...new Set(patterns.flatMap(expandAction))];
}

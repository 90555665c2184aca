/** Whether a statement's conditions narrow an action to some of its resources. */

import { type ActionInfo, conditionKeysOf, resourceTypesOf } from "../catalogue/actions";
import type { Condition, Conditions } from "../model/document";
import { memo } from "../model/memo";
import { narrows } from "./conditionValues";
import { hasWildcard } from "./wildcard";

/** The function that rotates a secret: right in that function's own policy, and no advice for others. */
const rotatedBy = "secretsmanager:resource/allowrotationlambdaarn";

/** Keys that tell what is acted on, beside tags and those that are named after a resource type. */
const resourceKeys = new Set([
  "cloudwatch:namespace",
  "kms:requestalias",
  "kms:resourcealiases",
  "s3:dataaccesspointarn",
  "secretsmanager:name",
  rotatedBy,
  "secretsmanager:secretid",
]);

/** Actions that make something new, whose tags the request brings. */
const making = /^(Allocate|Copy|Create|Import|Restore|Run)/;

/**
 * True for a test that must hold (no negation, no IfExists, no ForAllValues, values that leave something out) on a tag of
 * the resource, on a tag of the request where the action makes something, or on a key that names the resource:
 * `ecs:cluster` for `ecs:StopTask`.
 */
export function isNarrowedFor(conditions: Conditions, action: ActionInfo): boolean {
  return conditions.some((condition) => mustHold(condition) && namesResource(condition.key, action));
}

/** Whether a condition must hold on one of the action's own keys: all there is where no resource can be given. */
export function isNarrowedByOwnKey(conditions: Conditions, action: ActionInfo): boolean {
  return conditions.some((condition) => condition.key.startsWith(`${action.service}:`) && mustHold(condition));
}

/** Whether only a request that has the key with one of some values passes the test, and the values leave something out. */
export function mustHold({ quantifier, test, ifExists, key, values, isPartlyUnknown }: Condition): boolean {
  if (
    quantifier === "ForAllValues" ||
    ifExists ||
    !/^(String(Equals|Like|EqualsIgnoreCase)|Arn(Equals|Like))$/.test(test)
  ) {
    return false;
  }
  // Of a list that isn't known whole, what is known decides.
  if (values.length === 0) return isPartlyUnknown;
  return narrows(
    key,
    values.map((value) => ({ value, isPattern: !/^StringEquals/.test(test) && hasWildcard(value) })),
  );
}

/** Keys of the action that narrow it where its resources can't be named, for example `aws:ResourceTag/<key>`. */
export function narrowingKeys(action: ActionInfo): string[] {
  const types = resourceTypesOf(action.service);
  const keys = action.resourceTypes.flatMap(({ name, conditionKeys }) => [
    ...conditionKeys,
    ...(types.get(name.toLowerCase())?.conditionKeys ?? []),
  ]);
  const named = [...new Set([...action.conditionKeys, ...keys])].filter(
    (key) => key.toLowerCase() !== rotatedBy && namesResource(key.toLowerCase(), action),
  );
  const general = named.filter((key) => /^aws:ResourceTag\//i.test(key));
  // A service's own key for tags says the same again.
  const others = named.filter((key) => general.length === 0 || !/ResourceTag\//i.test(key));
  return [...general, ...others].map((key) => key.replace(/\$\{[^}]*\}|tag-key$/, "<key>"));
}

function namesResource(key: string, action: ActionInfo): boolean {
  // Which role may be passed can't be limited by the role's tags, as IAM's guide has it.
  if (/(^|:)(resourcetag|existingobjecttag)\//.test(key)) return action.key !== "iam:PassRole";
  if (/(^|:)requesttag\//.test(key)) return making.test(action.name);
  if (resourceKeys.has(key)) return true;
  return key.startsWith(`${action.service}:`) && conditionKeysOf(action.service).has(key) && isTypeName(key);
}

/** `ecs:cluster` and `lambda:FunctionArn` are named after what they tell. */
const isTypeName = memo((key: string): boolean => {
  const [service = "", name = ""] = key.split(":");
  const type = plain(name.replace(/(arn|id|name)$/, ""));
  return [...resourceTypesOf(service).keys()].some((each) => plain(each) === type);
});

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, "");
}

/** Sentences that several rules share. */

import type { ActionInfo } from "../catalogue/actions";
import type { Reach } from "../matching/reach";
import { arnFormats } from "../matching/resources";
import { narrowingKeys } from "../matching/scopeConditions";
import type { Statement } from "../model/document";
import type { Finding } from "../model/rule";

/** The first few, and how many more. */
export function listed(texts: readonly string[], most = 5): string {
  const more = texts.length - most;
  return more > 0 ? `${texts.slice(0, most).join(", ")} and ${more} more` : texts.join(", ");
}

/** `s3:GetObject (s3:Get*)`: the action, and as what it was written where that differs. */
export function asWritten({ action, pattern }: { readonly action: ActionInfo; readonly pattern: string }): string {
  return pattern.toLowerCase() === action.key.toLowerCase() ? action.key : `${action.key} (${pattern})`;
}

/** `s3:GetObject takes arn:${Partition}:s3:::${BucketName}/${ObjectName}`. */
export function arnForm(action: ActionInfo): string {
  const required = arnFormats(action, { required: true });
  const formats = [...new Set(required.length > 0 ? required : arnFormats(action))].sort((a, b) => a.length - b.length);
  return `${action.key} takes ${listed(formats, 1)}`;
}

/** A key that one of the actions doesn't have would take that action away. */
function conditionHint(reaches: readonly Reach[]): string {
  const [first = [], ...others] = reaches.map(({ action }) => narrowingKeys(action));
  const keys = first.filter((key) => others.every((of) => of.includes(key)));
  return keys.length > 0 ? `, or add a condition on ${listed(keys, 2)}` : "";
}

/** Classic metrics have no ARN: to name a dataset would refuse them all. */
const onlyConditions: ReadonlyMap<string, string> = new Map([["cloudwatch:PutMetricData", "cloudwatch:namespace"]]);

/** One finding for the actions of a statement that reach every resource; none for none. */
export function* onEveryResource(
  { label }: Statement,
  reaches: readonly Reach[],
  { conditions = true }: { readonly conditions?: boolean } = {},
): Generator<Finding> {
  const [first] = reaches;
  if (first === undefined) return;
  const resources = [...new Set(reaches.flatMap((each) => each.resources.map((resource) => `"${resource}"`)))];
  const message = `it allows ${listed(reaches.map(asWritten), 3)} on ${listed(resources)}`;
  const forms = listed(
    reaches.map(({ action }) => arnForm(action)),
    2,
  );
  const keys = reaches.map(({ action }) => onlyConditions.get(action.key));
  const fix = keys.every((key) => key !== undefined)
    ? `add a condition on ${listed([...new Set(keys)])}`
    : `name the resources in Resource (${forms})${conditions ? conditionHint(reaches) : ""}`;
  yield { statement: label, message, fix, actions: reaches.map(({ action }) => action.key) };
}

/** Whether conditions tie a statement to somebody or something in particular. */
import type { Condition, Conditions } from "../model/document";
import { narrows, type Pin } from "./conditionValues";

/** Holds when the request has no such key, or for other values too: it ties nothing down. */
function isLoose({ quantifier, ifExists }: Condition): boolean {
  return quantifier === "ForAllValues" || ifExists;
}

/** What the request's key must be, by the first condition that says so; a value of `*` says nothing. */
export function pinsOf(conditions: Conditions, key: string): readonly Pin[][] {
  return conditions
    .filter((condition) => condition.key === key && !isLoose(condition))
    .filter(({ test }) => /^(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like))$/.test(test))
    .map(({ test, values }) =>
      values.map((value) => ({ value, isPattern: !/^StringEquals/.test(test) && /[*?]/.test(value) })),
    )
    .filter((pins) => pins.length > 0);
}

/** Whether each value of some condition on the key passes: one key's values are alternatives, its conditions add up. */
export function isPinned(conditions: Conditions, key: string, isTight: (pin: Pin) => boolean): boolean {
  return pinsOf(conditions, key).some((pins) => pins.every(isTight));
}

/** Whether some condition on the key leaves something out. */
export function isNarrowedBy(conditions: Conditions, key: string): boolean {
  return pinsOf(conditions, key).some((pins) => narrows(key, pins));
}

/** Keys that say who asks, from where or on whose behalf. */
const principalKeys: readonly string[] = [
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpcarn",
  "aws:sourcevpce",
  "aws:userid",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpceorgpaths",
  "kms:calleraccount",
  "s3:dataaccesspointaccount",
  "s3:dataaccesspointarn",
];

/** Whether a statement for `*` is, by its conditions, for somebody in particular. */
export function isForSomebody(conditions: Conditions): boolean {
  return principalKeys.some((key) => isNarrowedBy(conditions, key)) || conditions.some(isNetwork);
}

/** Ranges that one may own: as S3 reads it, IPv4 from /8 and IPv6 from /32; and all together no more than sixteen such. */
function isNetwork(condition: Condition): boolean {
  const { key, test, values } = condition;
  if (key !== "aws:sourceip" || test !== "IpAddress" || isLoose(condition) || values.length === 0) return false;
  let share = 0;
  for (const value of new Set(values)) {
    const [address = "", given] = value.split("/");
    const [least, all] = address.includes(":") ? [32, 128] : [8, 32];
    const bits = given === undefined ? all : Number(given);
    if (!(bits >= least)) return false;
    share += 2 ** (least - bits);
  }
  return share <= 16;
}

/** A Deny for everybody but somebody: `StringNotEquals aws:SourceVpce`, `NotIpAddress aws:SourceIp`. */
export function isForEverybodyElse(conditions: Conditions): boolean {
  return (
    conditions.length > 0 &&
    conditions.every((condition) => {
      if (condition.key === "aws:principalisawsservice" || condition.key === "aws:viaawsservice") return true;
      const test = condition.test.replace(/^(String|Arn)Not/, "$1").replace(/^NotIpAddress$/, "IpAddress");
      if (test === condition.test) return false;
      // A missing key meets a negated test, so that IfExists doesn't loosen the Deny.
      const positive: Condition = { ...condition, test, quantifier: undefined, ifExists: false };
      return isForSomebody([positive]);
    })
  );
}

/** Whether a service acts for one account or resource: no confused deputy. */
export function namesSource(conditions: Conditions): boolean {
  const keys = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths"];
  return keys.some((key) => isNarrowedBy(conditions, key));
}

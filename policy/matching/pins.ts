/** Whether conditions tie a statement to somebody or something in particular. */
import type { Condition, Conditions } from "../model/document";
import { splitArn } from "./resources";

/** Holds when the request has no such key, or for other values too: it ties nothing down. */
function isLoose({ quantifier, ifExists }: Condition): boolean {
  return quantifier === "ForAllValues" || ifExists;
}

/** Values that must be met, where `*` and `?` are wildcards only if the operator knows them. */
export interface Pin {
  readonly value: string;
  readonly isPattern: boolean;
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

/** A value that isn't a pattern, or a pattern that begins with something. */
export function beginsWithSomething({ value, isPattern }: Pin): boolean {
  return value !== "" && !/^[*?]/.test(isPattern || /^[*?]+$/.test(value) ? value : "x");
}

/** A 12-digit account, and nothing looser. */
export function isAccount({ value }: Pin): boolean {
  return /^\d{12}$/.test(value);
}

/** An ARN of one account, or of one bucket: S3's bucket ARNs have no account, and their names are unique. */
export function isArnOfOneOwner({ value }: Pin): boolean {
  const arn = splitArn(value);
  if (!arn) return false;
  if (/^\d{12}$/.test(arn.account)) return true;
  return arn.account === "" && /^[^*?]{3}/.test(arn.resource) && !/[*?]/.test(arn.service);
}

/** An organisation, or a path below one. */
function isOrganization({ value }: Pin): boolean {
  return /^o-[a-z0-9]+(\/|$)/.test(value);
}

const principalKeys: Readonly<Record<string, (pin: Pin) => boolean>> = {
  "aws:principalaccount": isAccount,
  "aws:principalarn": isArnOfOneOwner,
  "aws:principalorgid": isOrganization,
  "aws:principalorgpaths": isOrganization,
  "aws:sourceaccount": isAccount,
  "aws:sourcearn": isArnOfOneOwner,
  "aws:sourceorgid": isOrganization,
  "aws:sourceorgpaths": isOrganization,
  "aws:sourceowner": isAccount,
  "aws:sourcevpc": beginsWithSomething,
  "aws:sourcevpcarn": isArnOfOneOwner,
  "aws:sourcevpce": beginsWithSomething,
  "aws:userid": beginsWithSomething,
  "aws:vpceaccount": isAccount,
  "aws:vpceorgid": isOrganization,
  "aws:vpceorgpaths": isOrganization,
  "kms:calleraccount": isAccount,
  "s3:dataaccesspointaccount": isAccount,
  "s3:dataaccesspointarn": isArnOfOneOwner,
};

/** Whether a statement for `*` is, by its conditions, for somebody in particular. */
export function isForSomebody(conditions: Conditions): boolean {
  return (
    Object.entries(principalKeys).some(([key, isTight]) => isPinned(conditions, key, isTight)) ||
    conditions.some(isNetwork)
  );
}

/** Addresses in ranges that one may own: as S3 reads it, IPv4 from /8 and IPv6 from /32. */
function isNetwork(condition: Condition): boolean {
  const { key, test, values } = condition;
  if (key !== "aws:sourceip" || test !== "IpAddress" || isLoose(condition) || values.length === 0) return false;
  return values.every((value) => {
    const [address = "", bits] = value.split("/");
    const isV6 = address.includes(":");
    return bits === undefined || Number(bits) >= (isV6 ? 32 : 8);
  });
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
  return (
    isPinned(conditions, "aws:sourceaccount", isAccount) ||
    isPinned(conditions, "aws:sourcearn", isArnOfOneOwner) ||
    isPinned(conditions, "aws:sourceowner", isAccount) ||
    isPinned(conditions, "aws:sourceorgid", isOrganization) ||
    isPinned(conditions, "aws:sourceorgpaths", isOrganization)
  );
}

/** Condition operators: which there are, which types of keys they fit, and what their values look like. */
import type { Condition } from "../model/document";
import { nearest } from "./nearest";

type Family = "String" | "Numeric" | "Date" | "Bool" | "Binary" | "IpAddress" | "Arn" | "Null";

const six = (family: string) =>
  ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
    (each) => family + each,
  );

const operators: Readonly<Record<Family, readonly string[]>> = {
  String: [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
  ],
  Numeric: six("Numeric"),
  Date: six("Date"),
  Bool: ["Bool"],
  Binary: ["BinaryEquals"],
  IpAddress: ["IpAddress", "NotIpAddress"],
  Arn: ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
  Null: ["Null"],
};

const families = new Map(
  Object.entries(operators).flatMap(([family, names]) => names.map((name) => [name, family as Family] as const)),
);

/** Families that fit a key's type. A text operator may compare an ARN; a list's elements are compared one by one. */
const fitting: Readonly<Record<string, readonly Family[]>> = {
  String: ["String", "Binary"],
  ARN: ["Arn", "String"],
  Bool: ["Bool"],
  Numeric: ["Numeric"],
  Date: ["Date", "Numeric"],
  IPAddress: ["IpAddress"],
};

export type Mistake = readonly [message: string, fix: string];

/** @param type of the key, undefined when it isn't known */
export function mistakeOf(condition: Condition, type: string | undefined): Mistake | undefined {
  const { operator, test, ifExists, written, values } = condition;
  const family = families.get(test);
  if (family === undefined || (family === "Null" && ifExists)) {
    const meant = nearest(test, families.keys());
    return [
      `IAM has no condition operator "${operator}"`,
      meant === undefined ? "use one of IAM's" : `did you mean ${meant}?`,
    ];
  }
  if (values.length === 0 && !condition.isPartlyUnknown)
    return [`its ${operator} on ${written} has no value`, "name the values"];
  const bad = values.find((value) => !isValue(family, value));
  if (bad !== undefined) return [`"${bad}" isn't a value for ${operator} on ${written}`, expected[family] ?? ""];
  if (type === undefined || family === "Null") return undefined;
  const element = type.replace(/^ArrayOf/, "");
  const fits = fitting[element] ?? [family];
  // AWS's tables call some keys that hold ARNs texts.
  if (fits.includes(family) || (element === "String" && family === "Arn" && values.every(isArn))) return undefined;
  const names = fits.flatMap((each) => operators[each].slice(0, 1));
  return [`${operator} doesn't fit ${written}, which is of type ${type}`, `use ${names.join(" or ")}`];
}

const expected: Partial<Record<Family, string>> = {
  Bool: 'write "true" or "false"',
  Null: 'write "true" (the request has no such key) or "false"',
  Numeric: "write a number",
  Date: "write a date such as 2026-01-31T00:00:00Z, or seconds since 1970",
  IpAddress: "write an address or a range such as 10.0.0.0/8",
  Arn: "write an ARN with its six parts",
};

function isValue(family: Family, value: string): boolean {
  if (/\$\{[^}]*\}/.test(value)) return true;
  switch (family) {
    case "Bool":
    case "Null":
      return /^(true|false)$/i.test(value);
    case "Numeric":
      return /^-?\d+(\.\d+)?$/.test(value);
    case "Date":
      return /^(\d+|\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?)?)?)$/.test(value);
    case "IpAddress":
      return isIpRange(value);
    case "Arn":
      return isArn(value);
    default:
      return true;
  }
}

function isArn(value: string): boolean {
  return value === "*" || (/^(arn|\*)/.test(value) && (value.split(":").length >= 6 || value.endsWith("*")));
}

function isIpRange(value: string): boolean {
  const [address = "", bits, ...rest] = value.split("/");
  if (rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return false;
  if (address.includes(":")) return /^[0-9a-f:.]+$/i.test(address) && Number(bits ?? 128) <= 128;
  const parts = address.split(".");
  return (
    parts.length === 4 &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255) &&
    Number(bits ?? 32) <= 32
  );
}

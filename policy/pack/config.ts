/** A rule's configuration as CrossGuard hands it over: parameters and exemptions. */
import type { PolicyConfigSchema } from "@pulumi/policy";
import { defaultSettings, type Settings } from "../model/settings";
import { describe, isRecord } from "../model/shape";
import type { Exemption } from "./exemptions";

export interface RuleConfig {
  readonly settings: Settings;
  readonly exemptions: readonly Exemption[];
}

const exemptionKeys = ["resource", "statement", "actions", "message", "reason", "expires"];
const datePattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
/** IAM's quota "Role trust policy length": what it is without asking, and what it can be raised to. */
const trustPolicySizes = { least: defaultSettings.trustPolicySize, most: 8_192 };
const texts = { type: "array", items: { type: "string", minLength: 1 } } as const;

/** What Pulumi checks before anything runs, and shows where a pack is configured. */
const parameters: PolicyConfigSchema["properties"] = {
  trustedAccounts: {
    type: "array",
    items: { type: "string", pattern: "^[0-9]{12}$" },
    description: "Accounts that may be trusted without an ExternalId, or be let in by a resource policy.",
  },
  allowedManagedPolicies: { ...texts, description: "AWS-managed policies, by name or ARN, that may be attached." },
  trustPolicySize: {
    type: "integer",
    minimum: trustPolicySizes.least,
    maximum: trustPolicySizes.most,
    description: "The account's quota on the characters of a role's trust.",
  },
};

/** Of the policy that all rules have their parameters from. */
export const sharedName = "policy-parameters";

/** Its schema. */
export const sharedSchema: PolicyConfigSchema = { properties: parameters };

export const configSchema: PolicyConfigSchema = {
  properties: {
    ...parameters,
    exemptions: {
      type: "array",
      description: "What this rule doesn't refuse, each with a reason and the last day on which that holds.",
      items: {
        type: "object",
        required: ["resource", "reason", "expires"],
        additionalProperties: false,
        properties: {
          resource: { type: "string", minLength: 1, description: "URN or name; * is any text." },
          statement: { type: "string", minLength: 1, description: "Sid of the statement, or #index." },
          actions: { ...texts, minItems: 1, description: "Only findings on these actions; * is any text." },
          message: { type: "string", minLength: 1, description: "Only findings that say this; * is any text." },
          reason: { type: "string", minLength: 10, description: "Why it is needed." },
          expires: { type: "string", pattern: datePattern, description: "Last day on which it holds, YYYY-MM-DD." },
        },
      },
    },
  },
};

/** A mistake in the pack's configuration, one line each. */
export class PackConfigError extends Error {
  override readonly name = "PackConfigError";

  constructor(readonly lines: readonly string[]) {
    super(`The policy pack's configuration has ${lines.length} mistake(s):\n${lines.map((l) => `  ${l}`).join("\n")}`);
  }
}

/**
 * @param rule CrossGuard's name of it
 * @throws PackConfigError
 */
export function readRuleConfig(rule: string, value: unknown): RuleConfig {
  const lines: string[] = [];
  const config = checkRuleConfig(rule, value, lines);
  if (lines.length > 0) throw new PackConfigError(lines);
  return config;
}

/** @param lines gets one line for each mistake */
export function checkRuleConfig(rule: string, value: unknown, lines: string[]): RuleConfig {
  if (!isRecord(value)) {
    lines.push(`${rule}: is ${describe(value)}; write a level or an object`);
    return { settings: defaultSettings, exemptions: [] };
  }
  checkKeys(rule, value, Object.keys(configSchema.properties), lines);
  const settings = settingsOf(rule, value, lines);
  const { exemptions = [] } = value;
  if (!Array.isArray(exemptions)) lines.push(`${rule}.exemptions: is ${describe(exemptions)}; write a list`);
  return {
    settings,
    exemptions: (Array.isArray(exemptions) ? exemptions : []).flatMap(
      (each: unknown, i) => exemption(each, `${rule}.exemptions[${i}]`, lines) ?? [],
    ),
  };
}

/** The parameters that hold for every rule; `policy` is the name that they stand under. */
export function checkShared(policy: string, value: unknown, lines: string[]): Settings {
  if (!isRecord(value)) {
    lines.push(`${policy}: is ${describe(value)}; write an object of parameters`);
    return defaultSettings;
  }
  checkKeys(policy, value, Object.keys(parameters), lines);
  return settingsOf(policy, value, lines);
}

/** A rule's own parameters beside those of all: lists are added up, of two sizes the larger counts. */
export function withShared(own: Settings, shared: Settings): Settings {
  return {
    trustedAccounts: [...own.trustedAccounts, ...shared.trustedAccounts],
    allowedManagedPolicies: [...own.allowedManagedPolicies, ...shared.allowedManagedPolicies],
    trustPolicySize: Math.max(own.trustPolicySize, shared.trustPolicySize),
  };
}

function checkKeys(policy: string, value: Record<string, unknown>, keys: readonly string[], lines: string[]): void {
  for (const key of Object.keys(value).filter((each) => !keys.includes(each))) {
    lines.push(`${policy}.${key}: unknown key; there are ${["enforcementLevel", ...keys].join(", ")}`);
  }
}

function settingsOf(rule: string, value: Record<string, unknown>, lines: string[]): Settings {
  const trustedAccounts = textList(value.trustedAccounts, `${rule}.trustedAccounts`, lines);
  for (const account of trustedAccounts.filter((each) => !/^\d{12}$/.test(each))) {
    lines.push(`${rule}.trustedAccounts: ${JSON.stringify(account)} is not an account; write its 12 digits in quotes`);
  }
  const allowedManagedPolicies = textList(value.allowedManagedPolicies, `${rule}.allowedManagedPolicies`, lines);
  const trustPolicySize = sizeOfTrusts(value.trustPolicySize, `${rule}.trustPolicySize`, lines);
  return { trustedAccounts, allowedManagedPolicies, trustPolicySize };
}

function exemption(value: unknown, path: string, lines: string[]): Exemption | undefined {
  if (!isRecord(value)) {
    lines.push(`${path}: is ${describe(value)}; write {resource, reason, expires}`);
    return undefined;
  }
  const before = lines.length;
  for (const key of Object.keys(value).filter((each) => !exemptionKeys.includes(each))) {
    lines.push(`${path}.${key}: unknown key; there are ${exemptionKeys.join(", ")}`);
  }
  const text = (key: string): string => {
    const of = value[key];
    if (typeof of === "string" && of.trim() !== "") return of;
    lines.push(`${path}.${key}: ${of === undefined ? "is required" : `is ${JSON.stringify(of)}`}; write a text`);
    return "";
  };
  const resource = text("resource");
  const reason = text("reason");
  const expires = text("expires");
  if (expires !== "" && !isDate(expires)) {
    lines.push(`${path}.expires: ${JSON.stringify(expires)} is not a day; write it as YYYY-MM-DD`);
  }
  if (reason !== "" && reason.trim().length < 10) {
    lines.push(`${path}.reason: ${JSON.stringify(reason)} isn't a reason; say why it is needed`);
  }
  const statement = value.statement === undefined ? undefined : text("statement");
  const actions = value.actions === undefined ? undefined : textList(value.actions, `${path}.actions`, lines);
  const message = value.message === undefined ? undefined : text("message");
  if (lines.length > before) return undefined;
  return {
    resource,
    reason,
    expires,
    ...(statement && { statement }),
    ...(actions && { actions }),
    ...(message && { message }),
  };
}

function sizeOfTrusts(value: unknown, path: string, lines: string[]): number {
  const { least, most } = trustPolicySizes;
  if (value === undefined) return least;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  lines.push(`${path}: is ${JSON.stringify(value)}; write the account's quota, a number from ${least} to ${most}`);
  return least;
}

function textList(value: unknown, path: string, lines: string[]): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((each): each is string => typeof each === "string" && each !== "")) {
    return value;
  }
  lines.push(`${path}: is ${describe(value)}; write a list of texts`);
  return [];
}

export function isDate(text: string): boolean {
  if (!new RegExp(datePattern).test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Judges one policy document outside Pulumi, with the rules that need nothing but the document. */
import { readDocument } from "../document/readDocument";
import type { Level, Rule } from "../model/rule";
import { defaultSettings } from "../model/settings";
import { causeOf, fixedWith } from "../pack/causes";
import { levelOf, noConfig, type PackConfig } from "../pack/configFile";
import { type Causes, type Exemption, sortFindings, today, toldInstead } from "../pack/exemptions";
import { judgeFile, type Violation } from "../pack/judge";
import { CheckError, type Kind, kindOf } from "./kind";

/** What a rule finds, and what is exempted from it. */
export interface Judged {
  readonly rule: Rule;
  readonly violations: readonly Violation[];
  readonly exemptions: readonly Exemption[];
}

/** What `--json` gives for a file. */
export interface FileReport {
  readonly file: string;
  /** Set where the file couldn't be judged at all. */
  readonly error?: string;
  readonly violations: readonly ReportedViolation[];
  /** Rules that look at more than a document. */
  readonly notEvaluated: readonly { readonly rule: string; readonly reason: string }[];
}

export interface ReportedViolation {
  readonly rule: string;
  readonly level: Exclude<Level, "disabled">;
  /** URN; undefined for a document in a file. */
  readonly resource?: string;
  /** Property path, of a resource. */
  readonly path?: string;
  /** Undefined where the document as a whole is meant. */
  readonly statement?: string;
  readonly message: string;
  readonly fix: string;
  /** Stays in the report as advice. */
  readonly exempted?: { readonly reason: string; readonly expires: string };
}

export interface CheckOptions {
  readonly rules: readonly Rule[];
  /** @default told from the document */
  readonly kind?: Kind;
  /** @default the rules' own levels, no exemptions */
  readonly config?: PackConfig;
}

/** @throws CheckError where the text is not JSON or its kind can't be told */
export function checkDocument(
  file: string,
  text: string,
  { rules, kind, config = noConfig }: CheckOptions,
): FileReport & { readonly kind: Kind } {
  requireJson(text);
  const document = readDocument(text.trim());
  const found = kind ?? kindOf(document);
  const judged = rules
    .filter((rule) => levelOf(rule, config) !== "disabled")
    .map((rule) => {
      const { settings = defaultSettings, exemptions = [] } = config.rules[rule.name] ?? {};
      return { rule, exemptions, violations: judgeFile(rule, { path: "", document, ...found }, settings) };
    });
  const violations = reportedAll(judged, config, () => file);
  return { file, kind: found, violations, notEvaluated: notEvaluated(rules, found) };
}

/**
 * What is told: exempted findings as advice, and of several with one cause the gravest alone, unless that one is only
 * advised against.
 */
export function reportedAll(
  judged: readonly Judged[],
  config: PackConfig,
  nameOf: (violation: Violation) => string,
): ReportedViolation[] {
  const all = judged.flatMap(({ violations }) => violations);
  const byResource = new Map<string | undefined, Violation[]>();
  for (const each of all) byResource.set(each.urn, [...(byResource.get(each.urn) ?? []), each]);
  const exemptionsOf = new Map(judged.map(({ rule, exemptions }) => [rule, exemptions]));
  const beside = ({ urn }: Violation) => byResource.get(urn) ?? [];
  const causes: Causes = {
    of: (violation) => causeOf(violation, beside(violation)),
    fixedWith: (violation) => fixedWith(violation, beside(violation)),
    exemptions: (cause) => exemptionsOf.get(cause.rule) ?? [],
  };
  return judged.flatMap(({ rule, violations: found, exemptions }) => {
    const level = levelOf(rule, config) as ReportedViolation["level"];
    const { violations, exempted } = sortFindings(found, exemptions, today(), nameOf, causes);
    const told = violations.filter((each) => {
      const cause = toldInstead(each, causes, today(), nameOf);
      return !cause || (levelOf(cause.rule, config) === "advisory" && level !== "advisory");
    });
    return [
      ...told.map((each) => reportedOf(each, level, lapsed(each))),
      ...exempted.map(({ violation, exemption: { expires, reason } }) => ({
        ...reportedOf(violation, "advisory", ` (exempted until ${expires}: ${reason})`),
        exempted: { reason, expires },
      })),
    ];
  });
}

function reportedOf(
  { rule, urn, path, statement, message, fix }: Violation,
  level: ReportedViolation["level"],
  note: string,
): ReportedViolation {
  return {
    rule: rule.id,
    level,
    ...(urn === undefined ? {} : { resource: urn, ...(path === undefined ? {} : { path }) }),
    ...(statement === undefined ? {} : { statement }),
    message: message + note,
    fix,
  };
}

function lapsed({ expired }: Violation): string {
  return expired ? ` (its exemption ended on ${expired.expires}: ${expired.reason})` : "";
}

function requireJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new CheckError(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function notEvaluated(rules: readonly Rule[], { kind }: Kind): FileReport["notEvaluated"] {
  return rules
    .filter((rule) => rule.scope === "resource" || (rule.scope === "stack" && !rule.alone?.kinds.includes(kind)))
    .map(({ id, scope }) => ({
      rule: id,
      reason: scope === "stack" ? "looks at a whole stack" : "looks at a resource's properties",
    }));
}

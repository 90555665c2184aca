/** Judges one policy document outside Pulumi, with the rules that need nothing but the document. */
import { readDocument } from "../document/readDocument";
import type { Level, Rule } from "../model/rule";
import { defaultSettings } from "../model/settings";
import { levelOf, type PackConfig } from "../pack/configFile";
import { type Exemption, sortFindings, today } from "../pack/exemptions";
import { judgeFile, type Violation } from "../pack/judge";
import { CheckError, type Kind, kindOf } from "./kind";

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
  /** Undefined where the document as a whole is meant. */
  readonly statement?: string;
  readonly message: string;
  readonly fix: string;
}

export interface CheckOptions {
  readonly rules: readonly Rule[];
  /** @default told from the document */
  readonly kind?: Kind;
  /** @default the rules' own levels, no exemptions */
  readonly config?: PackConfig;
}

export const noConfig: PackConfig = { levels: {}, rules: {} };

/** @throws CheckError where the text is not JSON or its kind can't be told */
export function checkDocument(
  file: string,
  text: string,
  { rules, kind, config = noConfig }: CheckOptions,
): FileReport & { readonly kind: Kind } {
  requireJson(text);
  const document = readDocument(text.trim());
  const found = kind ?? kindOf(document);
  const violations = rules.flatMap((rule) => {
    const level = levelOf(rule, config);
    if (level === "disabled") return [];
    const { settings = defaultSettings, exemptions = [] } = config.rules[rule.name] ?? {};
    const judged = judgeFile(rule, { path: "", document, ...found }, settings);
    return reported(judged, level, exemptions, file);
  });
  return { file, kind: found, violations, notEvaluated: notEvaluated(rules, found) };
}

/** Exempted findings stay in the report, as advice. */
function reported(
  judged: readonly Violation[],
  level: ReportedViolation["level"],
  exemptions: readonly Exemption[],
  file: string,
): ReportedViolation[] {
  const { violations, exempted } = sortFindings(judged, exemptions, today(), () => file);
  return [
    ...violations.map((each) => reportedOf(each, level, lapsed(each))),
    ...exempted.map(({ violation, exemption: { expires, reason } }) =>
      reportedOf(violation, "advisory", ` (exempted until ${expires}: ${reason})`),
    ),
  ];
}

function reportedOf(
  { rule, statement, message, fix }: Violation,
  level: ReportedViolation["level"],
  note: string,
): ReportedViolation {
  return { rule: rule.id, level, ...(statement === undefined ? {} : { statement }), message: message + note, fix };
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

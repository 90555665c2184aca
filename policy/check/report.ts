/** What people read of a checked file. */
import type { Rule } from "../model/rule";
import type { FileReport, ReportedViolation } from "./checkDocument";
import { formatKind, type Kind } from "./kind";

/** Many findings of one rule on one file say the same. */
const shownPerRule = 20;

export function formatReport(report: FileReport & { readonly kind?: Kind }, rules: readonly Rule[]): string {
  const { file, kind, error, violations } = report;
  const name = file === "-" ? "standard input" : file;
  if (error !== undefined) return `${name}: can't be judged\n  ${error}\n`;
  const title = `${name}: ${kind ? formatKind(kind) : "stack"}`;
  if (violations.length === 0) return `${title}, nothing found\n`;
  const byRule = new Map<string, ReportedViolation[]>();
  for (const each of violations) byRule.set(each.rule, [...(byRule.get(each.rule) ?? []), each]);
  const sections = [...byRule].map(([id, found]) =>
    section(
      rules.find((rule) => rule.id === id),
      found,
    ),
  );
  return `${title}\n${sections.join("\n")}\n`;
}

function section(rule: Rule | undefined, found: readonly ReportedViolation[]): string {
  const lines = rule
    ? [`  ${rule.id} ${rule.title} (data-pipelines-policy explain ${rule.id})`, `    ${rule.why}`]
    : [];
  for (const { level, resource, path, statement, message, fix } of found.slice(0, shownPerRule)) {
    const named = resource === undefined ? [] : [resource.split("::").slice(-2).join(" "), path];
    const where = [...named, statement === undefined ? undefined : `statement ${statement}`].filter(Boolean).join(", ");
    lines.push(`    [${level}] ${where === "" ? "" : `${where}: `}${message}`);
    lines.push(`      fix: ${fix}`);
  }
  if (found.length > shownPerRule) lines.push(`    and ${found.length - shownPerRule} more (all of them with --json)`);
  return lines.join("\n");
}

export function formatTotals(reports: readonly FileReport[]): string {
  const violations = reports.flatMap((report) => report.violations);
  const refusing = violations.filter(isRefusing).length;
  const unread = reports.filter(({ error }) => error !== undefined).length;
  const left = [...new Set(reports.flatMap(({ notEvaluated }) => notEvaluated.map(({ rule }) => rule)))];
  return [
    `${reports.length} file(s): ${refusing} mandatory violation(s), ${violations.length - refusing} advisory` +
      (unread > 0 ? `, ${unread} not judged` : ""),
    ...(left.length > 0 ? [`Not evaluated, because they need more than a document: ${left.join(", ")}`] : []),
  ].join("\n");
}

export function isRefused({ violations }: FileReport): boolean {
  return violations.some(isRefusing);
}

/** Nothing remediates a file. */
function isRefusing({ level }: ReportedViolation): boolean {
  return level !== "advisory";
}

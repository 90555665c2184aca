/** The report as SARIF 2.1.0, which code hosts show beside the lines, and as JUnit, which every CI reads. */
import { createHash } from "node:crypto";
import type { Rule, Severity } from "../model/rule";
import { rulePage } from "../pages/pages";
import type { FileReport, ReportedViolation } from "./checkDocument";

const program = "data-pipelines-policy";

/** GitHub's scale from 0 to 10. */
const scores: Readonly<Record<Severity, string>> = { low: "3.0", medium: "5.5", high: "8.0", critical: "9.5" };

/** @param texts of the files, for the lines of statements */
export function sarif(
  reports: readonly FileReport[],
  rules: readonly Rule[],
  texts: ReadonlyMap<string, string>,
): string {
  const results = reports.flatMap(({ file, violations }) =>
    violations.map((violation) => resultOf(violation, file, rules, texts.get(file) ?? "")),
  );
  const unread = reports.filter(({ error }) => error !== undefined);
  const notifications = unread.map(({ file, error }) => ({
    level: "error",
    message: { text: `${file}: ${error}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }],
  }));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: program, rules: rules.map(descriptorOf) } },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: unread.length === 0, toolExecutionNotifications: notifications }],
        results,
      },
    ],
  };
  return JSON.stringify(log, undefined, 2);
}

function descriptorOf(rule: Rule): Record<string, unknown> {
  const { id, name, title, why, level, severity } = rule;
  return {
    id,
    name,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${program} explain ${id}`, markdown: rulePage(rule) },
    defaultConfiguration: { level: level === "advisory" ? "warning" : "error" },
    properties: { tags: ["security", "iam"], "security-severity": scores[severity] },
  };
}

function resultOf(
  violation: ReportedViolation,
  file: string,
  rules: readonly Rule[],
  text: string,
): Record<string, unknown> {
  const { rule, level, resource, path, statement, message, fix, exempted } = violation;
  const place = [resource, path, statement].filter((each) => each !== undefined).join(" ");
  // The message may change with a version of the pack; what it is about doesn't.
  const fingerprint = createHash("sha256")
    .update([rule, resource ?? file, path, statement].join("\n"))
    .digest("hex");
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: level === "advisory" ? "warning" : "error",
    message: { text: `${message}. Fix: ${fix}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: lineOf(violation, text) } },
        ...(place === "" ? {} : { logicalLocations: [{ fullyQualifiedName: place }] }),
      },
    ],
    partialFingerprints: { "finding/v1": fingerprint },
    ...(exempted ? { suppressions: [{ kind: "external", justification: exempted.reason }] } : {}),
  };
}

/** A relative reference, as code hosts match it with the file in the repository. */
function uriOf(file: string): string {
  if (file === "-") return "stdin";
  return file.replaceAll("\\", "/").replace(/^\.\//, "").split("/").map(encodeURIComponent).join("/");
}

/** Where the statement's Sid, or the resource's URN, stands; else the first line. */
function lineOf({ resource, statement }: ReportedViolation, text: string): number {
  const what = resource ?? (statement?.startsWith("#") ? undefined : statement);
  const at = what === undefined ? -1 : text.indexOf(JSON.stringify(what));
  return at < 0 ? 1 : text.slice(0, at).split("\n").length;
}

export function junit(reports: readonly FileReport[], rules: readonly Rule[]): string {
  const suites = reports.map(({ file, error, violations, notEvaluated }) => {
    if (error !== undefined) {
      const unread = `    <testcase classname="${xml(file)}" name="it can be read"><error message="${xml(error)}"/></testcase>`;
      return suite(file, [unread], { failures: 0, errors: 1, skipped: 0 });
    }
    const evaluated = rules.filter(({ id }) => !notEvaluated.some(({ rule }) => rule === id));
    const counts = { failures: 0, errors: 0, skipped: 0 };
    const cases = evaluated.map(({ id, title }) => {
      const found = violations.filter(({ rule }) => rule === id);
      const refused = found.filter(({ level }) => level !== "advisory");
      const lines = found.map(({ level, resource, path, statement, message, fix }) => {
        const where = [resource, path, statement].filter((each) => each !== undefined).join(" ");
        return `[${level}] ${where === "" ? "" : `${where}: `}${message}. Fix: ${fix}`;
      });
      const head = `    <testcase classname="${xml(file)}" name="${xml(`${id} ${title}`)}"`;
      if (found.length === 0) return `${head}/>`;
      const body = xml(lines.join("\n"));
      if (refused.length === 0) return `${head}><system-out>${body}</system-out></testcase>`;
      counts.failures++;
      return `${head}><failure message="${xml(`${refused.length} violation(s)`)}" type="${id}">${body}</failure></testcase>`;
    });
    return suite(file, cases, counts);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${program}">\n${suites.join("\n")}\n</testsuites>`;
}

function suite(
  file: string,
  cases: readonly string[],
  { failures, errors, skipped }: Readonly<Record<"failures" | "errors" | "skipped", number>>,
): string {
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return `  <testsuite name="${xml(file)}" ${counts}>\n${cases.join("\n")}\n  </testsuite>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

/** What XML can't hold at all is left out. */
function xml(text: string): string {
  const held = [...text].filter((of) => {
    const code = of.codePointAt(0) as number;
    const isControl = code < 0x20 && of !== "\t" && of !== "\n" && of !== "\r";
    return !isControl && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
  });
  return held.map((of) => entities[of] ?? of).join("");
}

import { writeFile } from "node:fs/promises";
import type { RunOptions } from "./options";
import { renderPage } from "./page/page";
import { formatReport } from "./print";
import { assembleReport, type Outcome, type RunReport, type Seen } from "./report";

/** What a run has found so far; told whenever it ends, however it ends. */
export class Findings {
  readonly outcomes: Outcome[] = [];
  readonly failures: string[] = [];
  readonly seen: { -readonly [Member in keyof Seen]: Seen[Member] } = {};
  private readonly said = new Set<string>();

  constructor(private readonly options: Pick<RunOptions, "files" | "exports" | "report" | "page">) {}

  /** Of what has been found until now. @returns HTML */
  page(): string {
    return renderPage(this.report(), `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`);
  }

  /**
   * Prints the tables and what is wrong, and writes the report and the page. Told again, only what is new is printed.
   * @returns whether nothing is wrong
   */
  async tell(): Promise<boolean> {
    const report = this.report();
    const isFirst = this.said.size === 0;
    if (isFirst && this.outcomes.length > 0) {
      const lines = this.outcomes.flatMap((outcome) => outcome.lines);
      console.log(`\n${formatReport(report, lines)}\n`);
    }
    for (const problem of report.problems) if (!this.said.has(problem)) console.error(`✘ ${problem}`);
    if (isFirst && report.passed) console.log("✔ Everything arrived.");
    for (const line of ["", ...report.problems]) this.said.add(line);
    const { report: reportFile, page: pageFile } = this.options;
    if (reportFile) {
      await writeFile(reportFile, `${JSON.stringify(report, null, 2)}\n`);
      if (isFirst) console.log(`Report: ${reportFile}`);
    }
    if (pageFile) {
      await writeFile(pageFile, this.page());
      if (isFirst) console.log(`Page: ${pageFile}`);
    }
    return report.passed;
  }

  private report(): RunReport {
    // The user's files, sent instead of the samples, say nothing about grants.
    return assembleReport(
      this.outcomes,
      this.failures,
      this.seen,
      this.options.files.length > 0 || this.options.exports !== undefined,
    );
  }
}

import { writeFile } from "node:fs/promises";
import { formatReport } from "./print";
import { assembleReport, type Outcome, type RunReport } from "./report";

/** What a run has found so far; told whenever it ends, however it ends. */
export class Findings {
  readonly outcomes: Outcome[] = [];
  readonly failures: string[] = [];
  iam: RunReport["iam"];
  update: RunReport["update"];
  private readonly said = new Set<string>();

  /** @param isOwnFiles whether the user's files were sent in place of the samples */
  constructor(
    private readonly isOwnFiles: boolean,
    private readonly reportFile: string | undefined,
  ) {}

  /**
   * Prints the tables and what is wrong, and writes the report. Told again, only what is new is printed.
   * @returns whether nothing is wrong
   */
  async tell(): Promise<boolean> {
    const report = assembleReport(this.outcomes, this.failures, this, this.isOwnFiles);
    const isFirst = this.said.size === 0;
    if (isFirst && this.outcomes.length > 0) {
      const lines = this.outcomes.flatMap((outcome) => outcome.lines);
      console.log(`\n${formatReport(report, lines)}\n`);
    }
    for (const problem of report.problems) if (!this.said.has(problem)) console.error(`✘ ${problem}`);
    if (isFirst && report.passed) console.log("✔ Everything arrived.");
    for (const line of ["", ...report.problems]) this.said.add(line);
    if (this.reportFile) {
      await writeFile(this.reportFile, `${JSON.stringify(report, null, 2)}\n`);
      if (isFirst) console.log(`Report: ${this.reportFile}`);
    }
    return report.passed;
  }
}

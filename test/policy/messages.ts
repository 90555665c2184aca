/** What the rules say of the corpus, as it was last read and agreed to: corpus/pNN.messages.txt. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RuleId } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { rules } from "../../policy/rules";
import { type CorpusCase, corpusFolder, readCorpus } from "./corpus";
import { judgeExample } from "./judge";

/** One rule's file. */
export interface Messages {
  readonly row: RuleId;
  readonly path: string;
  /** What the pack says today. */
  readonly said: string;
}

export function messagesOfCorpus(): Messages[] {
  const byRow = new Map<RuleId, CorpusCase[]>();
  for (const each of readCorpus()) byRow.set(each.row, [...(byRow.get(each.row) ?? []), each]);
  return [...byRow].map(([row, cases]) => {
    const file = `${row.replace(/^P(\d)$/, "P0$1").toLowerCase()}.messages.txt`;
    return { row, path: join(corpusFolder, file), said: cases.flatMap(saidOf).join("\n") };
  });
}

export function agreedMessages({ path }: Messages): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Finding by finding. */
function saidOf({ name, settings, ...example }: CorpusCase): string[] {
  const findings = rules.flatMap((rule) => judgeExample(rule, example, { ...defaultSettings, ...settings }));
  if (findings.length === 0) return [];
  const lines = findings.flatMap(({ rule, urn, path, statement, actions = [], message, fix }) => {
    const where = [urn, path, statement].filter((each) => each !== undefined).join(", ");
    const about = actions.length > 0 ? ` (${actions.join(" ")})` : "";
    return [`${rule.id} ${where}${about}: ${message}`, `  Fix: ${fix}`];
  });
  return [`## ${name}`, ...lines, ""];
}

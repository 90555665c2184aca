/** The labelled corpus: corpus/pNN/<name>.json, each a document or a small stack and the rules that it violates. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Example, RuleId } from "../../policy/rules/rule";
import type { Settings } from "../../policy/rules/settings";

export interface CorpusCase extends Example {
  /** For example `p07/pass-any-service`. */
  readonly name: string;
  /** The rule whose folder it stands in. */
  readonly row: RuleId;
  /** What the document is, and why it is right or wrong. */
  readonly title: string;
  /** Every rule that must find something in it, and no other may; reasoned from AWS's documentation. */
  readonly violates: readonly RuleId[];
  /** Parameters in place of the defaults. */
  readonly settings?: Partial<Settings>;
}

const folder = join(__dirname, "corpus");

export function readCorpus(): CorpusCase[] {
  return readdirSync(folder)
    .filter((row) => /^p\d\d$/.test(row))
    .sort()
    .flatMap((row) =>
      readdirSync(join(folder, row))
        .filter((file) => file.endsWith(".json"))
        .sort()
        .map((file) => read(row, file)),
    );
}

function read(row: string, file: string): CorpusCase {
  const path = join(folder, row, file);
  const value: Partial<CorpusCase> = JSON.parse(readFileSync(path, "utf8"));
  const { title, violates, document, resources } = value;
  if (title === undefined || violates === undefined || (document === undefined) === (resources === undefined)) {
    throw new Error(`${path}: a case has title, violates, and either document or resources`);
  }
  const id = row.replace(/^p0?/, "P") as RuleId;
  return { ...value, title, violates, row: id, name: `${row}/${file.replace(/\.json$/, "")}` };
}

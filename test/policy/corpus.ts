/** The labelled corpus: corpus/pNN.yaml, a file a rule, each case a document or a small stack and the rules that it violates. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isNode, parseDocument, Scalar, visit } from "yaml";
import type { Example, RuleId } from "../../policy/model/rule";
import type { Settings } from "../../policy/model/settings";

export interface CorpusCase extends Example {
  /** For example `p07/pass-any-service`. */
  readonly name: string;
  /** The rule whose file it stands in. */
  readonly row: RuleId;
  /** What the document is, and why it is right or wrong. */
  readonly title: string;
  /** Every rule that must find something in it, and no other may; reasoned from AWS's documentation. */
  readonly violates: readonly RuleId[];
  /** Parameters in place of the defaults. */
  readonly settings?: Partial<Settings>;
}

export const corpusFolder = join(__dirname, "corpus");

export function readCorpus(): CorpusCase[] {
  return readdirSync(corpusFolder)
    .filter((file) => /^p\d\d\.yaml$/.test(file))
    .sort()
    .flatMap((file) => readFile(file));
}

function readFile(file: string): CorpusCase[] {
  const document = parseDocument(readFileSync(join(corpusFolder, file), "utf8"), { uniqueKeys: true });
  // `!json` before a mapping: its text, as programs write policies.
  visit(document, {
    Collection: (_, node) => (node.tag === "!json" ? new Scalar(JSON.stringify(node.toJS(document))) : undefined),
  });
  if (document.errors[0] || !isNode(document.contents)) throw new Error(`${file}: ${document.errors[0]?.message}`);
  const cases: readonly Partial<CorpusCase>[] = document.toJS();
  const names = new Set<string>();
  return cases.map((value) => {
    const { name, title, violates, document: single, resources } = value;
    const isWhole = name !== undefined && title !== undefined && violates !== undefined;
    if (!isWhole || names.has(name) || (single === undefined) === (resources === undefined)) {
      throw new Error(
        `${file}, ${name}: a case has a name of its own, title, violates, and either document or resources`,
      );
    }
    names.add(name);
    const row = file.slice(0, 3);
    return { ...value, title, violates, row: row.replace(/^p0?/, "P") as RuleId, name: `${row}/${name}` };
  });
}

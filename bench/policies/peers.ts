/** What checkov, parliament and cloudsplaining find in the corpus, beside the pack, rule by rule. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensurePythonEnvironment } from "../../local/setup/pythonEnvironment";
import { readDocument } from "../../policy/document/readDocument";
import { defaultSettings } from "../../policy/model/settings";
import { judgeFile } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import { type CorpusCase, readCorpus } from "../../test/policy/corpus";
import { grouped, printTable } from "../table";
import { ruleOf } from "./peerRules";

type Case = CorpusCase;

interface PeerResult {
  /** Findings by case; a case that the peer has no place for is missing. */
  readonly found: Readonly<Record<string, readonly string[]>>;
  readonly seconds: number;
}

export async function comparePeers(): Promise<void> {
  const cases = readCases();
  const peers = await runPeers(cases);
  const ours = runOurs(cases);
  const all: Readonly<Record<string, PeerResult>> = { ours, ...peers };
  const names = Object.keys(all);

  console.log(
    `\nDocuments that each finds, of those that violate the rule (${cases.length} documents; - : it judges none of them)\n`,
  );
  const rows = rules.map(({ id, title }) => {
    const violating = cases.filter(({ violates }) => violates.includes(id));
    const hits = names.map((name) => {
      const judged = violating.filter((each) => all[name]?.found[each.name] !== undefined);
      if (judged.length === 0) return "-";
      return `${judged.filter((each) => rulesFound(all, name, each).has(id)).length}`;
    });
    return [`${id} ${title}`, `${violating.length}`, ...hits];
  });
  printTable(
    ["rule", "violating", ...names],
    rows.filter(([, violating]) => violating !== "0"),
  );

  console.log("\nTime, and findings on documents that violate nothing\n");
  const clean = cases.filter(({ violates }) => violates.length === 0);
  printTable(
    ["", "documents", "ms a document", "right documents refused", "could not read"],
    names.map((name) => {
      const { found = {}, seconds = 0 } = all[name] ?? {};
      const judged = Object.keys(found).length;
      const refused = clean.filter((each) => (found[each.name] ?? []).some((issue) => !issue.startsWith("exception")));
      const failed = Object.values(found).filter((issues) => issues.some((issue) => issue.startsWith("exception")));
      const milliseconds = grouped((1_000 * seconds) / judged, 2);
      return [name, `${judged}`, milliseconds, `${refused.length}`, `${failed.length}`];
    }),
  );

  const only = cases.flatMap((each) =>
    Object.keys(peers).flatMap((name) =>
      (peers[name]?.found[each.name] ?? [])
        .filter((issue) => !issue.startsWith("exception") && !isOurs(issue, ours.found[each.name] ?? []))
        .map((issue) => `${name} ${issue}: ${each.name}`),
    ),
  );
  const lines = [...new Set(only)].sort();
  console.log(`\nFound by a peer where no rule of the pack that is about the same finds anything: ${lines.length}`);
  for (const line of lines) console.log(`  ${line}`);
}

/** A finding that no rule is about is ours where the pack refuses the document for anything. */
function isOurs(issue: string, found: readonly string[]): boolean {
  const about = ruleOf[issue];
  return about ? about.some((id) => found.includes(id)) : found.length > 0;
}

function rulesFound(all: Readonly<Record<string, PeerResult>>, name: string, { name: of }: Case): Set<string> {
  const issues = all[name]?.found[of] ?? [];
  return new Set(name === "ours" ? issues : issues.flatMap((issue) => ruleOf[issue] ?? []));
}

/** The documents of the corpus that stand by themselves. */
function readCases(): Case[] {
  return readCorpus()
    .filter(({ document, kind }) => document !== undefined && kind !== "guardrail")
    .map((each) => ({ ...each, kind: each.kind ?? "identity" }));
}

function runOurs(cases: readonly Case[]): PeerResult {
  const judge = ({ kind = "identity", service, document, settings }: Case) => {
    const found = { path: "", kind, ...(service && { service }), document: readDocument(JSON.stringify(document)) };
    const given = { ...defaultSettings, ...settings };
    return rules.filter((rule) => judgeFile(rule, found, given).length > 0).map(({ id }) => id);
  };
  cases.slice(0, 1).forEach(judge);
  const start = performance.now();
  const found = Object.fromEntries(cases.map((each) => [each.name, judge(each)]));
  return { found, seconds: (performance.now() - start) / 1_000 };
}

/** checkov pins an older cloudsplaining, which its own checks use. */
const environments: readonly (readonly [name: string, tools: readonly string[]])[] = [
  ["policy-peers", ["checkov", "parliament"]],
  ["policy-peers-cloudsplaining", ["cloudsplaining"]],
];

async function runPeers(cases: readonly Case[]): Promise<Record<string, PeerResult>> {
  const results: Record<string, PeerResult> = {};
  for (const [environment, tools] of environments) {
    const python = await ensurePythonEnvironment(environment, (line) => console.log(line));
    Object.assign(results, await runTools(python, tools, cases));
  }
  return results;
}

async function runTools(
  python: string,
  tools: readonly string[],
  cases: readonly Case[],
): Promise<Record<string, PeerResult>> {
  const child = spawn(python, [join(__dirname, "peers.py"), ...tools], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(cases));
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`bench/policies/peers.py ended with ${code}`);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

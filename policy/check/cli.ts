/** `data-pipelines-policy check`, and here `npm run policy:check`: judges IAM policy documents with the pack's rules, outside Pulumi. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { StateFileError } from "../model/stateFile";
import { PackConfigError } from "../pack/config";
import { type PackConfig, readPackConfig } from "../pack/configFile";
import { otherPolicies } from "../pack/policies";
import { rules } from "../rules";
import { checkDocument, type FileReport } from "./checkDocument";
import { checkState } from "./checkState";
import { CheckError, type Kind, parseKind } from "./kind";
import { formatReport, formatTotals, isRefused } from "./report";
import { junit, sarif } from "./sarif";

const usage = `data-pipelines-policy check [--kind KIND] [--config FILE] [--format FORMAT] [--state STATE] [FILE…]

Judges IAM policy documents (JSON), or all resources of a stack, with the rules of the policy pack. FILE and STATE may
be - for standard input.

  --kind KIND    whose policies they are: identity, trust, resource:<service> (for example resource:sqs) or guardrail
                 (an organisation's, which only takes away); only needed where a document doesn't show it
  --config FILE  configuration of the pack: levels, parameters, exemptions (their resource is a URN or name, of a
                 document its FILE); without STATE and FILE… only the configuration is checked
  --state STATE  what pulumi stack export or pulumi preview --json --show-sames wrote
  --format FORMAT  text (default), json, sarif (2.1.0, for code hosts) or junit (XML, for CI)
  --json         the same as --format json: [{"file", "violations": [{"rule", "level", "statement", "message", "fix"}], "notEvaluated": […]}]
  --help         this text

Ends with 0 when nothing mandatory is violated, with 1 when something is, with 2 when something can't be read.`;

interface Options {
  readonly files: readonly string[];
  readonly format: Format;
  readonly state?: string;
  readonly kind?: Kind;
  readonly config?: PackConfig;
}

export function main(args: readonly string[]): number {
  let options: Options | undefined;
  try {
    options = parse(args);
  } catch (error) {
    console.error(`check: ${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const { files, state, format, kind, config } = options;
  const texts = new Map<string, string>();
  const readText = (file: string): string => {
    const text = read(file);
    texts.set(file, text);
    return text;
  };
  const reports = files.map((file): FileReport & { readonly kind?: Kind } => {
    try {
      return checkDocument(file, readText(file), { rules, kind, config });
    } catch (error) {
      if (!(error instanceof CheckError)) throw error;
      return { file, error: error.message, violations: [], notEvaluated: [] };
    }
  });
  if (state !== undefined) reports.push(stateReport(state, readText, config));
  if (format === "text") {
    for (const report of reports) console.log(formatReport(report, rules));
    if (reports.length > 0) console.log(formatTotals(reports));
    else console.log("The configuration is right.");
  } else console.log(formatted(format, reports, texts));
  if (reports.some(({ error }) => error !== undefined)) return 2;
  return reports.some(isRefused) ? 1 : 0;
}

type Format = "text" | "json" | "sarif" | "junit";

function formatted(
  format: Exclude<Format, "text">,
  reports: readonly (FileReport & { readonly kind?: Kind })[],
  texts: ReadonlyMap<string, string>,
): string {
  if (format === "sarif") return sarif(reports, rules, texts);
  if (format === "junit") return junit(reports, rules);
  return JSON.stringify(
    reports.map(({ kind: _, ...report }) => report),
    undefined,
    2,
  );
}

function stateReport(state: string, readText: (file: string) => string, config?: PackConfig): FileReport {
  try {
    return checkState(state, readText(state), { rules, config });
  } catch (error) {
    if (!(error instanceof CheckError || error instanceof StateFileError)) throw error;
    return { file: state, error: error.message, violations: [], notEvaluated: [] };
  }
}

function formatOf(text: string): Format {
  if (text === "text" || text === "json" || text === "sarif" || text === "junit") return text;
  throw new CheckError(`--format ${text} is none; write text, json, sarif or junit`);
}

function parse(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      kind: { type: "string" },
      config: { type: "string" },
      format: { type: "string" },
      json: { type: "boolean", default: false },
      state: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  if (positionals.length === 0 && values.config === undefined && values.state === undefined)
    throw new CheckError("neither STATE nor FILE is given");
  if ([...positionals, values.state].filter((file) => file === "-").length > 1)
    throw new CheckError("standard input is read only once");
  return {
    files: positionals,
    format: values.json ? "json" : formatOf(values.format ?? "text"),
    ...(values.state === undefined ? {} : { state: values.state }),
    ...(values.kind === undefined ? {} : { kind: parseKind(values.kind) }),
    ...(values.config === undefined ? {} : { config: readConfig(values.config) }),
  };
}

function readConfig(file: string): PackConfig {
  try {
    return readPackConfig(read(file), rules, otherPolicies);
  } catch (error) {
    if (error instanceof PackConfigError) throw new CheckError(`${file}: ${error.message}`);
    throw error;
  }
}

/** @throws CheckError where there is no such file, or no text in it */
function read(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    throw new CheckError(`can't read ${file === "-" ? "standard input" : file}: ${messageOf(error)}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CheckError("it is not UTF-8 text");
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));

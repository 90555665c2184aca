/** `npm run policy:check -- FILE…`: judges IAM policy documents with the pack's rules, outside Pulumi. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { PackConfigError } from "../pack/config";
import { type PackConfig, readPackConfig } from "../pack/configFile";
import { otherPolicies } from "../pack/policies";
import { rules } from "../rules";
import { checkDocument, type FileReport } from "./checkDocument";
import { CheckError, type Kind, parseKind } from "./kind";
import { formatReport, formatTotals, isRefused } from "./report";

const usage = `npm run policy:check -- [--kind KIND] [--config FILE] [--json] FILE…

Judges IAM policy documents (JSON) with the rules of the policy pack. FILE may be - for standard input.

  --kind KIND    whose policies they are: identity, trust, resource:<service> (for example resource:sqs) or guardrail
                 (an organisation's, which only takes away); only needed where a document doesn't show it
  --config FILE  configuration of the pack, as in policy/config: levels, parameters, exemptions
                 (their resource is then a file); without FILE… only the configuration is checked
  --json         [{"file", "violations": [{"rule", "level", "statement", "message", "fix"}], "notEvaluated": […]}]
  --help         this text

Ends with 0 when nothing mandatory is violated, with 1 when something is, with 2 when something can't be read.`;

interface Options {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly kind?: Kind;
  readonly config?: PackConfig;
}

export function main(args: readonly string[]): number {
  let options: Options | undefined;
  try {
    options = parse(args);
  } catch (error) {
    console.error(`policy:check: ${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const { files, json, kind, config } = options;
  const reports = files.map((file): FileReport & { readonly kind?: Kind } => {
    try {
      return checkDocument(file, read(file), { rules, kind, config });
    } catch (error) {
      if (!(error instanceof CheckError)) throw error;
      return { file, error: error.message, violations: [], notEvaluated: [] };
    }
  });
  if (json)
    console.log(
      JSON.stringify(
        reports.map(({ kind: _, ...report }) => report),
        undefined,
        2,
      ),
    );
  else {
    for (const report of reports) console.log(formatReport(report, rules));
    if (files.length > 0) console.log(formatTotals(reports));
    else console.log("The configuration is right.");
  }
  if (reports.some(({ error }) => error !== undefined)) return 2;
  return reports.some(isRefused) ? 1 : 0;
}

function parse(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      kind: { type: "string" },
      config: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  if (positionals.length === 0 && values.config === undefined) throw new CheckError("no FILE is given");
  if (positionals.filter((file) => file === "-").length > 1) throw new CheckError("standard input is read only once");
  return {
    files: positionals,
    json: values.json,
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

/** Arguments and files of `baseline`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { StateFileError } from "../model/stateFile";
import { isDate, PackConfigError } from "../pack/config";
import { readPackConfig } from "../pack/configFile";
import { today } from "../pack/exemptions";
import { otherPolicies } from "../pack/policies";
import { rules } from "../rules";
import { baseline } from "./baseline";
import { CheckError } from "./kind";

const usage = `data-pipelines-policy baseline --state STATE --config FILE --expires DAY --reason TEXT

Writes into FILE, the stack's configuration of the pack, an exemption for each mandatory finding of the stack as it is
now: no more than what is found, so that whatever comes later is told. Findings that FILE exempts already stay as they
are. Run it again to see what is new; from the day after DAY the exemptions are violations themselves.

  --state STATE    what pulumi stack export or pulumi preview --json --show-sames wrote; - for standard input
  --config FILE    is made where there is none
  --expires DAY    last day of the exemptions, YYYY-MM-DD
  --reason TEXT    why they are let be until then, for example the ticket

Ends with 0, or with 2 when something can't be read.`;

export function main(args: readonly string[]): number {
  try {
    return run(args);
  } catch (error) {
    if (error instanceof PackConfigError || error instanceof StateFileError || error instanceof CheckError) {
      console.error(`baseline: ${error.message}`);
      return 2;
    }
    if (error instanceof TypeError && "code" in error) {
      console.error(`baseline: ${error.message}\n\n${usage}`);
      return 2;
    }
    throw error;
  }
}

function run(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      state: { type: "string" },
      config: { type: "string" },
      expires: { type: "string" },
      reason: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const { state, config: file, expires, reason } = values;
  if (!state || !file || !expires || !reason)
    throw new CheckError(`--state, --config, --expires and --reason are needed\n\n${usage}`);
  if (!isDate(expires) || expires < today())
    throw new CheckError(`--expires ${expires}: write a day to come, YYYY-MM-DD`);
  if (reason.trim().length < 10) throw new CheckError(`--reason ${JSON.stringify(reason)} is no reason; say why`);
  const configText = existsSync(file) ? read(file) : "{}";
  const config = readPackConfig(configText, rules, otherPolicies);
  const { text, added } = baseline(state, read(state), { rules, configText, config, expires, reason });
  writeFileSync(file, text);
  const total = [...added.values()].reduce((sum, count) => sum + count, 0);
  const byRule = [...added].map(([id, count]) => `${id}: ${count}`).join(", ");
  console.log(`${file}: ${total} exemption(s) added until ${expires}${total > 0 ? ` (${byRule})` : ""}`);
  return 0;
}

function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new CheckError(`can't read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));

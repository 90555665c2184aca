/** `npm run docs:policies`: writes the pages of docs/policies from the rules; `--check` only says whether they are up to date. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policyPages } from "../policy/pages/pages";
import { rules } from "../policy/rules";

const folder = join(__dirname, "../docs/policies");
/** Written by hand. */
const handWritten = ["adopting.md", "configuration.md"];

/** What differs between the folder and the rules, one line each. */
export function stalePages(): string[] {
  const pages = policyPages();
  const committed = existsSync(folder) ? readdirSync(folder).filter((name) => !handWritten.includes(name)) : [];
  return [
    ...committed.filter((name) => !pages.has(name)).map((name) => `${name} is of no rule`),
    ...[...pages]
      .filter(([name, text]) => !committed.includes(name) || readFileSync(join(folder, name), "utf8") !== text)
      .map(([name]) => `${name} is not up to date`),
  ];
}

function main(args: readonly string[]): number {
  const stale = stalePages();
  if (args.includes("--check")) {
    for (const line of stale) console.log(line);
    return stale.length === 0 ? 0 : 1;
  }
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!handWritten.includes(name)) rmSync(join(folder, name));
  for (const [name, text] of policyPages()) writeFileSync(join(folder, name), text);
  console.log(`docs/policies: ${rules.length} rules, ${stale.length} page(s) changed`);
  return 0;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));

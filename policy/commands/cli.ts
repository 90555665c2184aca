/** The pack's commands, which work wherever it is installed. */
import { run as access } from "../access/cli";
import { main as baseline } from "../check/baselineCli";
import { main as check } from "../check/cli";
import { policyPages } from "../pages/pages";
import { rules } from "../rules";

const usage = `data-pipelines-policy COMMAND

  check [FILE…]      judges policy documents, or a whole stack from its state or preview
  baseline --state   exempts what an existing stack violates today, until a day
  access --file      who may do what in a stack, and whether that is more than a reference says
  explain [RULE]     a rule's page: why, how it decides, wrong and right; without RULE the list of rules

data-pipelines-policy COMMAND --help tells more. As a pack: pulumi preview --policy-pack <the folder of this package>.`;

function explain([id, ...more]: readonly string[]): number {
  if (more.length > 0 || id === "--help") {
    console.log("data-pipelines-policy explain [RULE], for example P4 or iam-no-every-resource");
    return id === "--help" ? 0 : 2;
  }
  if (id === undefined) {
    for (const rule of rules) console.log(`${rule.id.padEnd(4)} ${rule.name}: ${rule.title}`);
    return 0;
  }
  const named = rules.find(({ name }) => name === id)?.id ?? id.toUpperCase();
  const page = policyPages().get(`${named}.md`);
  if (page === undefined) {
    console.error(`explain: there is no rule ${id}; without it, explain lists them`);
    return 2;
  }
  console.log(page);
  return 0;
}

export async function main([command, ...args]: readonly string[]): Promise<number> {
  if (command === "access") {
    await access(args);
    return Number(process.exitCode ?? 0);
  }
  if (command === "check") return check(args);
  if (command === "baseline") return baseline(args);
  if (command === "explain") return explain(args);
  const isHelp = command === undefined || command === "--help" || command === "-h";
  if (isHelp) console.log(usage);
  else console.error(`data-pipelines-policy: there is no command ${command}\n\n${usage}`);
  return isHelp ? 0 : 2;
}

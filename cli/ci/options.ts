import { parseFlags, UsageError } from "../shared/commandLine";

export const HELP = `Usage: npm run ci -- COMMAND [options]

What the workflows of this repository run; each can be run by hand.

  preview --stack NAME --out FILE [--plan FILE] [--policy-pack FOLDER] [--policy-config FILE]
      previews a stack with the policy pack and writes what it would do to FILE as JSON; with --plan also the plan
      that a later \`pulumi up --plan\` is held to. Ends with 1 when the preview failed or a policy refused it.
  drift --stack NAME --out FILE
      compares a stack with what is deployed (\`pulumi refresh --preview-only\`) and writes the differences.
  comment --folder FOLDER [--access FILE] [--dry-run]
      one comment on the pull request from all previews in FOLDER, updated in place.
  drift-issue --folder FOLDER [--dry-run]
      one issue from all drift reports in FOLDER: opened, updated, or closed when there is none left.

comment and drift-issue take GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_EVENT_PATH from the
environment, as GitHub Actions sets them; with --dry-run they print what they would write.
Ends with 0 when all went well, 1 when something failed, 2 when the arguments are wrong.`;

const commands = ["preview", "drift", "comment", "drift-issue"] as const;

export interface CiOptions {
  readonly command: (typeof commands)[number];
  readonly stack: string;
  readonly out: string;
  readonly plan?: string;
  readonly policyPack?: string;
  readonly policyConfig?: string;
  readonly folder: string;
  readonly access?: string;
  readonly dryRun: boolean;
}

const flags = {
  stack: { type: "string" },
  out: { type: "string" },
  plan: { type: "string" },
  "policy-pack": { type: "string" },
  "policy-config": { type: "string" },
  folder: { type: "string" },
  access: { type: "string" },
  "dry-run": { type: "boolean" },
  help: { type: "boolean" },
} as const;

const needed = {
  preview: ["stack", "out"],
  drift: ["stack", "out"],
  comment: ["folder"],
  "drift-issue": ["folder"],
} as const satisfies Record<CiOptions["command"], readonly (keyof typeof flags)[]>;

/** Undefined: the help was asked for. @throws UsageError */
export function parseOptions([name = "", ...args]: readonly string[]): CiOptions | undefined {
  if (name === "--help" || args.includes("--help")) return undefined;
  const command = commands.find((each) => each === name);
  if (command === undefined)
    throw new UsageError(`${JSON.stringify(name)} isn't a command; give ${commands.join(", ")}`);
  const values = parseFlags(args, flags);
  for (const flag of needed[command]) {
    if (!values[flag]) throw new UsageError(`--${flag} is missing; ${command} needs it`);
  }
  return {
    command,
    stack: values.stack ?? "",
    out: values.out ?? "",
    plan: values.plan,
    policyPack: values["policy-pack"],
    policyConfig: values["policy-config"],
    folder: values.folder ?? "",
    access: values.access,
    dryRun: values["dry-run"] ?? false,
  };
}

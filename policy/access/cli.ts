/** `data-pipelines-policy access`, and here `npm run policy:access`: who may do what in a stack, and whether that is more than the reference says. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compare, type Reference } from "./compare";
import { fromFile } from "./fromFile";
import { type Access, accessOf, type FoundGrant } from "./grants";
import { AccessError } from "./graph";
import { formatAccess, type Why } from "./markdown";
import { referenceOf, writtenReference } from "./reference";

/** A program whose stacks are looked at without a file, as a repository's own command gives it. */
export interface AccessSource {
  /** The stacks that are looked at where none is named. */
  readonly stacks: readonly string[];
  /** @throws AccessError where there is no such stack */
  readonly accessOf: (stack: string) => Promise<Access>;
  /** File of the reference. */
  readonly reference: string;
  /** Markdown file that `--update` writes beside the reference. */
  readonly page: string;
  readonly why: () => Promise<Why>;
}

const defaultReference = "access-reference.json";

function usage(source: AccessSource | undefined): string {
  const stack =
    source === undefined
      ? "what the reference calls the stack; required"
      : `a stack whose program is run with mocks, by Pulumi.NAME.yaml (default: ${source.stacks.join(", ")})`;
  const file = "a state (pulumi stack export) or a preview (pulumi preview --json --show-sames)";
  return `${source === undefined ? "data-pipelines-policy access" : "npm run policy:access --"} --file FILE --stack NAME [--check | --update | --json]

Prints who may do what, role by role, as Markdown, with the reason for it where one is known.

  --file FILE       ${file}${source === undefined ? "" : ",\n                    in place of the program; needs one --stack"}
  --stack NAME      ${stack}
  --check           compares with the reference; ends with 1 when access is wider
  --update          writes the reference${source === undefined ? "" : " and the page of it"}
  --reference FILE  default: ${source?.reference ?? defaultReference}
  --json            the grants in the reference's form
  --help            this text

Ends with 2 when something can't be read.`;
}

/** @returns the exit code */
export async function main(args: readonly string[], source?: AccessSource): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stack: { type: "string", multiple: true },
      file: { type: "string" },
      check: { type: "boolean", default: false },
      update: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      reference: { type: "string", default: source?.reference ?? defaultReference },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(usage(source));
    return 0;
  }
  if (values.file === undefined && source === undefined) throw new AccessError("no --file FILE is given");
  if (values.file !== undefined && values.stack?.length !== 1) throw new AccessError("--file needs one --stack NAME");
  const stacks = await accessByStack(values.stack ?? source?.stacks ?? [], { source, file: values.file });
  if (values.check) return check(stacks, values.reference);
  const grants = Object.fromEntries(Object.entries(stacks).map(([name, access]) => [name, access.grants]));
  if (values.json) console.log(writtenReference(grants));
  else if (values.update) await update(grants, values.reference, source);
  else console.log(formatAccess(grants, await source?.why()));
  return 0;
}

export async function accessByStack(
  names: readonly string[],
  { source, file }: { readonly source?: AccessSource; readonly file?: string },
): Promise<Record<string, Access>> {
  const stacks: Record<string, Access> = {};
  for (const name of names) {
    if (file !== undefined) stacks[name] = accessOf(fromFile(file, readFileSync(file, "utf8")));
    else if (source) stacks[name] = await source.accessOf(name);
  }
  return stacks;
}

function check(stacks: Readonly<Record<string, Access>>, file: string): number {
  const reference = readReference(file);
  let code = 0;
  for (const [stack, { grants, unknown }] of Object.entries(stacks)) {
    const { wider, narrower } = compare(reference[stack] ?? [], grants);
    for (const line of wider) console.log(`+ ${stack}: ${line}`);
    for (const line of narrower) console.log(`- ${stack}: ${line}`);
    for (const part of unknown) console.log(`? ${stack}: ${part} is known only to the update and was not compared`);
    if (wider.length > 0 || unknown.length > 0) code = 1;
    console.log(`${stack}: ${wider.length} wider, ${narrower.length} narrower than the reference`);
  }
  if (code === 1) console.log("Where that is meant: run it again with --update, and say why in the change.");
  return code;
}

async function update(
  grants: Readonly<Record<string, readonly FoundGrant[]>>,
  file: string,
  source: AccessSource | undefined,
): Promise<void> {
  const kept = existsSync(file) ? readReference(file) : {};
  writeFileSync(file, writtenReference({ ...kept, ...grants }));
  console.log(`Written: ${file}`);
  if (source === undefined || file !== source.reference || source.stacks.some((stack) => !(stack in grants))) return;
  writeFileSync(source.page, formatAccess(grants, await source.why()));
  console.log(`Written: ${source.page}`);
}

function readReference(file: string): Reference {
  try {
    return referenceOf(readFileSync(file, "utf8"));
  } catch (error) {
    throw new AccessError(`can't read the reference: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** As a process: mistakes of the caller are told with the usage. */
export async function run(args: readonly string[], source?: AccessSource): Promise<void> {
  try {
    process.exitCode = await main(args, source);
  } catch (error) {
    const expected = error instanceof AccessError || (error instanceof Error && "code" in error);
    console.error(expected ? `access: ${(error as Error).message}\n\n${usage(source)}` : error);
    process.exitCode = 2;
  }
}

if (require.main === module) void run(process.argv.slice(2));

/** `npm run policy:access`: who may do what in the stacks, and whether that is more than the reference says. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compare, type Reference } from "./compare";
import { fromFile } from "./fromFile";
import { fromProgram } from "./fromProgram";
import { type Access, accessOf, type FoundGrant } from "./grants";
import { AccessError } from "./graph";
import { formatAccess } from "./markdown";
import { referenceOf, writtenReference } from "./reference";
import { readReasons } from "./why";

const root = join(__dirname, "../..");
export const referenceFile = join(__dirname, "reference.json");
const page = join(root, "docs/access.md");
/** Between them they have every pipeline. */
export const defaultStacks = ["prod", "local"];

const usage = `npm run policy:access -- [--check | --update | --json] [--stack NAME]… [--file FILE]

Prints who may do what, role by role, as Markdown, with the reason for it.

  --stack NAME      a stack whose program is run with mocks, by Pulumi.NAME.yaml (default: ${defaultStacks.join(", ")})
  --file FILE       a state (pulumi stack export) or a preview (pulumi preview --json) in place of that; needs one
                    --stack NAME to say what the reference calls it
  --check           compares with the reference; ends with 1 when access is wider
  --update          writes the reference and docs/access.md
  --reference FILE  default: policy/access/reference.json
  --json            the grants in the reference's form
  --help            this text

Ends with 2 when something can't be read.`;

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stack: { type: "string", multiple: true },
      file: { type: "string" },
      check: { type: "boolean", default: false },
      update: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      reference: { type: "string", default: referenceFile },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.file !== undefined && values.stack?.length !== 1) throw new AccessError("--file needs one --stack NAME");
  const stacks = await accessByStack(values.stack ?? defaultStacks, values.file);
  const grants = Object.fromEntries(Object.entries(stacks).map(([name, access]) => [name, access.grants]));
  if (values.check) return check(stacks, values.reference);
  if (values.json) console.log(writtenReference(grants));
  else if (values.update) await update(grants, values.reference);
  else console.log(formatAccess(grants, await readReasons()));
  return 0;
}

export async function accessByStack(names: readonly string[], file?: string): Promise<Record<string, Access>> {
  const stacks: Record<string, Access> = {};
  for (const name of names) {
    stacks[name] = accessOf(file === undefined ? await fromProgram(name) : fromFile(file, readFileSync(file, "utf8")));
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
  if (code === 1) console.log("Where that is meant: npm run policy:access -- --update, and say why in the change.");
  return code;
}

async function update(grants: Readonly<Record<string, readonly FoundGrant[]>>, file: string): Promise<void> {
  const kept = existsSync(file) ? readReference(file) : {};
  writeFileSync(file, writtenReference({ ...kept, ...grants }));
  console.log(`Written: ${file}`);
  if (file !== referenceFile || defaultStacks.some((stack) => !(stack in grants))) return;
  writeFileSync(page, formatAccess(grants, await readReasons()));
  console.log("Written: docs/access.md");
}

function readReference(file: string): Reference {
  try {
    return referenceOf(readFileSync(file, "utf8"));
  } catch (error) {
    throw new AccessError(`can't read the reference: ${error instanceof Error ? error.message : String(error)}`);
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const expected = error instanceof AccessError || (error instanceof Error && "code" in error);
      console.error(expected ? `policy:access: ${(error as Error).message}\n\n${usage}` : error);
      process.exitCode = 2;
    },
  );
}

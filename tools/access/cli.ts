/** `npm run policy:access`: the pack's command, with this repository's program, reference and page. */
import { join } from "node:path";
import { type AccessSource, run } from "../../policy/access/cli";
import { accessOf } from "../../policy/access/grants";
import { fromProgram } from "./fromProgram";
import { whyOf } from "./why";

const root = join(__dirname, "../..");

/** Between them the stacks have every pipeline. */
export const ownAccess: AccessSource = {
  stacks: ["prod", "local"],
  accessOf: async (stack) => accessOf(await fromProgram(stack)),
  reference: join(root, "policy/access/reference.json"),
  page: join(root, "docs/access.md"),
  why: async () => whyOf,
};

if (require.main === module) void run(process.argv.slice(2), ownAccess);

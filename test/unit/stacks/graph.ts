/** The resource graph of a stack as text, one line a resource, so that a change of names or parents shows in a review. */
import { join } from "node:path";
import type { Registration } from "../mocks";
import { runStack } from "./stackRun";

export const graphFile = (stack: string): string => join(__dirname, "graphs", `${stack}.txt`);

/** Lines `<parents>/<name>  <type>`, with ` protect` and ` retain` where they hold. */
export async function graphOf(stack: string): Promise<string> {
  const { registrations } = await runStack(stack);
  return `${registrations.map(lineOf).sort().join("\n")}\n`;
}

function lineOf({ type, name, parent, protect, retainOnDelete }: Registration): string {
  const path = parent === "" ? name : `${parent}/${name}`;
  return `${path}  ${type}${protect ? " protect" : ""}${retainOnDelete ? " retain" : ""}`;
}

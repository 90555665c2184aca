/** `npm run graphs`: writes the resource graphs that graph.test.ts compares with; the difference is for the review. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { graphFile, graphOf } from "./graph";
import { stacks } from "./stackRun";

async function main(): Promise<void> {
  for (const stack of stacks) {
    mkdirSync(dirname(graphFile(stack)), { recursive: true });
    writeFileSync(graphFile(stack), await graphOf(stack));
  }
}

void main();

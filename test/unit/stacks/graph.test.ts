import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { graphFile, graphOf } from "./graph";
import { stacks } from "./stackRun";

describe("the resource graph of each stack", () => {
  afterEach(() => pulumi.runtime.setAllConfig({}));

  for (const stack of stacks) {
    it(`S11: ${stack} has the resources that its last update had, under the same names and parents`, async () => {
      const [before, now] = [linesOf(readFileSync(graphFile(stack), "utf8")), linesOf(await graphOf(stack))];
      const gone = [...before].filter((line) => !now.has(line));
      const added = [...now].filter((line) => !before.has(line));
      assert.deepEqual(
        { gone, added },
        { gone: [], added: [] },
        `Pulumi replaces what changes its name, type or parent: give what holds data \`aliases\`; if the change is meant, npm run graphs\n${[...gone.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)].join("\n")}`,
      );
    });
  }
});

function linesOf(text: string): Set<string> {
  return new Set(text.trimEnd().split("\n"));
}

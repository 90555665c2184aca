import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const policy = join(__dirname, "../../policy");

/** Folder → the folders beside it that its files import from; subfolders of rules/ belong to it. */
function imports(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(policy, { recursive: true, encoding: "utf8" }).filter((name) => /\.ts$/.test(name))) {
    const from = dirname(file).split("/")[0] as string;
    const text = readFileSync(join(policy, file), "utf8");
    for (const [, specifier = ""] of text.matchAll(/from "(\.[^"]*)"/g)) {
      const to = relative(policy, join(policy, dirname(file), specifier));
      const folder = to.includes("/") || to === "rules" ? (to.split("/")[0] as string) : ".";
      if (folder !== from) found.set(from, (found.get(from) ?? new Set()).add(folder));
    }
  }
  return found;
}

/** The folders of a circle, in order; undefined where there is none. */
function circle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const walk = (folder: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
    if (done.has(folder)) return undefined;
    for (const next of edges.get(folder) ?? []) {
      const found = walk(next, [...way, folder]);
      if (found) return found;
    }
    done.add(folder);
    return undefined;
  };
  for (const folder of edges.keys()) {
    const found = walk(folder, []);
    if (found) return found;
  }
  return undefined;
}

describe("the pack's folders", () => {
  it("P45: import in one direction, without a circle", () => {
    const edges = imports();
    assert.ok(edges.size > 8, "the folders are found");
    assert.deepEqual(
      circle(
        new Map([
          ["a", new Set(["b"])],
          ["b", new Set(["a"])],
        ]),
      ),
      ["a", "b", "a"],
    );
    assert.equal(circle(edges)?.join(" → "), undefined);
  });

  it("P45: the pack stands by itself: nothing in it imports from the repository around it", () => {
    const outside = readdirSync(policy, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.ts$/.test(name))
      .flatMap((file) =>
        [...readFileSync(join(policy, file), "utf8").matchAll(/(?:from|import\() ?"(\.[^"]*)"/g)]
          .map(([, specifier = ""]) => relative(policy, join(policy, dirname(file), specifier)))
          .filter((path) => path.startsWith(".."))
          .map((path) => `${file}: ${path}`),
      );
    assert.deepEqual(outside, []);
  });
});

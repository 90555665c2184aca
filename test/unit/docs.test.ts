import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { generatedPages, upToDate } from "../../tools/diagrams";
import { allPromises, namedTests } from "../../tools/promises";

const root = join(__dirname, "..", "..");
const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md", "local/README.md"].concat(
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
);

/** Headings as GitHub makes anchors of them. */
function anchors(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
  return new Set(headings);
}

describe("the documentation", () => {
  it("S9: every row that a test's name begins with is a promise in docs/promises.md", () => {
    const known = new Set(allPromises().flatMap(({ rows }) => Object.keys(rows)));
    const unknown = namedTests().flatMap(({ file, rows }) =>
      rows.filter((row) => !known.has(row)).map((row) => `${file}: ${row}`),
    );
    assert.deepEqual(unknown, []);
  });

  it("S10: every link between pages leads to a file that is there, and to a heading that it has", () => {
    const dead: string[] = [];
    let followed = 0;
    for (const page of pages) {
      const text = readFileSync(join(root, page), "utf8").replace(/```[\s\S]*?```/g, "");
      for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        followed += 1;
        const [path = "", anchor] = target.split("#");
        const file = path === "" ? join(root, page) : join(root, dirname(page), path);
        if (!existsSync(file)) dead.push(`${page}: ${target}`);
        else if (anchor !== undefined && file.endsWith(".md") && !anchors(readFileSync(file, "utf8")).has(anchor)) {
          dead.push(`${page}: ${target} (no such heading in ${relative(root, file)})`);
        }
      }
    }
    assert.deepEqual(dead, []);
    assert.ok(followed > 50);
  });

  for (const [name, contents] of Object.entries(generatedPages)) {
    it(`S10: what docs/${name} takes from the code is what the code says (npm run docs:diagrams)`, () => {
      const page = readFileSync(join(root, "docs", name), "utf8");
      assert.equal(upToDate(page, contents()), page);
    });
  }

  it("S10: every file that README, CONTRIBUTING and the pages name is there", () => {
    const named = pages
      .filter((page) => page !== "CHANGELOG.md")
      .flatMap((page) => {
        const text = readFileSync(join(root, page), "utf8").replace(/```[\s\S]*?```/g, "");
        return [...text.matchAll(/`((?:[a-z][\w.-]*\/)+[\w.-]+\.(?:ts|py|md|json|yaml))`/g)].map(
          ([, file = ""]) => [page, file] as const,
        );
      });
    assert.ok(named.length > 20);
    // What each environment, rule or stack has of its own is named by an example.
    const examples = ["policy/config/qa.json", "test/policy/corpus/pNN.yaml"];
    const missing = named.filter(([, file]) => !examples.includes(file) && !existsSync(join(root, file)));
    assert.deepEqual(missing, []);
  });

  it("S10: every npm command that a page names is there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
    const unknown = pages.flatMap((page) =>
      [...readFileSync(join(root, page), "utf8").matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !Object.hasOwn(scripts, name))
        .map((name) => `${page}: npm run ${name}`),
    );
    assert.deepEqual(unknown, []);
  });

  it("S10: docs/operations.md says of every alarm of our stacks what to do, and of no other", () => {
    const graphs = join(root, "test/unit/stacks/graphs");
    const alarms = readdirSync(graphs).flatMap((file) =>
      [...readFileSync(join(graphs, file), "utf8").matchAll(/(\S+)\s+aws:cloudwatch\/metricAlarm:MetricAlarm/g)].map(
        ([, name = ""]) => name.replace(/^.*\//, ""),
      ),
    );
    const page = readFileSync(join(root, "docs/operations.md"), "utf8");
    const patterns = [...page.matchAll(/`(\*-[\w*-]+-alarm)`/g)].map(([, pattern = ""]) => pattern);
    const matches = (pattern: string, name: string) => new RegExp(`^${pattern.replaceAll("*", "[\\w-]+")}$`).test(name);
    assert.ok(alarms.length > 40);
    assert.deepEqual(
      alarms.filter((name) => !patterns.some((pattern) => matches(pattern, name))),
      [],
    );
    assert.deepEqual(
      patterns.filter((pattern) => !alarms.some((name) => matches(pattern, name))),
      [],
    );
  });
});

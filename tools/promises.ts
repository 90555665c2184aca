/**
 * `npm run docs:promises`: writes docs/promises.md, what each component promises with the tests that show it; `--check`
 * only says whether it is up to date. Tests name the promise that they show: `it("I6: the same object twice …")`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../policy/rules";
import { type PromiseGroup, promises } from "./promisesText";

const root = join(__dirname, "..");
const page = join(root, "docs", "promises.md");

export interface NamedTest {
  readonly file: string;
  /** Rows in front of the colon, for example `["F4", "F5"]`. */
  readonly rows: readonly string[];
}

/** What a test's name begins with, for example `F4, F5: …`; none where it begins otherwise. */
export function rowsOf(name: string): string[] {
  const [, rows] = /^([A-Z]\d+(?:(?:, | and |, and )[A-Z]\d+)*):/.exec(name) ?? [];
  return rows?.split(/, and | and |, /) ?? [];
}

/** Every test whose name begins with rows, as it stands in the sources. */
export function namedTests(): NamedTest[] {
  const folder = join(root, "test");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort()
    .flatMap((file) => {
      const names = readFileSync(join(folder, file), "utf8").matchAll(/\bit\(\s*["'`]([^"'`\n]+)/g);
      return [...names].flatMap(([, name = ""]) => {
        const rows = rowsOf(name);
        return rows.length === 0 ? [] : [{ file: `test/${file.split("\\").join("/")}`, rows }];
      });
    });
}

/** All rows with their words: the groups', and the policy rules by their titles. */
export function allPromises(): PromiseGroup[] {
  return promises.map((group) => {
    if (group.letter !== "P") return group;
    const titles = Object.fromEntries(rules.map(({ id, title }) => [id, title]));
    return { ...group, rows: { ...titles, ...group.rows } };
  });
}

export function promisesPage(): string {
  const files = new Map<string, Set<string>>();
  for (const { file, rows } of namedTests()) {
    for (const row of rows) files.set(row, (files.get(row) ?? new Set()).add(file));
  }
  const parts = allPromises().map(({ letter, title, page: link, rows }) => {
    const lines = Object.entries(rows)
      .sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)))
      .map(([row, words]) => `| ${row} | ${words} | ${filesCell(files.get(row))} |`);
    // A component that is still to come has no page yet.
    const heading = link !== undefined && existsSync(join(root, "docs", link)) ? `[${title}](${link})` : title;
    return [`## ${letter}: ${heading}`, "", "| row | promise | shown in |", "|---|---|---|", ...lines].join("\n");
  });
  return `${[
    "# Promises",
    "What each part promises, by the row that the tests' names begin with. `npm test -- --grep I6` runs what shows row I6. Written by `npm run docs:promises`.",
    ...parts,
  ].join("\n\n")}\n`;
}

function filesCell(files: ReadonlySet<string> | undefined): string {
  const list = [...(files ?? [])];
  const links = list.slice(0, 4).map((file) => `[${file.replace(/^test\/|\.test\.ts$/g, "")}](../${file})`);
  return list.length === 0
    ? "no test yet"
    : [...links, ...(list.length > 4 ? [`${list.length - 4} more`] : [])].join(", ");
}

if (require.main === module) {
  const wanted = promisesPage();
  if (process.argv.includes("--check")) {
    if (readFileSync(page, "utf8") !== wanted) {
      console.error("docs/promises.md is old; run: npm run docs:promises");
      process.exitCode = 1;
    }
  } else {
    writeFileSync(page, wanted);
    console.log("docs/promises.md is written.");
  }
}

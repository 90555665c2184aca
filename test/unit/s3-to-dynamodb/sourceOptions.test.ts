import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parsePipelineConfig } from "../../../functions/s3-to-dynamodb/shared/config";
import { SOURCE_DEFAULTS } from "../../../functions/s3-to-dynamodb/shared/contract";
import { stackConfig } from "../../../stacks/schema";
import { problems } from "../compiler";

const root = join(__dirname, "..", "..", "..");
const fileOf = (path: string) => join(root, path);
const read = (path: string) => readFileSync(fileOf(path), "utf8");

const args = "components/s3-to-dynamodb/args.ts";
const contract = "functions/s3-to-dynamodb/shared/contract.ts";
const normalize = "components/s3-to-dynamodb/normalizeSource.ts";

/** Every module that has to do with sources, the tests' and the benchmarks' included. */
function aboutSources(): string[] {
  const isModule = (file: string) => /(?<!\.test|\/index)\.ts$/.test(file);
  return ["components", "functions", "stacks", "cli", "local", "bench", "test"].flatMap((folder) =>
    readdirSync(fileOf(folder), { recursive: true, encoding: "utf8" })
      .map((file) => `${folder}/${file}`)
      .filter((file) => isModule(file) && /\b(?:SourceConfig|S3SourceArgs|SOURCE_DEFAULTS)\b/.test(read(file))),
  );
}

/** Adds a line behind another, which must be there once. */
function withLine(text: string, behind: string, line: string): string {
  assert.equal(text.split(behind).length, 2, behind);
  return text.replace(behind, `${behind}\n${line}`);
}

/** The files that don't compile when those given are as given. */
function broken(changed: Readonly<Record<string, string>>): string[] {
  const sources = new Map(aboutSources().map((file) => [fileOf(file), changed[file] ?? read(file)]));
  return [...problems(sources).keys()].map((file) => file.slice(root.length + 1)).sort();
}

/** Members of an interface, as they stand in its source. */
function members(name: string): string[] {
  const [, body = ""] = new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, "m").exec(read(args)) ?? [];
  return [...body.matchAll(/^ {2}(\w+)\??: /gm)].map(([, member = ""]) => member);
}

describe("adding an option to a source, as CONTRIBUTING.md says", () => {
  it("S1: the compiler asks for it in two files more, and then in none", () => {
    const declared = {
      [args]: withLine(read(args), "  onlyMapped?: boolean;", "  skipRows?: number;"),
      [contract]: withLine(read(contract), "  readonly onlyMapped: boolean;", "  readonly skipRows: number;"),
    };
    assert.deepEqual(broken(declared), [normalize, contract]);
    const complete = {
      ...declared,
      [contract]: withLine(declared[contract] ?? "", "  onlyMapped: false,", "  skipRows: 0,"),
      [normalize]: withLine(read(normalize), "  onlyMapped: true,", "  skipRows: true,"),
    };
    assert.deepEqual(broken(complete), []);
  }).timeout(120_000);

  it("S1: every option can be given in a stack's file and stands in the docs, from its declaration alone", () => {
    const options = members("S3SourceArgs");
    assert.ok(options.length >= 17);
    const { issues = [] } = stackConfig.safeParse({ sources: [Object.fromEntries(options.map((key) => [key, null]))] })
      .error ?? { issues: [] };
    // Each is known, so that only its type is wrong.
    assert.deepEqual(new Set(issues.map(({ code }) => code)), new Set(["invalid_type"]));
    assert.deepEqual(issues.map(({ path }) => path[2]).sort(), [...options].sort());
    const [, table = ""] = /### `S3SourceArgs`\n([\s\S]*?)\n###/.exec(read("docs/s3-to-dynamodb.md")) ?? [];
    for (const option of options) assert.ok(table.includes(`\n| \`${option}\` | `), option);
  });

  it("I1: a config.json that lacks an option with a default is refused with its name", () => {
    const source = { name: "orders", bucket: "in", ...SOURCE_DEFAULTS };
    assert.doesNotThrow(() => parsePipelineConfig(JSON.stringify({ sources: [source], limits: {} })));
    for (const [option, standard] of Object.entries(SOURCE_DEFAULTS)) {
      const text = JSON.stringify({ sources: [{ ...source, [option]: undefined }], limits: {} });
      if (standard === undefined) assert.doesNotThrow(() => parsePipelineConfig(text), option);
      else assert.throws(() => parsePipelineConfig(text), new RegExp(`sources\\[0\\] lacks ${option}\\.`));
    }
  });
});

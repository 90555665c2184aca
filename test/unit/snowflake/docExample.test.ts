import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "..", "..", "..");
const component = join(root, "components", "snowflakeLanding.ts");

describe("SnowflakeLanding's examples", () => {
  it("S4: every example of the docstring compiles", () => {
    const text = readFileSync(component, "utf8").replace(/^ \* ?/gm, "");
    const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
    assert.equal(examples.length, 2);
    const sources = new Map(
      examples.map((code, i) => [
        join(root, "components", `example${i}.ts`),
        code.replace('"pulumi-data-pipelines"', '"./snowflakeLanding"'),
      ]),
    );
    // One that is wrong, in the same program because reading the providers' types takes seconds.
    const wrong = join(root, "components", "wrong.ts");
    sources.set(
      wrong,
      'import { SnowflakeLanding } from "./snowflakeLanding";\nnew SnowflakeLanding("a", { schema: 1 });',
    );
    assert.deepEqual([...problems(sources).keys()], [wrong]);
  });
});

/** The sources that the compiler finds mistakes in, with the mistakes. */
function problems(sources: ReadonlyMap<string, string>): Map<string, string[]> {
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => sources.get(file) ?? readFile(file);
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  const getSourceFile = host.getSourceFile;
  host.getSourceFile = (file, version, ...rest) => {
    const source = sources.get(file);
    return source === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, source, version);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  const found = [...sources.keys()].map((file): [string, string[]] => {
    const source = program.getSourceFile(file);
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return [file, diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))];
  });
  return new Map(found.filter(([, mistakes]) => mistakes.length > 0));
}

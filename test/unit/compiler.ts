/** Compiles sources that are only in memory, as if they lay in the repository. */
import { readFileSync } from "node:fs";
import ts from "typescript";

/** The TypeScript examples in the doc comments of a file. */
export function docExamples(file: string): string[] {
  const text = readFileSync(file, "utf8").replace(/^ \* ?/gm, "");
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
}

/** Files on the disk, parsed once for all programs. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** The sources that the compiler finds mistakes in, with the mistakes. */
export function problems(sources: ReadonlyMap<string, string>): Map<string, string[]> {
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: ["node", "mocha"],
    esModuleInterop: true,
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => sources.get(file) ?? readFile(file);
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  const getSourceFile = host.getSourceFile;
  host.getSourceFile = (file, version, ...rest) => {
    const source = sources.get(file);
    if (source !== undefined) return ts.createSourceFile(file, source, version);
    if (!parsed.has(file)) parsed.set(file, getSourceFile(file, version, ...rest));
    return parsed.get(file);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  const found = [...sources.keys()].map((file): [string, string[]] => {
    const source = program.getSourceFile(file);
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return [file, diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))];
  });
  return new Map(found.filter(([, mistakes]) => mistakes.length > 0));
}

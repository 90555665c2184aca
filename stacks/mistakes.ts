/** Mistakes in a stack's configuration, each told by its key, the name beside an index, and its line in the file. */
import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from "yaml";

/** The project's name in Pulumi.yaml, which all keys of the program begin with. */
export const namespace = "data-pipelines";

export type Path = readonly (string | number)[];

export interface Mistake {
  /** From the key without the namespace, for example `["sources", 2, "shards"]`. Another provider's key is one text. */
  readonly path: Path;
  /** What is wrong and what to do. */
  readonly text: string;
  /** The whole key where it isn't the program's own, for example `aws:region`. */
  readonly foreignKey?: string;
}

/** Everything that is wrong with a stack's configuration, one line a key. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly lines: readonly string[];

  /**
   * @param values the configuration, for the names of list entries
   * @param yaml text of the stack's file, for line numbers. @default none
   */
  constructor(stack: string, mistakes: readonly Mistake[], values: unknown, yaml?: string) {
    const file = `Pulumi.${stack}.yaml`;
    const lineOf = yaml === undefined ? () => undefined : lines(yaml);
    const said = mistakes.map((mistake) => {
      const key = mistake.foreignKey ?? `${namespace}:${pathText(mistake.path, values)}`;
      return { line: lineOf(mistake), text: `${key}: ${mistake.text}` };
    });
    super(
      [
        `${file} has ${mistakes.length} ${mistakes.length === 1 ? "mistake" : "mistakes"}:`,
        ...said.map(({ line, text }) => (line === undefined ? `  ${text}` : `  ${file}:${line}: ${text}`)),
      ].join("\n"),
    );
    this.lines = said.map(({ text }) => text);
  }
}

/** `sources[5] ("orders").shards`: the entry's own name says more than its place. */
function pathText(path: Path, values: unknown): string {
  let at: unknown = values;
  return path
    .map((part, i) => {
      at = typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined;
      if (typeof part === "string") return i === 0 ? part : `.${part}`;
      const name = typeof at === "object" && at !== null ? Reflect.get(at, "name") : undefined;
      const isLast = i === path.length - 1 || path[i + 1] === "name";
      return `[${part}]${typeof name === "string" && !isLast ? ` (${JSON.stringify(name)})` : ""}`;
    })
    .join("");
}

/** Where a mistake stands: the line of its key, or of the nearest thing around it that is there. */
function lines(yaml: string): (mistake: Mistake) => number | undefined {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter });
  const config = document.get("config", true);
  return ({ path, foreignKey }) => {
    const [first = "", ...rest] = path;
    const start = offsetOf(config as ParsedNode | undefined, [foreignKey ?? `${namespace}:${first}`, ...rest]);
    return start === undefined ? undefined : counter.linePos(start).line;
  };
}

function offsetOf(node: ParsedNode | null | undefined, path: Path): number | undefined {
  const [first, ...rest] = path;
  if (first === undefined || !node) return node?.range[0];
  if (isSeq(node) && typeof first === "number") {
    return offsetOf(node.items[first] as ParsedNode | undefined, rest) ?? node.range[0];
  }
  if (!isMap(node)) return node.range[0];
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === first);
  if (pair === undefined) return node.range[0];
  const [key, value] = [pair.key as ParsedNode, pair.value as ParsedNode | null];
  return rest.length === 0 ? key.range[0] : (offsetOf(value, rest) ?? key.range[0]);
}

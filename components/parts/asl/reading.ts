/** What a JSONata expression refers to, read from its syntax tree. */
export interface Reading {
  /** Variables that the expression takes from outside; without `$`. Names that it calls are in `calls`. */
  readonly variables: ReadonlySet<string>;
  /** Functions that it calls and doesn't define itself. */
  readonly calls: ReadonlySet<string>;
  /** Each use of `$states` as the names after it: `$states.context.Task.Token` is `["context", "Task", "Token"]`. */
  readonly states: readonly (readonly string[])[];
}

interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly [member: string]: unknown;
}

/** @throws Error with JSONata's own words when the expression doesn't parse */
export function read(expression: string): Reading {
  // Loaded here, because programs without a state machine don't need it.
  const jsonata: typeof import("jsonata") = require("jsonata");
  const reader = new Reader();
  reader.walk(jsonata(expression).ast() as unknown as Node, new Set());
  return reader;
}

/** Goes through a tree with the names that are bound where it stands: by `:=`, as parameters, by `@` and `#`. */
class Reader implements Reading {
  readonly variables = new Set<string>();
  readonly calls = new Set<string>();
  readonly states: string[][] = [];

  walk(node: unknown, bound: Set<string>): void {
    if (Array.isArray(node)) {
      for (const each of node) this.walk(each, bound);
    } else if (isNode(node)) {
      this.walkNode(node, bound);
    }
  }

  private walkNode(node: Node, bound: Set<string>): void {
    switch (node.type) {
      case "function":
      case "partial":
        this.walkCall(node, bound);
        break;
      case "lambda":
        this.walk(node.body, new Set([...bound, ...namesOf(node.arguments)]));
        break;
      case "block":
        this.walk(node.expressions, new Set(bound));
        break;
      case "bind":
        this.walkBinding(node, bound);
        break;
      case "path":
        this.walkPath(node, new Set(bound));
        break;
      default:
        if (node.type === "variable") this.use(node.value, bound, this.variables);
        this.walkMembers(node, bound);
    }
  }

  private walkCall(node: Node, bound: Set<string>): void {
    const { procedure, ...rest } = node;
    if (isNode(procedure) && procedure.type === "variable") this.use(procedure.value, bound, this.calls);
    else this.walk(procedure, bound);
    this.walkMembers(rest, bound);
  }

  /** A function may call itself; any other value is made before its name is there. */
  private walkBinding({ lhs, rhs }: Node, bound: Set<string>): void {
    const isFunction = isNode(rhs) && rhs.type === "lambda";
    if (isFunction) for (const name of namesOf(lhs)) bound.add(name);
    this.walk(rhs, bound);
    for (const name of namesOf(lhs)) bound.add(name);
  }

  private walkPath({ steps, group }: Node, bound: Set<string>): void {
    const [first, ...others] = Array.isArray(steps) ? steps.filter(isNode) : [];
    if (first?.type === "variable" && first.value === "states" && !bound.has("states")) {
      this.states.push(leadingNames(others));
      this.walkMembers(first, bound);
    } else {
      this.walk(first, bound);
    }
    for (const step of [first, ...others]) {
      if (step !== first) this.walk(step, bound);
      for (const name of [step?.focus, step?.index]) if (typeof name === "string") bound.add(name);
    }
    this.walk(group, bound);
  }

  private walkMembers(node: Node, bound: Set<string>): void {
    for (const member of Object.values(node)) this.walk(member, bound);
  }

  /** `$` and `$$` are what the expression looks at, not variables. */
  private use(name: unknown, bound: Set<string>, to: Set<string>): void {
    if (typeof name !== "string" || name === "" || name === "$" || bound.has(name)) return;
    if (name === "states") this.states.push([]);
    else to.add(name);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RegExp);
}

function namesOf(nodes: unknown): string[] {
  return [nodes]
    .flat()
    .filter(isNode)
    .flatMap(({ value }) => (typeof value === "string" ? [value] : []));
}

/** The names that follow each other at the beginning of a path. */
function leadingNames(steps: readonly Node[]): string[] {
  const end = steps.findIndex(({ type }) => type !== "name");
  return steps.slice(0, end < 0 ? undefined : end).map(({ value }) => String(value));
}

/** Plain environments and arguments of what runs: where they stand, resource type by resource type. */
import { asArray, isRecord } from "../../model/shape";

export interface Variable {
  /** Property path, for example `containerDefinitions[0].environment.DB_URL`. */
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
}

type Props = Readonly<Record<string, unknown>>;

const finders: Readonly<Record<string, (props: Props) => Iterable<Variable>>> = {
  "aws:lambda/function:Function": ({ environment }) => map(at(environment, "variables"), "environment.variables"),
  "aws:ecs/taskDefinition:TaskDefinition": ({ containerDefinitions }) =>
    containers(containerDefinitions, "containerDefinitions"),
  "aws:batch/jobDefinition:JobDefinition": batch,
  *"aws:codebuild/project:Project"({ environment }) {
    const path = "environment.environmentVariables";
    const variables = asArray(at(environment, "environmentVariables")).filter(
      // The other types name a secret or a parameter.
      (each) => isRecord(each) && (each.type === undefined || each.type === "PLAINTEXT"),
    );
    yield* pairs(variables, path);
  },
  *"aws:apprunner/service:Service"({ sourceConfiguration }) {
    const places = [
      ["imageRepository", "imageConfiguration"],
      ["codeRepository", "codeConfiguration", "codeConfigurationValues"],
    ];
    for (const place of places) {
      const keys = [...place, "runtimeEnvironmentVariables"];
      yield* map(at(sourceConfiguration, ...keys), ["sourceConfiguration", ...keys].join("."));
    }
  },
  *"aws:glue/job:Job"({ defaultArguments, nonOverridableArguments }) {
    yield* map(defaultArguments, "defaultArguments");
    yield* map(nonOverridableArguments, "nonOverridableArguments");
  },
  "aws:amplify/app:App": ({ environmentVariables }) => map(environmentVariables, "environmentVariables"),
  "aws:amplify/branch:Branch": ({ environmentVariables }) => map(environmentVariables, "environmentVariables"),
};

export const runningTypes: readonly string[] = Object.keys(finders);

export function variablesOf(type: string, props: Props): readonly Variable[] {
  return [...(finders[type]?.(props) ?? [])];
}

function* batch({ containerProperties, nodeProperties, ecsProperties }: Props): Generator<Variable> {
  yield* pairs(at(parsed(containerProperties), "environment"), "containerProperties.environment");
  const nodes = asArray(at(parsed(nodeProperties), "nodeRangeProperties"));
  for (const [i, node] of nodes.entries()) {
    yield* pairs(
      at(node, "container", "environment"),
      `nodeProperties.nodeRangeProperties[${i}].container.environment`,
    );
  }
  const tasks = asArray(at(parsed(ecsProperties), "taskProperties"));
  for (const [i, task] of tasks.entries()) {
    yield* containers(at(task, "containers"), `ecsProperties.taskProperties[${i}].containers`);
  }
}

function* containers(given: unknown, path: string): Generator<Variable> {
  for (const [i, container] of asArray(parsed(given)).entries()) {
    yield* pairs(at(container, "environment"), `${path}[${i}].environment`);
  }
}

function* map(variables: unknown, path: string): Generator<Variable> {
  if (!isRecord(variables)) return;
  for (const [name, value] of Object.entries(variables)) yield { path: `${path}.${name}`, name, value };
}

/** `[{name, value}]` */
function* pairs(variables: unknown, path: string): Generator<Variable> {
  for (const each of asArray(variables)) {
    if (!isRecord(each) || typeof each.name !== "string") continue;
    yield { path: `${path}.${each.name}`, name: each.name, value: each.value };
  }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((of, key) => (isRecord(of) ? of[key] : undefined), value);
}

/** Definitions are JSON texts; what isn't one, the service itself refuses. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

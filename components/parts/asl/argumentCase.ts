import type { Json, TaskState } from "./types";

/** Integrations whose arguments are an AWS API's own, in Step Functions' spelling of it: every member in PascalCase. */
const apiCall = /^arn:aws[\w-]*:states:::(?:aws-sdk:|ecs:)/;

/** Members whose own keys are the caller's: names of attributes, tags, variables, fields of a document. */
const free: ReadonlySet<string> = new Set(
  [
    "Item Key ExpressionAttributeNames ExpressionAttributeValues AttributeUpdates Expected ExclusiveStartKey",
    "Tags Metadata Variables MessageAttributes DriverOpts Options Labels DockerLabels",
    "Payload Input Detail Body Parameters Document",
  ].flatMap((line) => line.split(" ")),
);

/**
 * Arguments that begin with a small letter: the API's own spelling (`awsvpcConfiguration`), which Step Functions refuses
 * while it runs, or for an optional one ignores.
 */
export function caseProblems({ Resource, Arguments }: TaskState<string>): string[] {
  if (!apiCall.test(Resource)) return [];
  return smallNames(Arguments, "Arguments").map(
    ({ path, name }) => `${path} begins with a small letter; ${Resource.replace(/^.*:::/, "")} takes ${capital(name)}`,
  );
}

function smallNames(value: Json, path: string): { readonly path: string; readonly name: string }[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each, i) => smallNames(each, `${path}[${i}]`));
  return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([name, inner]) => [
    ...(/^[a-z]/.test(name) ? [{ path: `${path}.${name}`, name }] : []),
    ...(free.has(name) ? [] : smallNames(inner, `${path}.${name}`)),
  ]);
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

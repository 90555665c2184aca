/** The resources in what `pulumi stack export` or `pulumi preview --json` writes. */
import { asArray, isRecord } from "./shape";
import { unknown } from "./unknown";

export interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  /** Property → URNs of the resources that its value comes from. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

export class StateFileError extends Error {
  override readonly name = "StateFileError";
}

/** What Pulumi writes into a preview where a value isn't known: text, list, object, number, boolean. */
const sentinels: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
]);

/** Key of an object that stands for something else, and its value where that is a secret. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** @throws StateFileError where it is neither, or a preview that leaves resources out */
export function readStateFile(name: string, content: string): StateResource[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new StateFileError(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const states = statesOf(value);
  if (!states) {
    throw new StateFileError(`${name} is neither a state (pulumi stack export) nor a preview (pulumi preview --json)`);
  }
  const left = leftOut(value);
  if (left > 0) {
    throw new StateFileError(
      `${name} leaves out ${left} resource(s) that stay as they are, without which the others can't be judged. Fix: pulumi preview --json --show-sames`,
    );
  }
  return states.filter(isRecord).flatMap((state) => {
    const { type, urn, parent } = state;
    if (typeof type !== "string" || typeof urn !== "string" || state.delete === true) return [];
    const dependencies = Object.entries(record(state.propertyDependencies)).map(([property, of]) => [
      property,
      asArray(of).filter((each) => typeof each === "string"),
    ]);
    return {
      type,
      urn,
      inputs: record(revealed(state.inputs)),
      outputs: record(revealed(state.outputs)),
      dependencies: Object.fromEntries(dependencies),
      ...(typeof parent === "string" ? { parent } : {}),
    };
  });
}

function statesOf(value: unknown): unknown[] | undefined {
  if (!isRecord(value)) return undefined;
  if (isRecord(value.deployment) && Array.isArray(value.deployment.resources)) return value.deployment.resources;
  if (!Array.isArray(value.steps)) return undefined;
  return asArray(value.steps).map((step) => (isRecord(step) && step.op !== "delete" ? step.newState : undefined));
}

/** A preview counts what stays as it is, and tells of it by `--show-sames` alone; of the stack itself always. */
function leftOut(value: unknown): number {
  if (!isRecord(value) || !isRecord(value.changeSummary)) return 0;
  const shown = asArray(value.steps).filter((step) => isRecord(step) && step.op === "same").length;
  return Number(value.changeSummary.same ?? 0) - shown;
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function revealed(value: unknown): unknown {
  if (typeof value === "string") return sentinels.has(value) || holdsSentinel(value) ? unknown : value;
  if (Array.isArray(value)) return value.map(revealed);
  if (!isRecord(value)) return value;
  if (value[signature] === secret) {
    // Only `pulumi stack export --show-secrets` writes it out.
    return typeof value.plaintext === "string" ? revealed(JSON.parse(value.plaintext)) : unknown;
  }
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, revealed(of)]));
}

function holdsSentinel(value: string): boolean {
  return [...sentinels].some((each) => typeof each === "string" && value.includes(each));
}

/** The resources of `pulumi stack export` or `pulumi preview --json`. */
import { asArray, isRecord } from "../model/shape";
import { unknown } from "../model/unknown";
import { AccessError, type GraphResource } from "./graph";

/** What Pulumi writes into a preview where a value isn't known: text, list, object, number, boolean. */
const sentinels: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
]);

/** @throws AccessError where it is neither */
export function fromFile(name: string, content: string): GraphResource[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new AccessError(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const states = statesOf(value);
  if (!states) {
    throw new AccessError(`${name} is neither a state (pulumi stack export) nor a preview (pulumi preview --json)`);
  }
  return states.filter(isRecord).flatMap((state) => {
    const { type, urn, inputs, outputs } = state;
    if (typeof type !== "string" || typeof urn !== "string" || state.delete === true) return [];
    const props = { ...record(inputs), ...record(outputs) };
    return [{ type, name: urn.split("::").pop() ?? urn, props: revealed(props) as GraphResource["props"] }];
  });
}

function statesOf(value: unknown): unknown[] | undefined {
  if (!isRecord(value)) return undefined;
  if (isRecord(value.deployment) && Array.isArray(value.deployment.resources)) return value.deployment.resources;
  if (!Array.isArray(value.steps)) return undefined;
  return asArray(value.steps).map((step) => (isRecord(step) && step.op !== "delete" ? step.newState : undefined));
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function revealed(value: unknown): unknown {
  if (typeof value === "string") return sentinels.has(value) || holdsSentinel(value) ? unknown : value;
  if (Array.isArray(value)) return value.map(revealed);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, revealed(of)]));
}

function holdsSentinel(value: string): boolean {
  return [...sentinels].some((each) => typeof each === "string" && value.includes(each));
}

import { randomBytes } from "node:crypto";
import { misfit } from "./properties";
import type { AnyResourceType, Naming } from "./resourceType";
import { type Bag, forEngine, isBag, isUnknown, plain, plainBag } from "./wire";

interface Failure {
  readonly property: string;
  readonly reason: string;
}

export interface Checked {
  readonly inputs: Bag;
  readonly failures: Failure[];
}

/** Inputs that Pulumi's own provider plugins add or that say nothing to a cloud with one account and region. */
const passedOver = new Set(["region", "__defaults"]);

/**
 * Fills in defaults and the physical name, and refuses what the resource's file doesn't know: an input
 * that is silently dropped would make a run that passes here and differs in the cloud.
 */
export function check(resource: AnyResourceType, logicalName: string, olds: Bag, news: Bag, folder: string): Checked {
  const failures: Failure[] = [];
  const inputs: Record<string, unknown> = {};
  const filledIn: string[] = [];
  for (const [name, value] of Object.entries(news)) {
    const property = resource.properties[name];
    if (value === undefined || value === null || name === "__defaults") continue;
    if (!property) {
      if (passedOver.has(name)) inputs[name] = forEngine(value);
      else failures.push({ property: name, reason: unsupported(resource, name, folder) });
      continue;
    }
    const reason = misfit(property, plain(value));
    if (reason) failures.push({ property: name, reason: `${resource.type}: ${name}: ${reason}` });
    inputs[name] = property.kind === "document" ? asText(value) : forEngine(value);
  }
  for (const [name, property] of Object.entries(resource.properties)) {
    if (inputs[name] !== undefined) continue;
    if (property.default !== undefined) {
      inputs[name] = property.default;
      filledIn.push(name);
    } else if (property.required) {
      failures.push({ property: name, reason: `${resource.type}: ${name} is required and isn't given` });
    }
  }
  // As Pulumi's bridged providers tell it: policies see what the program has left out.
  if (filledIn.length > 0) inputs.__defaults = filledIn;
  if (resource.naming) nameIt(resource.naming, logicalName, olds, inputs);
  for (const problem of resource.check(plainBag(inputs))) {
    failures.push({ property: problem.split(":")[0] ?? "", reason: `${resource.type}: ${problem}` });
  }
  return { inputs, failures };
}

function unsupported(resource: AnyResourceType, name: string, folder: string): string {
  return `${resource.type}: the local cloud doesn't know the input ${name}; add it in the type's file under ${folder}`;
}

function asText(value: unknown): unknown {
  const opened = plain(value);
  return isBag(opened) && !isUnknown(opened) ? JSON.stringify(opened) : forEngine(value);
}

/** Names as Pulumi's plugins make them: the logical name and seven random digits, kept from one update to the next. */
function nameIt(naming: Naming, logicalName: string, olds: Bag, inputs: Record<string, unknown>): void {
  if (inputs[naming.input] !== undefined || naming.automatic === false) return;
  if (typeof olds[naming.input] === "string" && olds[naming.input] !== "") {
    inputs[naming.input] = olds[naming.input];
    return;
  }
  const suffix = naming.suffix?.(inputs) ?? "";
  const name = `${logicalName}-${randomBytes(4).toString("hex").slice(0, 7)}${suffix}`;
  const cased = naming.lowercase ? name.toLowerCase() : name;
  inputs[naming.input] = naming.upperCase ? cased.toUpperCase().replaceAll("-", "_") : cased;
}

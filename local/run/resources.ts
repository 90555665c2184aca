/** The stack's resources as Pulumi's state has them, without what they are made of. */
import { readFile } from "node:fs/promises";

export interface ResourceReport {
  readonly urn: string;
  /** For example `aws:s3/bucket:Bucket`. */
  readonly type: string;
  readonly name: string;
  /** URN; the stack itself is left out. */
  readonly parent?: string;
  /** URNs of those that it takes something from. */
  readonly uses: readonly string[];
}

interface Checkpoint {
  readonly checkpoint: { readonly latest?: { readonly resources?: readonly StateResource[] } };
}

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
}

export async function readResources(stateFile: string): Promise<ResourceReport[]> {
  return resourcesOf(JSON.parse(await readFile(stateFile, "utf8")) as Checkpoint);
}

export function resourcesOf({ checkpoint }: Checkpoint): ResourceReport[] {
  const all = (checkpoint.latest?.resources ?? []).filter(({ type }) => !isAround(type));
  const known = new Set(all.map(({ urn }) => urn));
  return all.map(({ urn, type, parent, dependencies = [] }) => ({
    urn,
    type,
    name: urn.split("::").slice(3).join("::"),
    parent: parent !== undefined && known.has(parent) ? parent : undefined,
    uses: dependencies.filter((each) => known.has(each)),
  }));
}

/** The stack and the providers, which are how resources are made. */
function isAround(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");
}

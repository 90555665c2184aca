import type { FileEntry, HeadEntry, VersionEntry } from "./entries";
import type { Stored } from "./store";

/** Whether a version's files are all there. */
export type Readiness =
  | { readonly state: "ready" }
  /** Unix time in milliseconds at which it is complete if no further file comes. */
  | { readonly state: "settling"; readonly until: number }
  | { readonly state: "incomplete"; readonly missing: readonly string[] };

export interface CompletenessRules {
  /** A manifest names the files. */
  readonly hasManifest: boolean;
  readonly settleSeconds: number;
}

export function readiness(
  version: VersionEntry,
  files: readonly Pick<FileEntry, "file">[],
  { hasManifest, settleSeconds }: CompletenessRules,
  now: number,
): Readiness {
  if (hasManifest) {
    if (version.expected === undefined) return { state: "incomplete", missing: ["the manifest"] };
    const there = new Set(files.map(({ file }) => file));
    const missing = version.expected.filter((name) => !there.has(name));
    return missing.length === 0 ? { state: "ready" } : { state: "incomplete", missing };
  }
  const until = version.lastFileAt + settleSeconds * 1_000;
  return until <= now ? { state: "ready" } : { state: "settling", until };
}

/** The files that an import reads: a manifest's, or all. */
export function filesOf(version: VersionEntry, files: readonly FileEntry[]): FileEntry[] {
  const { expected } = version;
  return expected === undefined ? [...files] : files.filter(({ file }) => expected.includes(file));
}

/** Why a version can't be imported any more, whatever is in it. */
export function lateReason(
  { version, order }: Pick<VersionEntry, "version" | "order">,
  head: HeadEntry,
): string | undefined {
  if (head.order === "" || order > head.order) return undefined;
  return order === head.order
    ? `Version ${version} is imported already, and this is other content. Fix: give the export a new version.`
    : `Version ${version} came after version ${head.version}, which is newer and imported already. Fix: nothing, if the newer one is whole; else export again under a new version.`;
}

/** What is to be done next for a table. */
export type Work =
  /** The target is between two versions: nothing else may be done before. */
  | { readonly kind: "resume"; readonly version: Stored<VersionEntry> }
  | { readonly kind: "import"; readonly version: Stored<VersionEntry>; readonly files: readonly FileEntry[] }
  | { readonly kind: "wait"; readonly until: number }
  | { readonly kind: "nothing" };

/**
 * The oldest version that is newer than the target's and whose files are all there. One that is still settling is
 * waited for, because versions are imported in their order; one whose files don't all come holds up nobody.
 */
export function nextWork(
  head: HeadEntry,
  versions: readonly Stored<VersionEntry>[],
  filesByOrder: ReadonlyMap<string, readonly FileEntry[]>,
  rules: CompletenessRules,
  now: number,
): Work {
  const published = versions.find(({ item }) => item.order === head.publishing);
  if (published !== undefined) return { kind: "resume", version: published };
  for (const version of [...versions].sort((a, b) => (a.item.order < b.item.order ? -1 : 1))) {
    if (!isOpen(version.item) || lateReason(version.item, head) !== undefined) continue;
    const files = filesByOrder.get(version.item.order) ?? [];
    const ready = readiness(version.item, files, rules, now);
    if (ready.state === "ready") return { kind: "import", version, files: filesOf(version.item, files) };
    if (ready.state === "settling") return { kind: "wait", until: ready.until };
  }
  return { kind: "nothing" };
}

/** Files have come, or an import has begun and its execution is gone. */
export function isOpen({ status }: Pick<VersionEntry, "status">): boolean {
  return status === "receiving" || status === "importing" || status === "approval";
}

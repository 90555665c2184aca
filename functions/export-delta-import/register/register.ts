import { createHash } from "node:crypto";
import type { ObjectEvent } from "../../s3-to-dynamodb/collect/events";
import type { Log } from "../../shared/log";
import type { ImportCounts } from "../../shared/metrics";
import type { TableRef } from "../control/ports";
import type { FileEntry } from "../registry/entries";
import { isOpen } from "../registry/readiness";
import type { Registered, Registry } from "../registry/registry";
import { type DeltaConfig, tableConfig } from "../shared/config";
import { type ExportKey, parseExportKey, tableId } from "../shared/exportKey";

export interface RegisterPorts {
  readonly config: DeltaConfig;
  readonly registry: Registry;
  /** The text of a small object. @throws Error when it can't be read */
  readonly read: (object: Pick<ObjectEvent, "bucket" | "key" | "versionId">) => Promise<string>;
  /** Starts an execution for a table, unless one of that name was started before. */
  readonly start: (table: TableRef, name: string) => Promise<void>;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  readonly count: (counts: ImportCounts) => void;
}

/** What became of an object. */
export interface Outcome {
  readonly state: Registered["state"] | "ignored";
  readonly key: string;
  readonly reason?: string;
}

/** Enters an object into the registry and sees to it that somebody imports it. Safe to run again. */
export async function register(event: ObjectEvent, ports: RegisterPorts): Promise<Outcome> {
  const { config, registry, log } = ports;
  const parsed = parseExportKey(event.key, config);
  if (parsed === undefined) return { state: "ignored", key: event.key };
  const found = "reason" in parsed ? refusal(parsed.reason) : await enter(parsed, event, ports);
  if (found.state === "refused") {
    const { bucket, key, etag } = event;
    await registry.refuse({ bucket, key, etag, reason: found.reason });
    ports.count({ ExportsRefused: 1 });
    log.warn("Refused", { bucket, key, reason: found.reason });
    return { state: "refused", key, reason: found.reason };
  }
  // Known: the execution that was to be started then may not have been.
  if (!("reason" in parsed) && isOpen(found.version)) await ports.start(parsed, executionName(parsed, event));
  log.info("Registered", { key: event.key, state: found.state, status: found.version.status });
  return { state: found.state, key: event.key };
}

async function enter(
  key: ExportKey,
  event: ObjectEvent,
  { config, registry, read }: RegisterPorts,
): Promise<Registered> {
  if (tableConfig(config, key.table) === undefined) {
    return refusal(
      `Table ${key.table} isn't configured. Fix: list it in tables, or list "*" for all others; then upload the export again.`,
    );
  }
  const file: FileEntry = {
    file: key.file,
    bucket: event.bucket,
    key: event.key,
    versionId: event.versionId,
    etag: event.etag,
    size: event.size,
    sequencer: event.sequencer,
  };
  if (key.file !== config.manifestName) return registry.file(key, file);
  const expected = manifestFiles(await read(event));
  return typeof expected === "string" ? refusal(expected) : registry.manifest(key, file, expected);
}

function refusal(reason: string): { readonly state: "refused"; readonly reason: string } {
  return { state: "refused", reason };
}

/** Names of a version's files: `["a.gz", …]` or `{"files": ["a.gz", …]}`. @returns what is wrong, as a text */
export function manifestFiles(text: string): readonly string[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return `The manifest isn't JSON: ${(error as Error).message}. Fix: write {"files": ["part-1.gz", …]}.`;
  }
  const files = Array.isArray(parsed) ? parsed : (parsed as { readonly files?: unknown } | null)?.files;
  if (!Array.isArray(files) || files.some((name) => typeof name !== "string" || name === "" || name.includes("/"))) {
    return `The manifest names no files: ${text.slice(0, 200)}. Fix: write {"files": ["part-1.gz", …]}, names without folders.`;
  }
  return [...new Set(files as string[])];
}

/** One for each upload of each file: an event that comes twice starts one execution. */
function executionName(key: ExportKey, { etag, versionId = "", sequencer }: ObjectEvent): string {
  const identity = JSON.stringify([tableId(key), key.order, key.file, etag, versionId, sequencer]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 40);
}

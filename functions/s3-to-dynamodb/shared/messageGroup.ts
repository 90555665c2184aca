import type { LoadMessage, SourceConfig } from "./contract";

/** Uploads of a source with keys follow each other; without keys they have nothing to do with each other. */
export function messageGroup(source: SourceConfig, message: LoadMessage): string {
  return source.keyFields.length > 0 ? source.name : message.upload.uploadId;
}

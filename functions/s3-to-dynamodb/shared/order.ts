import type { UploadRecord } from "./contract";

/**
 * Where a part stands among all uploads of its source; compared as text. The object's time first, then the event's
 * sequencer (hexadecimal of varying length, hence padded), then what makes it unique.
 */
export function uploadOrder(upload: Pick<UploadRecord, "time" | "sequencer" | "uploadId">, part = 0): string {
  const sequencer = upload.sequencer.toUpperCase().padStart(32, "0");
  return `${upload.time}#${sequencer}#${upload.uploadId}#${String(part).padStart(5, "0")}`;
}

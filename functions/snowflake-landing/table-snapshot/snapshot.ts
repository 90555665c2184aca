import type { Log } from "../../shared/log";
import { parseRequest, type SegmentRequest } from "./request";
import type { SegmentResult } from "./scanSegment";

export interface SnapshotOptions {
  readonly log: Log;
  /** Starts this function again, without waiting for it. */
  readonly invokeSelf: (request: SegmentRequest) => Promise<void>;
  readonly scan: (request: SegmentRequest) => Promise<SegmentResult>;
  /** The invocation's id, which a retry of the same event keeps. */
  readonly requestId: string;
}

/**
 * A start sends one event for each segment; a segment reads until its time is up, then sends itself the rest. The
 * files are written before the rest is sent, so that a failure in between reads pages twice but leaves none out.
 */
export async function snapshot(event: unknown, options: SnapshotOptions): Promise<Record<string, unknown>> {
  const request = parseRequest(event);
  if ("start" in request) {
    const { segments } = request.start;
    const run = options.requestId;
    for (let segment = 0; segment < segments; segment++) {
      await options.invokeSelf({ run, segment, segments, file: 1 });
    }
    options.log.info("Started a full load", { run, segments });
    return { run, segments };
  }
  const { items, files, next } = await options.scan(request.segment);
  if (next !== undefined) await options.invokeSelf(next);
  const { run, segment } = request.segment;
  const result = { run, segment, items, files, finished: next === undefined };
  options.log.info(next === undefined ? "Finished a segment" : "Continues in another invocation", result);
  return result;
}

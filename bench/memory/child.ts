import type { LoadMessage } from "../../functions/s3-to-dynamodb/shared/contract";

/** What a child is asked to do. */
export interface Request {
  readonly bytes: number;
  /** Where the landing parts lie. */
  readonly folder: string;
  readonly messages: readonly LoadMessage[];
}

/** What it answers. */
export interface Report {
  readonly records: number;
  readonly messages: readonly LoadMessage[];
  /** The most memory that the process ever had, in MB (10^6 bytes), Node.js itself included. */
  readonly peakMB: number;
  readonly seconds: number;
}

/** Serves the one request of a child's life. */
export function requests(run: (request: Request) => Promise<void>): void {
  process.once("message", (request) => {
    run(request as Request).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  process.on("disconnect", () => process.exit());
}

/** Tells the parent how it went. */
export function report(result: Pick<Report, "records" | "messages">): void {
  const peakMB = (process.resourceUsage().maxRSS * 1024) / 1e6;
  const answer: Report = { ...result, peakMB, seconds: performance.now() / 1000 };
  process.send?.(answer);
}

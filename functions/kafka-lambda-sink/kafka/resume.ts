import { randomUUID } from "node:crypto";

/** What is committed beside the offset at which a stopped partition is to go on; each request is another. */
export function resumeRemark(): string {
  return `resume ${randomUUID()}`;
}

export function isResume(remark: string): boolean {
  return remark.startsWith("resume ");
}

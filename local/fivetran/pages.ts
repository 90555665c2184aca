import { ApiProblem } from "./problem";

const largest = 1_000;

/**
 * The page that `limit` and `cursor` ask for.
 * @param most items a page, whatever `limit` says
 * @throws ApiProblem
 */
export function pageOf<T>(
  items: readonly T[],
  query: URLSearchParams,
  most = largest,
): { items: readonly T[]; next_cursor?: string } {
  const limit = Number(query.get("limit") ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > largest) {
    throw new ApiProblem(400, "InvalidInput", `limit is a number from 1 to ${largest}`);
  }
  const from = offsetOf(query.get("cursor"));
  const next = from + Math.min(limit, most);
  return {
    items: items.slice(from, next),
    ...(next < items.length ? { next_cursor: Buffer.from(`skip:${next}`).toString("base64url") } : {}),
  };
}

function offsetOf(cursor: string | null): number {
  if (cursor === null) return 0;
  const match = /^skip:(\d+)$/.exec(Buffer.from(cursor, "base64url").toString());
  if (!match) throw new ApiProblem(400, "InvalidInput", "the cursor is none that this API has given");
  return Number(match[1]);
}

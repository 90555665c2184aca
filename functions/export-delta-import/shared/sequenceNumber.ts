/*
 * Kinesis' sequence numbers: decimal numbers of varying length, too long for a JavaScript number. Those of a shard grow;
 * those of two shards say nothing of each other. An empty text stands before all of them.
 */

export function isLater(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length;
}

export function later(one: string, other: string): string {
  return isLater(one, other) ? one : other;
}

/** By shard, the later of two numbers. */
export function latest(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const all = { ...one };
  for (const [shard, number] of Object.entries(other)) all[shard] = later(all[shard] ?? "", number);
  return all;
}

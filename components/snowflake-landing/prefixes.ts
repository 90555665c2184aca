/** Why `prefix` can't be a stage's; undefined if it can. */
export function prefixProblem(prefix: string): string | undefined {
  if (!prefix.endsWith("/")) {
    return 'End it with a slash, for example "landing/orders/": without, it would also take "landing/orders-old/".';
  }
  if (prefix.startsWith("/") || prefix.includes("//")) {
    return 'Leave out the empty part: S3 keys begin without a slash, for example "landing/orders/".';
  }
  // `*` and `?` are patterns in the role's policy; the rest can't stand in a stage's URL or needs escaping there.
  if (!/^[A-Za-z0-9!_.()=/-]+$/.test(prefix)) {
    return "Use letters, digits and !_.()=- between the slashes: others have a meaning in policies or URLs.";
  }
  return undefined;
}

/** Patterns of `s3:prefix`, and of object ARNs behind the bucket's. */
export function prefixPatterns(prefixes: readonly string[]): string[] {
  return prefixes.map((prefix) => `${prefix}*`);
}

/** The first two of which one begins with the other: Snowflake would load the files of the longer one twice. */
export function overlappingPrefixes<T extends { readonly prefix: string }>(
  places: readonly T[],
): readonly [T, T] | undefined {
  const sorted = [...places].sort((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0));
  for (let i = 1; i < sorted.length; i++) {
    // Sorted, so whatever begins with a prefix follows it at once.
    const [shorter, longer] = [sorted[i - 1] as T, sorted[i] as T];
    if (longer.prefix.startsWith(shorter.prefix)) return [shorter, longer];
  }
  return undefined;
}

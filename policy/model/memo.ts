/** Answers that are worked out once. */

const memories = new Set<Map<unknown, unknown>>();

/**
 * The same function, which works out each answer once.
 *
 * @param most answers that are kept; then it begins anew
 * @default Infinity
 */
export function memo<K, V>(work: (key: K) => V, most = Number.POSITIVE_INFINITY): (key: K) => V {
  const known = new Map<K, { readonly value: V }>();
  memories.add(known);
  return (key) => {
    let answer = known.get(key);
    if (!answer) {
      answer = { value: work(key) };
      if (known.size >= most) known.clear();
      known.set(key, answer);
    }
    return answer.value;
  };
}

/** For tests of changed code: nothing that was worked out before them is left. */
export function forgetAll(): void {
  for (const memory of memories) memory.clear();
}

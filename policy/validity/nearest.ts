/** What was probably meant. The pack is a package of its own, so it has this function beside the one of functions/shared. */

/** The candidate with the fewest edits, if that is at most a third of the text; for a message. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  const wanted = text.toLowerCase();
  let best: { readonly candidate: string; readonly edits: number } | undefined;
  for (const candidate of candidates) {
    const most = Math.min(best?.edits ?? Number.POSITIVE_INFINITY, Math.floor(text.length / 3) + 1) - 1;
    if (Math.abs(candidate.length - text.length) > most) continue;
    const edits = distance(wanted, candidate.toLowerCase());
    if (edits <= most) best = { candidate, edits };
  }
  return best?.candidate;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

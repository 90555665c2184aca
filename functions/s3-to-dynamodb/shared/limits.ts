/** Parts that a file may land in: the lines of each stand in its entry of the ledger, an item of at most 400 KB. */
export const MAX_PARTS = 10_000;

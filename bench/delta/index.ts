/** The delta's query beside the form that is usually written, and what the functions around it manage. */

import type { Benchmark } from "../benchmark";
import { flow } from "./flow";
import { queries } from "./query";

export const delta: Benchmark = {
  title: "two exports of a table, as gzipped JSON lines, 10 % of the rows changed; CPU time, DuckDB on one thread",
  async run({ rounds, full }) {
    let met = await queries(1_000_000, rounds);
    await flow(1_000_000);
    // One round takes minutes.
    if (full) met = (await queries(10_000_000, 1)) && met;
    return met;
  },
};

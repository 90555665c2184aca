import type { Benchmark } from "../benchmark";
import { comparePeers } from "./peers";
import { measureSpeed } from "./speed";

export const policies: Benchmark = {
  title: "the policy pack: speed, and what it finds beside checkov, parliament and cloudsplaining",
  run: async ({ rounds }) => {
    const isFast = await measureSpeed(rounds);
    await comparePeers();
    return isFast;
  },
};

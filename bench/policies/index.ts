import type { Benchmark } from "../benchmark";
import { measureSpeed } from "./speed";

export const policies: Benchmark = {
  title: "the policy pack: speed, and what it finds beside checkov, parliament and cloudsplaining",
  run: async ({ rounds }) => {
    const isFast = await measureSpeed(rounds);
    return isFast;
  },
};

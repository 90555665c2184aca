import type { ArgumentCheck } from "./arguments";

/** MB that Fargate takes, by CPU units: from, to, step. */
const sizes: Readonly<Record<number, readonly [number, number, number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};

/**
 * @param prefix what stands before `cpu` and `memory` in the arguments' paths
 * @throws ArgumentError for a size that Fargate doesn't take
 */
export function checkFargateSize(check: ArgumentCheck, prefix: string, cpu: number, memory: number): void {
  const range = sizes[cpu];
  if (range === undefined) check.fail(`${prefix}cpu`, cpu, `Fargate takes ${Object.keys(sizes).join(", ")}.`);
  const [from, to, step] = range;
  const isBetween =
    cpu === 256 ? [512, 1024, 2048].includes(memory) : memory >= from && memory <= to && memory % step === 0;
  if (!isBetween) {
    const fix = `With ${cpu} CPU units Fargate takes ${from} to ${to} MB in steps of ${step}.`;
    check.fail(`${prefix}memory`, memory, fix);
  }
}

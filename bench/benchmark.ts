/** One benchmark, as run.ts finds it by name. */
export interface Benchmark {
  readonly title: string;
  /** Runs it and prints its table. @returns false when an aim is missed. */
  readonly run: (options: BenchmarkOptions) => Promise<boolean>;
}

export interface BenchmarkOptions {
  /** Also the runs that take minutes. */
  readonly full: boolean;
  /** Measured rounds; contenders take turns in each. */
  readonly rounds: number;
}

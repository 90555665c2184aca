/** Tells what a run is doing: a line a step, and on a terminal a line that changes while something is waited for. */
export interface Progress {
  step(text: string): void;
  /** What is being waited for now; what goes on side by side shares the line, each with a name of its own. */
  waiting(name: string, text: string): void;
  /** Nothing is waited for any more. */
  done(): void;
}

/** Milliseconds between two lines where lines can't be overwritten. */
const pause = 10_000;

export function terminalProgress(out: NodeJS.WriteStream = process.stdout, now: () => number = Date.now): Progress {
  const bold = (text: string): string => (out.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[0m` : text);
  const parts = new Map<string, string>();
  let last = "";
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    step(text) {
      out.write(`${bold("▸")} ${bold(text)}\n`);
    },
    waiting(name, text) {
      parts.set(name, text);
      const line = [...parts].map(([part, state]) => `${part}: ${state}`).join(" · ");
      if (line === last || (!out.isTTY && now() - lastAt < pause)) return;
      last = line;
      lastAt = now();
      // A line that wraps can't be overwritten.
      out.write(out.isTTY ? `\r\u001b[K  ${line.slice(0, (out.columns || 80) - 3)}` : `  ${line}\n`);
    },
    done() {
      if (out.isTTY && last !== "") out.write("\r\u001b[K");
      parts.clear();
      last = "";
      lastAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Tells what a run is doing: a line a step, and on a terminal a line that changes while something is waited for. */
export interface Progress {
  step(text: string): void;
  /** What is being waited for now. */
  waiting(text: string): void;
  done(): void;
}

export function terminalProgress(out: NodeJS.WriteStream = process.stdout): Progress {
  const bold = (text: string): string => (out.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[0m` : text);
  let last = "";
  return {
    step(text) {
      out.write(`${bold("▸")} ${bold(text)}\n`);
    },
    waiting(text) {
      if (text === last) return;
      last = text;
      out.write(out.isTTY ? `\r\u001b[K  ${text}` : `  ${text}\n`);
    },
    done() {
      if (out.isTTY && last !== "") out.write("\n");
      last = "";
    },
  };
}

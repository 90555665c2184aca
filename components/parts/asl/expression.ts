/** A JSONata expression as Step Functions writes it. */
export function jsonata(expression: string): string {
  return `{% ${expression.trim().replace(/\s*\n\s*/g, " ")} %}`;
}

/** A value as a JSONata literal. */
export function literal(value: string | number | boolean | readonly string[]): string {
  return JSON.stringify(value);
}

/** An empty text: the validator refuses one that is written out. */
export const noText = jsonata("''");

/** The text inside `{% … %}`; undefined where a string isn't an expression. */
export function expressionOf(text: string): string | undefined {
  return /^\{%([\s\S]*)%\}$/.exec(text)?.[1]?.trim();
}

/** What a callback must send back; a task that waits hands it on in its payload. */
export const taskToken = jsonata("$states.context.Task.Token");

/** An error's message and those of its causes, so that "fetch failed" says why. */
export function causesOf(error: unknown): string {
  const messages: string[] = [];
  for (let each = error; each !== undefined && messages.length < 8; each = causeOf(each)) {
    const message = messageOf(each);
    if (!messages.some((known) => known.includes(message))) messages.push(message);
  }
  return messages.join(": ");
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  // What Node gives where several addresses were tried.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(", ");
  return "code" in error ? `${error.name} ${error.code}` : error.name;
}

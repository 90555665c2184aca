/** The one error, or one that tells them all. */
export function allOf(errors: readonly unknown[]): unknown {
  return errors.length === 1 ? errors[0] : new AggregateError(errors, errors.map(String).join("\n"));
}

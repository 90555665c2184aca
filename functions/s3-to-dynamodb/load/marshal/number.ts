import { RecordError, show } from "./recordError";

const NUMBER = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,9}))?$/;
const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;

/**
 * The text of a number that DynamoDB holds exactly: at most 38 significant digits, 1E-130 to 9.99…E+125.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 * @throws RecordError when the text isn't a number, or one that DynamoDB would refuse.
 */
export function numberText(text: string, field: string): string {
  const match = NUMBER.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole + fraction === "") {
    throw new RecordError(`field "${field}" is ${show(text)}, which isn't a number: mend the file or map it as string`);
  }
  const digits = whole + fraction;
  const first = digits.search(/[1-9]/);
  if (first === -1) return "0";
  const significant = digits.slice(first).replace(/0+$/, "");
  const exponent = whole.length - first - 1 + Number(match[4] ?? 0);
  if (significant.length > MAX_DIGITS || exponent > MAX_EXPONENT || exponent < MIN_EXPONENT) {
    throw new RecordError(
      `field "${field}" is ${show(text)}; DynamoDB holds numbers of ${MAX_DIGITS} digits from 1E${MIN_EXPONENT} to 9.99E+${MAX_EXPONENT}: map the field as string`,
    );
  }
  return text.startsWith("+") ? text.slice(1) : text;
}

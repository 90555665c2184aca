import { createHmac, timingSafeEqual } from "node:crypto";

/** The part of an HTTP API's event (payload format 2.0) that is read. Header names are in lower case. */
export interface WebhookRequest {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

export const SIGNATURE_HEADER = "x-fivetran-signature-256";

/** The body's bytes as Fivetran sent them. */
export function bodyOf({ body = "", isBase64Encoded = false }: WebhookRequest): Buffer {
  return Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
}

/** HMAC-SHA-256 of the body, 64 hex digits in lower case. */
export function signatureOf(body: Buffer, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** Whether the header's signature, hex digits in either case, is the body's. Takes the same time wherever they differ. */
export function isSigned(request: WebhookRequest, secret: string): boolean {
  const header = request.headers?.[SIGNATURE_HEADER]?.trim() ?? "";
  if (!/^[0-9a-f]{64}$/i.test(header)) return false;
  const expected = Buffer.from(signatureOf(bodyOf(request), secret), "hex");
  return timingSafeEqual(Buffer.from(header, "hex"), expected);
}

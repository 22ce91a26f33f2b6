// Effect has no HMAC, so only this module uses Node's.
import { createHmac } from "node:crypto"
import * as Redacted from "effect/Redacted"

/** The token of a server, signed with the app's secret: HS256 over `{"server":true}`. */
export const serverToken = (apiSecret: Redacted.Redacted): Redacted.Redacted => {
  const content = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({ server: true })}`
  const signature = createHmac("sha256", Redacted.value(apiSecret)).update(content).digest("base64url")
  return Redacted.make(`${content}.${signature}`)
}

// internal

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

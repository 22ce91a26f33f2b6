// Effect has no HMAC and hashes whole arrays only: this module alone speaks to Node's crypto.
import { createHash, createHmac } from "node:crypto"
import * as Redacted from "effect/Redacted"

/** The token of a server, signed with the app's secret: HS256 over `{"server":true}`. */
export const serverToken = (apiSecret: Redacted.Redacted): Redacted.Redacted => {
  const content = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({ server: true })}`
  const signature = createHmac("sha256", Redacted.value(apiSecret)).update(content).digest("base64url")
  return Redacted.make(`${content}.${signature}`)
}

export interface RunningHash {
  readonly update: (bytes: Uint8Array) => void
  readonly hex: () => string
}

export const sha256 = (): RunningHash => {
  const hash = createHash("sha256")
  return {
    update: (bytes) => {
      hash.update(bytes)
    },
    hex: () => hash.digest("hex")
  }
}

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex")

// internal

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

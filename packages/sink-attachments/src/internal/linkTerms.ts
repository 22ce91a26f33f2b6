// The terms that a link states, and the parts of it that are written.
import { type Timestamp } from "@chatferry/core"
import { SignedLinks } from "@chatferry/core/errors"

export interface LinkTerms {
  /** The link contains a signature or another credential and does not work without it. */
  readonly isSigned: boolean
  /** The earliest expiry that the link states, in whole seconds. */
  readonly expiresAt: Timestamp.Timestamp | undefined
}

export const linkTermsOf = (url: string): LinkTerms => ({
  isSigned: SignedLinks.isSigned(url),
  expiresAt: SignedLinks.expiresAt(url)
})

/** Returns host and path of an HTTP link, without anything that may be a credential. */
export const locationOf = (url: string): { readonly host?: string; readonly path?: string } => {
  const parsed = URL.parse(SignedLinks.strip(url))
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:")) return {}
  return { host: parsed.host, path: parsed.pathname }
}

// What a link says about itself, and what of it is written down.
import { type Timestamp } from "@chatferry/core"
import { SignedLinks } from "@chatferry/core/errors"

export interface LinkTerms {
  /** It carries a signature or another credential, and stops working without it. */
  readonly isSigned: boolean
  /** The earliest end it states, in whole seconds. */
  readonly expiresAt: Timestamp.Timestamp | undefined
}

export const linkTermsOf = (url: string): LinkTerms => ({
  isSigned: SignedLinks.isSigned(url),
  expiresAt: SignedLinks.expiresAt(url)
})

/** Host and path of a link that can be fetched over HTTP, and nothing that may be a credential. */
export const locationOf = (url: string): { readonly host?: string; readonly path?: string } => {
  const parsed = URL.parse(SignedLinks.strip(url))
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:")) return {}
  return { host: parsed.host, path: parsed.pathname }
}

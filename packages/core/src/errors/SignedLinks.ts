/**
 * Links that work for whoever has them: which ones those are, what of them is
 * the credential, and when they end.
 *
 * One table knows the signatures of Amazon S3 (versions 2 and 4), CloudFront
 * (and so Stream's files), Google Cloud Storage (versions 2 and 4), Azure,
 * Alibaba, Facebook, and Sendbird's `auth`; and, whoever the link is of,
 * parameters whose name ends in `token`, `signature`, `password`, `secret`,
 * `credential` or `api_key`, or is `sig`, `hmac`, `jwt`, `pwd`, `auth`,
 * `auth_key`, `authorization`, `bearer`, a session id or a token of Akamai's.
 * What means nothing without them, such as `Expires` beside `Signature`, counts
 * with them. `key` counts only with an API key of Google's in it: elsewhere it
 * names a file. A parameter without a value does not count.
 *
 * Names are taken in any case, with `-` or `_`, escaped (`%58-Amz-Signature`),
 * and as often as they occur. They are found in queries, with `&` or `;`
 * between them, in fragments (`#access_token=`), in paths (`;jsessionid=`,
 * `/bcdn_token=…/`), and within values that are addresses themselves, escaped up
 * to ten times. A name and password before the host are credentials too.
 *
 * The text is taken as one address, absolute or relative; it may be any text,
 * and nothing throws. A credential that stands without a name in a path, or in
 * text around an address, is not found.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { endOfLink } from "../internal/signedLinks/ends.ts"
import { withoutCredentials } from "../internal/signedLinks/strip.ts"
import { withoutUserInfo } from "../internal/signedLinks/userInfo.ts"
import { fromSeconds, type Timestamp } from "../Timestamp.ts"

/**
 * Takes credentials out of a link. The rest stays byte for byte, and so does a
 * link without any. Doing it twice is doing it once.
 *
 * @category operations
 * @since 0.1.0
 */
export const strip = (url: string): string => {
  if (!MAY_HAVE_SOME.test(url)) return url
  // Whatever reads an address leaves these out, also within a name.
  const flat = url.replaceAll(/[\t\n\r]/gu, "")
  let left = withoutUserInfo(flat)
  for (;;) {
    const without = withoutCredentials(left)
    // What is taken out may have kept the rest from being read as a name and password.
    const next = without === left ? without : withoutUserInfo(without)
    if (next === without) return next === flat ? url : next
    left = next
  }
}

/**
 * Tells a link that carries a credential: one that `strip` would change.
 *
 * @category guards
 * @since 0.1.0
 */
export const isSigned = (url: string): boolean => strip(url) !== url

/**
 * The earliest end that a link states, in whole seconds. A link may end earlier,
 * when the key that it was signed with does.
 *
 * @category operations
 * @since 0.1.0
 */
export const expiresAt = (url: string): Timestamp | undefined => {
  if (!MAY_HAVE_SOME.test(url)) return undefined
  const end = endOfLink(url)
  return end === undefined ? undefined : fromSeconds(end)
}

// internal

const MAY_HAVE_SOME = /[=@]|%(?:25)*(?:3d|40)/iu

/**
 * Links that give access to anyone who has them: recognises them, removes their
 * credentials, and reads when they expire.
 *
 * One table knows the signatures of Amazon S3 (versions 2 and 4), CloudFront (and so
 * Stream's files), Google Cloud Storage (versions 2 and 4), Azure, Alibaba, Facebook,
 * and Sendbird's `auth`; and, for any host, parameters whose name ends in `token`,
 * `signature`, `password`, `secret`, `credential` or `api_key`, or is `sig`, `hmac`,
 * `jwt`, `pwd`, `auth`, `auth_key`, `authorization`, `bearer`, a session id or a token
 * of Akamai's. Parameters that belong to them, such as `Expires` beside `Signature`,
 * count as credentials too. `key` counts only if it contains a Google API key:
 * otherwise it names a file. A parameter without a value does not count.
 *
 * Names are recognised in any case, with `-` or `_`, escaped (`%58-Amz-Signature`), and
 * as often as they occur. They are found in queries separated by `&` or `;`, in
 * fragments (`#access_token=`), in paths (`;jsessionid=`, `/bcdn_token=…/`), and in
 * values that are URLs themselves, escaped up to ten times. A user name and password
 * before the host are credentials too.
 *
 * The text is treated as one URL, absolute or relative. It may be any text, and nothing
 * throws. A credential without a name in a path, or in text around a URL, is not found.
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
 * Removes credentials from a link. The rest is unchanged byte for byte, and so is a
 * link without credentials. The function is idempotent.
 *
 * @category operations
 * @since 0.1.0
 */
export const strip = (url: string): string => {
  if (!MAY_HAVE_SOME.test(url)) return url
  // URL parsers ignore these characters, even within a name.
  const flat = url.replaceAll(/[\t\n\r]/gu, "")
  let left = withoutUserInfo(flat)
  for (;;) {
    const without = withoutCredentials(left)
    // The removed part may have hidden a user name and password in the rest.
    const next = without === left ? without : withoutUserInfo(without)
    if (next === without) return next === flat ? url : next
    left = next
  }
}

/**
 * True for a link with a credential, which `strip` would change.
 *
 * @category guards
 * @since 0.1.0
 */
export const isSigned = (url: string): boolean => strip(url) !== url

/**
 * The earliest expiry that a link states, in whole seconds. A link may expire earlier
 * if its signing key does.
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

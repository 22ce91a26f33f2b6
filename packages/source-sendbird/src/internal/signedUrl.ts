// Some file addresses carry a credential in their query, which lets anyone fetch the file for a while.

/** The address without parameters that sign it; the same text when there are none. */
export const stripSignature = (url: string): string => {
  const at = url.indexOf("?")
  if (at < 0 || !SIGNED.test(url)) return url
  const hash = url.indexOf("#", at)
  const query = url.slice(at + 1, hash < 0 ? undefined : hash)
  const left = query.split("&").filter((parameter) => !SIGNING.test(parameter))
  return (
    url.slice(0, at) + (left.length === 0 ? "" : `?${left.join("&")}`) + (hash < 0 ? "" : url.slice(hash))
  )
}

// internal

const NAMES = "auth|Signature|AWSAccessKeyId|Expires|Policy|Key-Pair-Id|X-Amz-[A-Za-z-]+"
const SIGNED = new RegExp(`[?&](?:auth|Signature|X-Amz-Signature)=`, "iu")
const SIGNING = new RegExp(`^(?:${NAMES})=`, "iu")

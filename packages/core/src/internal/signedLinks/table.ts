// The names of parameters that make a link work for anyone who has it.

/** A name in the form of the table: in lower case, with `_` for `-`, and without `_` around it. */
export const nameOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll("-", "_")
    .replaceAll(/^_+|_+$/gu, "")

/** True for a parameter that is always a credential. */
export const isSecret = (name: string): boolean => SECRETS.has(name) || SUFFIX.test(name)
export const isSecretWith = (name: string, value: string): boolean =>
  name === "key" && GOOGLE_API_KEY.test(value)

/** True for a parameter that only has a meaning together with a signature among the `others`. */
export const isCompanion = (name: string, others: ReadonlySet<string>): boolean =>
  SCHEMES.some(
    ({ also, marks, prefix, with: any }) =>
      (also.includes(name) || (prefix !== undefined && name.startsWith(prefix))) &&
      marks.some((mark) => others.has(mark)) &&
      (any === undefined || any.some((one) => others.has(one)))
  )

// internal

const SECRETS = new Set([
  "auth",
  "auth_key",
  "authorization",
  "bearer",
  "hmac",
  "jwt",
  "passwd",
  "pwd",
  "sig",
  // Akamai's; the underscores of `__gda__` and `__token__` are removed.
  "gda",
  "hdnea",
  "hdntl",
  "hdnts",
  // Sessions, which are usually parameters of a path.
  "jsessionid",
  "phpsessid",
  "session_id",
  "sessionid"
])

/** With or without a prefix: `token`, `access_token`, `X-Amz-Security-Token`. */
const SUFFIX = /(?:token|signature|password|secret|credential|api_?key|access_key|secret_key)$/u

/** `key` is the name of a file as often as a credential. */
const GOOGLE_API_KEY = /^AIza[\w-]{30,}$/u

interface Scheme {
  /** At least one of these is present. */
  readonly marks: ReadonlyArray<string>
  /** Also at least one of these, if the marks alone are ambiguous. */
  readonly with?: ReadonlyArray<string>
  /** Then these are removed too, */
  readonly also: ReadonlyArray<string>
  /** and all names with this prefix. */
  readonly prefix?: string
}

const SCHEMES: ReadonlyArray<Scheme> = [
  // Amazon S3, version 4.
  { marks: ["x_amz_signature", "x_amz_credential", "x_amz_security_token"], also: [], prefix: "x_amz_" },
  // Google Cloud Storage, version 4.
  { marks: ["x_goog_signature", "x_goog_credential"], also: [], prefix: "x_goog_" },
  // Alibaba, version 4. `x-oss-process` says how to scale a picture, and is kept.
  {
    marks: ["x_oss_signature"],
    also: ["x_oss_signature_version", "x_oss_date", "x_oss_expires", "x_oss_additional_headers"]
  },
  // Amazon S3, version 2; CloudFront, where Stream's files are; Google Cloud Storage, version 2, and Cloud CDN; Alibaba.
  {
    marks: ["signature"],
    also: [
      "accesskeyid",
      "awsaccesskeyid",
      "expires",
      "googleaccessid",
      "hash_algorithm",
      "key_pair_id",
      "keyname",
      "ossaccesskeyid",
      "policy",
      "urlprefix"
    ]
  },
  // Azure. All of these have a version; the expiry may be in a policy on the server instead.
  {
    marks: ["sig"],
    with: ["sv", "se"],
    also: "saoid scid sdd se ses si sip ske skoid sks skt sktid skv sp spr sr srt ss st suoid sv".split(" ")
  },
  // Sendbird's files.
  { marks: ["auth"], also: ["expires"] },
  // Bunny, and others that sign with a token.
  { marks: ["token", "bcdn_token"], also: ["expires", "token_countries", "token_path"] },
  // Facebook and Instagram. Alone, `oh` is the height of a picture at Stream.
  { marks: ["oh"], with: ["oe"], also: ["oe", "oh"] }
]

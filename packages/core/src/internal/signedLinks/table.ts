// What makes a link one that works for whoever has it, by the names of its parameters.

/** A name as the table has it: in small letters, with `_` for `-`, and none of these around it. */
export const nameOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll("-", "_")
    .replaceAll(/^_+|_+$/gu, "")

/** Tells a parameter that is a credential by itself, wherever it stands, or has been given the value of one. */
export const isSecret = (name: string): boolean => SECRETS.has(name) || SUFFIX.test(name)
export const isSecretWith = (name: string, value: string): boolean =>
  name === "key" && GOOGLE_API_KEY.test(value)

/** Tells a parameter that only means something together with a signature, which is among the `others`. */
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
  // Akamai's; `__gda__` and `__token__` lose their lines.
  "gda",
  "hdnea",
  "hdntl",
  "hdnts",
  // Sessions, which are mostly parameters of a path.
  "jsessionid",
  "phpsessid",
  "session_id",
  "sessionid"
])

/** With or without anything before it: `token`, `access_token`, `X-Amz-Security-Token`. */
const SUFFIX = /(?:token|signature|password|secret|credential|api_?key|access_key|secret_key)$/u

/** `key` is the name of a file as often as a credential. */
const GOOGLE_API_KEY = /^AIza[\w-]{30,}$/u

interface Scheme {
  /** One of these is there. */
  readonly marks: ReadonlyArray<string>
  /** And one of these, where the marks alone may be anybody's. */
  readonly with?: ReadonlyArray<string>
  /** Then these go with it, */
  readonly also: ReadonlyArray<string>
  /** and all that begin so. */
  readonly prefix?: string
}

const SCHEMES: ReadonlyArray<Scheme> = [
  // Amazon S3, version 4.
  { marks: ["x_amz_signature", "x_amz_credential", "x_amz_security_token"], also: [], prefix: "x_amz_" },
  // Google Cloud Storage, version 4.
  { marks: ["x_goog_signature", "x_goog_credential"], also: [], prefix: "x_goog_" },
  // Alibaba, version 4. `x-oss-process` says how to scale a picture, and stays.
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
  // Azure. All of these have a version; the end may be in a policy of the server's instead.
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

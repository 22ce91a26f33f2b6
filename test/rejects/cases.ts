// A record in a separate file, whole and damaged in a known way, and its correction by a user.

export type Bytes = string | Buffer

export interface Case {
  /** The file's name, with a number that also occurs in all its entities. */
  readonly file: string
  readonly clean: Bytes
  readonly damaged: Bytes
  /** The JSON that becomes `original`; none if the line cannot be corrected. */
  readonly corrected: string | undefined
  readonly kind: string
  readonly code: string
}

/** The content of a case, without its number. */
export type Make = (n: string, i: number) => Omit<Case, "file"> & { readonly ending: string }

/** `first`: the number of the first of them. */
export const cases = (makes: ReadonlyArray<Make>, count: number, first = 0): ReadonlyArray<Case> =>
  Array.from({ length: count }, (_, k) => {
    const i = first + k
    const n = `n${String(i).padStart(4, "0")}`
    const { ending, ...made } = (makes[k % makes.length] as Make)(n, i)
    return { ...made, file: `${n}.${ending}` }
  })

/** JSON of a value; texts such as `@123@` become numbers. */
export const raw = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/"@([^"@]+)@"/gu, (_, digits: string) => digits)

/** Exceeds any limit of the sources. */
export const LARGE = "y".repeat(20_000)
export const MAX_BYTES = 16_384
export const CONTENT = "CANARY"
export const SECRET = "SECRET-TOKEN"

export const nested = (levels: number): string => `${"[".repeat(levels)}1${"]".repeat(levels)}`

/** Text with bytes that are not UTF-8 in a field of an object. */
const withBytes = (json: string): Buffer =>
  Buffer.concat([
    Buffer.from(`{"x":"${CONTENT}`),
    Buffer.from([0xff, 0xc3]),
    Buffer.from(`",${json.slice(1)}`)
  ])

export const joined = (before: string, inner: Bytes, after: string): Buffer =>
  Buffer.concat([Buffer.from(before), Buffer.from(inner), Buffer.from(after)])

export const without = (value: object, ...fields: ReadonlyArray<string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field)))

/** Ways to damage any object, by the resulting code. */
export const anyObject: ReadonlyArray<readonly [code: string, damage: (json: string) => Bytes]> = [
  ["invalid_json", (json) => `{"x":tru,${json.slice(1)}`],
  ["invalid_json", withBytes],
  ["invalid_json", (json) => `{"x":"\\q",${json.slice(1)}`],
  ["not_an_object", () => "null"],
  ["not_an_object", () => `"${CONTENT}"`],
  ["not_an_object", () => "[1e400,-0,90071992547409931]"],
  ["not_an_object", () => `{"text":"${CONTENT}"}`.replace(/.*/u, "12")],
  ["too_deep", (json) => `{"x":${nested(150)},${json.slice(1)}`],
  ["too_deep", (json) => `{"x":${nested(4000)},${json.slice(1)}`],
  ["too_large", (json) => `{"x":"${LARGE}",${json.slice(1)}`]
]

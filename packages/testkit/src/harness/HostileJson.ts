/**
 * Valid JSON that no provider writes, but that a program must survive when files
 * come from strangers.
 *
 * Everything is text, because JavaScript values cannot represent all of it: `-0`,
 * `1e400`, a duplicate key, a member called `__proto__`.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { type Random, random } from "../internal/random/random.ts"

/**
 * A JSON text with a name for tests.
 *
 * @category models
 * @since 0.1.0
 */
export interface Shape {
  readonly name: string
  readonly json: string
}

/**
 * Nested arrays or objects.
 *
 * @category constructors
 * @since 0.1.0
 */
export const nested = (levels: number, within: "arrays" | "objects" = "arrays", inner = "1"): string =>
  within === "arrays"
    ? `${"[".repeat(levels)}${inner}${"]".repeat(levels)}`
    : `${'{"a":'.repeat(levels)}${inner}${"}".repeat(levels)}`

/**
 * Names of members that have a meaning in JavaScript, in JSON pointers or on a
 * terminal, as JSON texts.
 *
 * @category values
 * @since 0.1.0
 */
export const keys: ReadonlyArray<string> = [
  "toString",
  "valueOf",
  "toJSON",
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "length",
  "then",
  "0",
  "-1",
  "4294967295",
  "",
  "/",
  "~",
  "~1/~0",
  "{type}",
  "$&",
  "\0",
  "\u001b[2J\u001b]0;title\u0007",
  "\r",
  "a\nb",
  "\u007f",
  "\u009b31m",
  "\u202ename\u2066",
  "\u2028",
  "\ud800",
  "x".repeat(300),
  `${"x".repeat(99)}\u{1f600}`
].map((key) => JSON.stringify(key))

/**
 * Values that programs are likely to mistake for something else.
 *
 * @category values
 * @since 0.1.0
 */
export const shapes: ReadonlyArray<Shape> = [
  ...["null", "true", "false", "0", "-0", "1", "-1", "0.1", "1e400", "-1e400", "1e-400", "1e21"].map(named),
  ...["9007199254740993", "123456789012345678901234567890", "2147483648", "4294967296"].map(named),
  ...["[]", "{}", "[[]]", "[{}]", "[null]", "[1,2]", '[""]', '["a","a"]', '["a",1]'].map(named),
  ...keys.map((key) => ({ name: `an object with ${key.slice(0, 40)}`, json: `{${key}:1}` })),
  ...['{"toString":{"toString":1},"valueOf":[]}', '{"toString":"x","valueOf":"y","toJSON":"z"}'].map(named),
  ...['{"__proto__":{"id":"a","type":"user"}}', '{"__proto__":null}', '{"constructor":{"prototype":{}}}'].map(
    named
  ),
  ...['{"length":1e9}', '{"length":-1,"0":"a"}', '{"then":{"then":1}}', '{"a":1,"a":2}'].map(named),
  ...['[{"toString":1}]', '[[{"toString":1}]]', '[[["a"]]]', '{"a":{"b":{"c":[1,{"d":null}]}}}'].map(named),
  ...["", " ", "a", "a,b", "100%", "a:b", "messaging:hall", "messaging:!members-x", "!members-x"].map(text),
  ...["__proto__", "constructor", "toString", "${type}", "{type}", "$&", "$1", "../../etc/passwd"].map(text),
  ...["2020-02-30T00:00:00Z", "9999-12-31T23:59:60Z", "+275761-01-01T00:00:00Z", "0000-00-00T00:00:00Z"].map(
    text
  ),
  ...["https://", "https://[", "https://a/%", "https://a/\u202e", "javascript:alert(1)"].map(text),
  ...["\0", "a\0b", "\u001b[31mred", "\u001b]8;;https://a\u0007", "\u0090", "\u009b2J", "\u007f", "\r\n"].map(
    text
  ),
  ...["\u202e", "\u2066\u2069", "\u200b", "\ufeff", "\u2028\u2029", "\ud800", "\udc00a", "a\ud83d"].map(text),
  { name: "a text with a raw control of eight bits", json: '"\u009b31m\u007f\u202e"' },
  { name: "a text of accents", json: JSON.stringify(`Z${"\u0301".repeat(500)}`) },
  { name: "a text of 300 characters", json: JSON.stringify("x".repeat(300)) },
  { name: "a text of 100,000 characters", json: JSON.stringify("\u{1f600}".repeat(50_000)) },
  { name: "a number of 1,000 digits", json: "9".repeat(1000) },
  { name: "a list of 3,000 numbers", json: `[${"1,".repeat(2999)}1]` },
  {
    name: "an object of 500 members",
    json: `{${Array.from({ length: 500 }, (_, i) => `"k${i}":${i}`).join()}}`
  },
  { name: "20 nested arrays", json: nested(20) },
  { name: "200 nested objects", json: nested(200, "objects") },
  { name: "1,100 nested arrays", json: nested(1100) },
  { name: "1,100 nested arrays with a number of 64 bits", json: nested(1100, "arrays", "9007199254740993") }
]

/**
 * Yields JSON texts, the same ones for the same seed. They consist of `shapes`,
 * lists and objects of them, and texts of arbitrary characters.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (seed: number): (() => string) => {
  const r = random(seed, HOSTILE)
  return () => valueOf(r, 3)
}

// internal

const HOSTILE = 83

function named(json: string): Shape {
  return { name: json, json }
}

function text(value: string): Shape {
  return named(JSON.stringify(value))
}

const valueOf = (r: Random, levels: number): string => {
  if (levels === 0 || r.chance(0.5)) return r.chance(0.7) ? r.pick(shapes).json : JSON.stringify(textOf(r))
  const length = r.below(4)
  const values = Array.from({ length }, () => valueOf(r, levels - 1))
  if (r.chance(0.5)) return `[${values.join()}]`
  return `{${values.map((value) => `${r.chance(0.7) ? r.pick(keys) : JSON.stringify(textOf(r))}:${value}`).join()}}`
}

/** Any character, but most often those with a special meaning in programs. */
const textOf = (r: Random): string =>
  Array.from({ length: r.below(12) }, () =>
    String.fromCharCode(r.below(r.pick([32, 128, 160, 0x2070, 0x1_0000])))
  ).join("")

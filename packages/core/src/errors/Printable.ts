/**
 * Makes external text printable: names of files, keys of JSON, states and errors of a
 * server.
 *
 * A terminal executes control characters as commands, and bidirectional controls can
 * disguise a name as another one. Both become escapes such as `\u001b`, and so do line
 * separators, other invisible format characters and lone surrogates. The joiners U+200C
 * and U+200D are kept: scripts and emoji need them, and they cannot reorder anything.
 * All functions here are idempotent.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */

/**
 * The maximum length of the result of `line`, in UTF-16 units.
 *
 * @category constants
 * @since 0.1.0
 */
export const MAX_LENGTH = 1000

/**
 * The maximum length of an error message, which contains several texts and ends with
 * advice.
 *
 * @category constants
 * @since 0.1.0
 */
export const MAX_MESSAGE = 8000

/**
 * Escapes a text for one line and cuts it after `maxLength` UTF-16 units. A cut text
 * ends with `…`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const line = (text: string, maxLength: number = MAX_LENGTH): string => {
  // Only the part that can be shown is processed: a name may have megabytes.
  const safe = escape(text.slice(0, maxLength + 1), UNSAFE)
  if (safe.length <= maxLength && text.length <= maxLength) return safe
  return `${safe.slice(0, maxLength - 1).replace(CUT_ESCAPE, "")}…`
}

/**
 * Escapes a text of several lines, such as a report or a stack. Line feeds are kept,
 * and the length is not limited.
 *
 * @category formatting
 * @since 0.1.0
 */
export const lines = (text: string): string => escape(text, UNSAFE_IN_LINES)

/**
 * Writes a value as printable JSON. Unsafe characters that `JSON.stringify` does not
 * escape become JSON escapes, so parsing gives the same value.
 *
 * @category formatting
 * @since 0.1.0
 */
export const json = (value: unknown, indent?: number): string =>
  lines(JSON.stringify(value ?? null, undefined, indent))

// internal

/** Control and format characters, line and paragraph separators, and surrogates without a partner. */
const UNSAFE = /(?!\u200c|\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const UNSAFE_IN_LINES = /(?!\u200c|\u200d|\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
/** A truncated escape or pair of surrogates. */
const CUT_ESCAPE = /(?:\\(?:u[\da-f]{0,3})?|[\ud800-\udbff])$/u

/** Matches nearly every text, whose characters need not be checked for their properties then. */
const PLAIN = /^[ -~]*$/u

const escape = (text: string, unsafe: RegExp) => (PLAIN.test(text) ? text : text.replaceAll(unsafe, escaped))

/** Escapes each UTF-16 unit, as JSON does. */
const escaped = (character: string) =>
  Array.from(
    { length: character.length },
    (_, i) => String.raw`\u` + character.charCodeAt(i).toString(16).padStart(4, "0")
  ).join("")

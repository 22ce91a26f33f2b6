/**
 * Makes text from outside safe to show: names of files, keys of JSON, states and
 * errors of a server.
 *
 * A terminal takes control characters for commands, and bidirectional controls
 * show a name as another one. Both become escapes such as `\u001b`, and so do
 * line separators, other invisible format characters and lone surrogates. The
 * joiners U+200C and U+200D stay: scripts and emoji need them, and they cannot
 * reorder anything. Every function here gives its own results back unchanged.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */

/**
 * Longest text that `line` gives, in UTF-16 units.
 *
 * @category constants
 * @since 0.1.0
 */
export const MAX_LENGTH = 1000

/**
 * The same for the message of an error, which holds several texts and ends with
 * what to do.
 *
 * @category constants
 * @since 0.1.0
 */
export const MAX_MESSAGE = 8000

/**
 * Escapes a text for one line and cuts it after `maxLength` UTF-16 units; what
 * was cut ends with `…`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const line = (text: string, maxLength: number = MAX_LENGTH): string => {
  // Only the part that can be shown is looked at: a name may have megabytes.
  const safe = escape(text.slice(0, maxLength + 1), UNSAFE)
  if (safe.length <= maxLength && text.length <= maxLength) return safe
  return `${safe.slice(0, maxLength - 1).replace(CUT_ESCAPE, "")}…`
}

/**
 * Escapes a text of several lines, such as a report or a stack. Line feeds stay;
 * the length is not limited.
 *
 * @category formatting
 * @since 0.1.0
 */
export const lines = (text: string): string => escape(text, UNSAFE_IN_LINES)

/**
 * Writes a value as JSON that is safe to show. What `JSON.stringify` leaves as it
 * is becomes an escape of JSON, so that parsing gives the same value.
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
/** An escape, or a pair of surrogates, of which only the beginning is left. */
const CUT_ESCAPE = /(?:\\(?:u[\da-f]{0,3})?|[\ud800-\udbff])$/u

/** Nearly every text is this, and needs no look at the properties of its characters. */
const PLAIN = /^[ -~]*$/u

const escape = (text: string, unsafe: RegExp) => (PLAIN.test(text) ? text : text.replaceAll(unsafe, escaped))

/** By UTF-16 unit, as JSON has it. */
const escaped = (character: string) =>
  Array.from(
    { length: character.length },
    (_, i) => String.raw`\u` + character.charCodeAt(i).toString(16).padStart(4, "0")
  ).join("")

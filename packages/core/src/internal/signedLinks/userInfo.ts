// Name and password before the host of an address, also of one that is a value within another.

/** The address without them. What stands before and after them stays byte for byte. */
export const withoutUserInfo = (url: string): string => {
  if (!AT.test(url)) return url
  let left = ""
  let kept = 0
  AUTHORITY.lastIndex = 0
  for (let found = AUTHORITY.exec(url); found !== null; found = AUTHORITY.exec(url)) {
    const start = found.index + found[0].length
    const [, escaped = ""] = found
    const end = endOf(url, start, levelOf(escaped.slice(escaped.lastIndexOf("%"))), found.index === 0)
    if (end <= start) continue
    left += url.slice(kept, start)
    kept = end
    AUTHORITY.lastIndex = end
  }
  return kept === 0 ? url : left + url.slice(kept)
}

/** How many times a character was escaped: not at all, `%3F` once, `%253F` twice. */
export const levelOf = (character: string): number =>
  character.startsWith("%") ? (character.length - 1) / 2 : 0

// internal

const AT = /@|%(?:25){0,9}40/u

// Readers of addresses take a backslash for a slash, and one or more of them where a host has to come.
const AUTHORITY =
  /^[^!-\u{10ffff}]*(?:(?:https?|wss?|ftp):[\\/]*|(?:[a-z][a-z\d+.-]*:)?[\\/]{2,})|[:=][\\/]{2,}|(?:[:=]|%(?:25){0,9}3[ad])((?:%(?:25){0,9}(?:2f|5c)){2,})/giu

const STOP = /[\\/?#&;@]|%(?:25){0,9}(?:2f|5c|3f|23|40)/giu

/** Behind the last `@` that stands before the path; `start` when there is no `@` with anything before it. */
const endOf = (url: string, start: number, level: number, isWhole: boolean): number => {
  let [at, end, stopsAt] = [start, start, url.length]
  STOP.lastIndex = start
  for (let found = STOP.exec(url); found !== null; found = STOP.exec(url)) {
    const { 0: stop, index } = found
    if (levelOf(stop) > level) continue
    if (stop === "@" || stop.endsWith("40")) {
      at = index
      end = index + stop.length
    } else if (!isWhole || (stop !== "&" && stop !== ";")) {
      // In an address that is not a value of another, those belong to the password.
      stopsAt = index
      break
    }
  }
  if (at === start) return start
  // Without a host, what is left must not read as another address.
  return end === stopsAt ? at : end
}

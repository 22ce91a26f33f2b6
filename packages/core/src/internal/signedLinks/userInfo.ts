// Removes the user name and password before the host of a URL, including URLs that are values in another one.

/** The URL without user name and password. The rest is unchanged byte for byte. */
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

/** The number of times a character was escaped: `?` not at all, `%3F` once, `%253F` twice. */
export const levelOf = (character: string): number =>
  character.startsWith("%") ? (character.length - 1) / 2 : 0

// internal

const AT = /@|%(?:25){0,9}40/u

// URL parsers treat a backslash as a slash, and accept one or more of them before a host.
const AUTHORITY =
  /^[^!-\u{10ffff}]*(?:(?:https?|wss?|ftp):[\\/]*|(?:[a-z][a-z\d+.-]*:)?[\\/]{2,})|[:=][\\/]{2,}|(?:[:=]|%(?:25){0,9}3[ad])((?:%(?:25){0,9}(?:2f|5c)){2,})/giu

const STOP = /[\\/?#&;@]|%(?:25){0,9}(?:2f|5c|3f|23|40)/giu

/** The index after the last `@` before the path; `start` if there is no `@` with text before it. */
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
      // In a URL that is not a value of another one, these characters belong to the password.
      stopsAt = index
      break
    }
  }
  if (at === start) return start
  // Without a host, the rest must not read as another URL.
  return end === stopsAt ? at : end
}

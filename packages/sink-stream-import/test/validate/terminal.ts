/**
 * The text that a terminal shows. It only interprets line feeds, so a text
 * with other control characters throws, with the character's number.
 */
export const screen = (text: string): ReadonlyArray<string> => {
  const unsafe = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.exec(text)
  if (unsafe !== null) {
    const around = JSON.stringify(text.slice(Math.max(0, unsafe.index - 80), unsafe.index + 20))
    throw new Error(`a terminal would obey U+${unsafe[0].codePointAt(0)?.toString(16)} in ${around}`)
  }
  return text.split("\n")
}

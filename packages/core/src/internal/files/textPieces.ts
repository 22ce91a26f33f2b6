/** The number of bytes written at once. */
export const BLOCK: number = 1 << 20

/** Text of this length is at most one block as bytes. */
export const PIECE: number = Math.floor(BLOCK / 3)

/** The end of a piece of text, which does not split a surrogate pair. */
export const pieceEnd = (text: string, from: number): number => {
  const to = Math.min(text.length, from + PIECE)
  return to < text.length && (text.codePointAt(to - 1) as number) > 0xffff ? to - 1 : to
}

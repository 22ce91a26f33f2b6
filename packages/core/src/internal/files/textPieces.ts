/** So many bytes are written at once. */
export const BLOCK: number = 1 << 20

/** So much of a text is at most a block of bytes. */
export const PIECE: number = Math.floor(BLOCK / 3)

/** Where a piece of a text ends, not between the halves of a surrogate pair. */
export const pieceEnd = (text: string, from: number): number => {
  const to = Math.min(text.length, from + PIECE)
  return to < text.length && (text.codePointAt(to - 1) as number) > 0xffff ? to - 1 : to
}

/** Hashes a text to 53 bits: two FNV-1a hashes of its UTF-16 units with different offsets. It does not resist deliberate collisions. */
export const hashOf = (text: string): number => {
  let a = 0x811c9dc5
  let b = 0x01234567
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca6b)
    b ^= b >>> 13
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b)
  b = Math.imul(b ^ (b >>> 15), 0xc2b2ae35)
  return ((a ^ (a >>> 13)) >>> 0) * 0x200000 + ((b ^ (b >>> 16)) >>> 11)
}

/** The same memory with the methods of Node's `Buffer`, which public types do not name. */
export const bufferOf = ({ buffer, byteLength, byteOffset }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

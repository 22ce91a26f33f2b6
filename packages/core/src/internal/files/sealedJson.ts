// JSON for the runner's own files: one line, and the SHA-256 of that line.
import * as Sha256 from "./sha256.ts"

export const seal = (value: unknown): string => {
  const line = JSON.stringify(value)
  return `${line}\n${Sha256.hex(line)}\n`
}

/** The line; `undefined` if its checksum is wrong. */
export const open = (text: string): string | undefined => {
  const [line = "", sum] = text.split("\n")
  return Sha256.hex(line) === sum ? line : undefined
}

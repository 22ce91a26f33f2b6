// What a killed run must have in common with an undisturbed one.
import { difference } from "../engine/difference.ts"
import type { Verdict } from "../engine/rule.ts"
import type { Ended, Killed } from "./experiment.ts"

/** The run ends, and publishes the same files. */
export const endsInBytes = ({ files }: Ended, { end, how }: Killed): Verdict | undefined => {
  if (typeof end === "string") return { expected: `a run that ends ${how}`, actual: end }
  for (const [name, bytes] of files) {
    const found = end.files.get(name)
    if (found === undefined) return { expected: `the file ${name} ${how}`, actual: "none" }
    if (!Buffer.from(found).equals(bytes))
      return { expected: `the same ${bytes.length} bytes of ${name} ${how}`, actual: differing(bytes, found) }
  }
  return undefined
}

/** The ledgers of its sinks, and its rejects. */
export const accounts = (undisturbed: Ended, { end, how }: Killed): Verdict | undefined => {
  if (typeof end === "string") return undefined
  const path = difference(undisturbed.sinks, end.sinks)
  if (path !== undefined)
    return { expected: `the same ledgers of the sinks ${how}`, actual: `a different value at ${path}` }
  return undisturbed.rejects === end.rejects
    ? undefined
    : {
        expected: `the same ${linesOf(undisturbed.rejects)} rejects ${how}`,
        actual: `${linesOf(end.rejects)}, which differ`
      }
}

export const leavesNothing = ({ files }: Ended, { end, how }: Killed): Verdict | undefined => {
  if (typeof end === "string") return undefined
  const more = Array.from(end.files.keys()).filter((name) => !files.has(name))
  return more.length === 0
    ? undefined
    : { expected: `the same ${files.size} files ${how}`, actual: `${more.join(", ")} in addition` }
}

// internal

const differing = (expected: Uint8Array, actual: Uint8Array): string => {
  const at = expected.findIndex((byte, i) => byte !== actual[i])
  return `${actual.length}, of which number ${at === -1 ? expected.length + 1 : at + 1} is the first that differs`
}

const linesOf = (text: string): number => text.split("\n").length - 1

import { Leftovers } from "@chatferry/core"
import * as Equal from "effect/Equal"

/** Tells whether two values say the same; what is too deep to be looked through is taken for different. */
export const isSame = (a: unknown, b: unknown): boolean =>
  a === b ||
  (typeof a === "object" &&
    !Leftovers.isDeeper(a, Leftovers.MAX_DEPTH) &&
    !Leftovers.isDeeper(b, Leftovers.MAX_DEPTH) &&
    Equal.equals(a, b))

import { Json } from "@chatferry/core/files"
import * as Equal from "effect/Equal"

/** Tells whether two values say the same; what is too deep to be looked through is taken for different. */
export const isSame = (a: unknown, b: unknown): boolean =>
  a === b ||
  (typeof a === "object" &&
    !Json.isDeeper(a, Json.MAX_DEPTH) &&
    !Json.isDeeper(b, Json.MAX_DEPTH) &&
    Equal.equals(a, b))

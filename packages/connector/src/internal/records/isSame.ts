import { Json } from "@chatferry/core/files"
import * as Equal from "effect/Equal"

/** Whether two values are equal. Values that are nested too deep to compare count as different. */
export const isSame = (a: unknown, b: unknown): boolean =>
  a === b ||
  (typeof a === "object" &&
    !Json.isDeeper(a, Json.MAX_DEPTH) &&
    !Json.isDeeper(b, Json.MAX_DEPTH) &&
    Equal.equals(a, b))

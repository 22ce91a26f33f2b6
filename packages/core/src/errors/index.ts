/**
 * What errors and rejects may show, and how it is formatted.
 *
 * @since 0.1.0
 * @module @chatferry/core/errors
 */
export * as Misfit from "./Misfit.ts"
export * as Printable from "./Printable.ts"
export * as SignedLinks from "./SignedLinks.ts"
export * as SystemProblem from "./SystemProblem.ts"
export * as TaggedError from "./TaggedError.ts"

// Checks import files as its options say.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import { collect } from "./collect.ts"
import type { ValidatorError } from "./failures.ts"
import type { Finding } from "./finding.ts"
import * as Inspect from "./inspect.ts"
import type { Result } from "./report.ts"

export const check = (options: unknown): Effect.Effect<Result, ValidatorError, FileSystem.FileSystem> =>
  Effect.scoped(Effect.flatMap(Inspect.open(options), collect))

export const findings = (options: unknown): Stream.Stream<Finding, ValidatorError, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.map(Inspect.open(options), ({ findings }) => Stream.flattenIterable(findings)))

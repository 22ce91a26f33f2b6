/**
 * Checks Stream Chat import files before Stream does, offline.
 *
 * Any file of either dialect, from anyone: every rule that Stream documents is
 * looked at for every item, and all that is wrong is told, each with its place,
 * what Stream says to it and how to fix it. What only some of Stream's pages
 * say is a warning. Nothing that an item says is repeated, only ids.
 *
 * Files are read once, in order; memory does not grow with them. Ids that must
 * be remembered go to disk when they are many. References are checked exactly.
 * Files must be plain: Stream takes no compressed ones.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import { collect } from "./internal/validate/collect.ts"
import * as ErrorReportModule from "./internal/validate/errorReport.ts"
import type * as Failures from "./internal/validate/failures.ts"
import type * as FindingModule from "./internal/validate/finding.ts"
import * as Inspect from "./internal/validate/inspect.ts"
import * as Report from "./internal/validate/report.ts"
import type * as RuleModule from "./internal/validate/rule.ts"
import * as Rules from "./internal/validate/rules.ts"
import * as SettingsModule from "./internal/validate/settings.ts"
import type { Dialect } from "./StreamImportPolicies.ts"

/**
 * Options or settings, or the file they were to be read from, are not what they
 * should be.
 *
 * @category errors
 * @since 0.1.0
 */
export const InvalidConfig: typeof SinkError.InvalidConfig = SinkError.InvalidConfig

export {
  /**
   * A file cannot be read.
   *
   * @category errors
   * @since 0.1.0
   */
  ReadFailed,
  /**
   * Ids could not be kept on disk.
   *
   * @category errors
   * @since 0.1.0
   */
  StageFailed,
  /**
   * Why files could not be checked. That a file is wrong is not an error but a
   * result.
   *
   * @category errors
   * @since 0.1.0
   */
  ValidatorError,
  /**
   * @category errors
   * @since 0.1.0
   */
  ValidatorErrorReason
} from "./internal/validate/failures.ts"

export {
  /**
   * What the app is set up for: roles, channel types, teams.
   *
   * @category schemas
   * @since 0.1.0
   */
  AppSettings,
  /**
   * What to check against. Every setting has a default.
   *
   * @category schemas
   * @since 0.1.0
   */
  Settings
} from "./internal/validate/settings.ts"

/**
 * The name of a rule, which does not change between versions.
 *
 * @category models
 * @since 0.1.0
 */
export type Code = Rules.Code

/**
 * A rule: whether it is documented (`error`) or ambiguous (`warning`), what is
 * wrong, the server's words where they are known, and how to fix it. Texts
 * hold `{names}` that findings fill in.
 *
 * @category models
 * @since 0.1.0
 */
export type Rule = RuleModule.Rule

/**
 * Something that is wrong, and where.
 *
 * @category models
 * @since 0.1.0
 */
export type Finding = FindingModule.Finding

/**
 * Every rule, by its code.
 *
 * @category models
 * @since 0.1.0
 */
export const rules: Readonly<Record<Code, Rule>> = Rules.rules

/**
 * What to check.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * A path, or paths in the order in which they will be imported. JSON Lines files may refer to those before them; array files are
   * checked each on its own. A folder stands for the files that its `manifest.json` lists.
   */
  readonly files: string | ReadonlyArray<string>
  /** Default: what the manifest of a folder says, else what the first file looks like. */
  readonly dialect?: Dialect | undefined
  readonly settings?: SettingsModule.Settings | undefined
  /** Folder for ids that do not fit into memory, made if need be. Default the system's folder for temporary files. */
  readonly stageDirectory?: string | undefined
}

/**
 * The schema of `Options`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const Options = SettingsModule.Options

/**
 * What one rule found.
 *
 * @category models
 * @since 0.1.0
 */
export type Group = Report.Group

/**
 * What files came to. `errors` and `warnings` are in the order of `rules`.
 *
 * @category models
 * @since 0.1.0
 */
export type Result = Report.Result

/**
 * Stream's own form of an error report.
 *
 * @category models
 * @since 0.1.0
 */
export type ErrorReport = ErrorReportModule.ErrorReport

/**
 * Checks files to their end and counts what is wrong, with the first examples
 * of each rule.
 *
 * @category running
 * @since 0.1.0
 */
export const validate = (
  options: Options
): Effect.Effect<Result, Failures.ValidatorError, FileSystem.FileSystem> =>
  Effect.scoped(Effect.flatMap(Inspect.open(options), collect))

/**
 * Everything that is wrong, as it is found: what concerns one item in the order
 * of the file, and what could be told only at the end of a file after that.
 *
 * @category running
 * @since 0.1.0
 */
export const findings = (
  options: Options
): Stream.Stream<Finding, Failures.ValidatorError, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.map(Inspect.open(options), ({ findings }) => Stream.flattenIterable(findings)))

/**
 * Reads settings from a JSON file.
 *
 * @category running
 * @since 0.1.0
 */
export const readSettings = (
  path: string
): Effect.Effect<SettingsModule.Settings, Failures.ValidatorError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => SettingsModule.read(path, fs))

/**
 * A result as text for a terminal.
 *
 * @category reports
 * @since 0.1.0
 */
export const format = (result: Result): string => Report.format(result)

/**
 * The examples of a result in the form in which Stream reports errors. The items
 * are read from the files again: **this holds what users wrote**. It has at most
 * as many items as a result has examples, of 256 KiB each; larger ones, and those
 * nested more than 100 levels deep, are left out.
 *
 * @category reports
 * @since 0.1.0
 */
export const errorReport = (
  result: Result
): Effect.Effect<ErrorReport, Failures.ValidatorError, FileSystem.FileSystem> =>
  ErrorReportModule.errorReport(result)

/**
 * The same report as JSON for a terminal or file, in pieces: no more than one
 * item is in memory. Characters that a terminal would obey are escaped.
 *
 * @category reports
 * @since 0.1.0
 */
export const formatErrorReport = (
  result: Result
): Stream.Stream<string, Failures.ValidatorError, FileSystem.FileSystem> =>
  ErrorReportModule.formatErrorReport(result)

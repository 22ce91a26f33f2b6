/**
 * Checks Stream Chat import files before Stream does, offline.
 *
 * The files may come from any tool and be in either dialect. Every item is
 * checked against every rule that Stream documents. Each finding has its
 * location, Stream's own words and a hint how to fix it. A rule that only some
 * of Stream's pages state gives a warning. Findings hold ids, but no other
 * content of items.
 *
 * Files are read once, in order, and memory does not grow with them: when there
 * are many ids to remember, they go to disk. References are checked exactly.
 * Files must be uncompressed, because Stream does not accept compressed ones.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import * as ErrorReportModule from "./internal/validate/errorReport.ts"
import type * as Failures from "./internal/validate/failures.ts"
import type * as FindingModule from "./internal/validate/finding.ts"
import * as Report from "./internal/validate/report.ts"
import type * as RuleModule from "./internal/validate/rule.ts"
import * as Rules from "./internal/validate/rules.ts"
import * as SettingsModule from "./internal/validate/settings.ts"
import type { Dialect } from "./StreamImportPolicies.ts"

/**
 * The options or settings are not valid, or the file that holds them is not.
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
   * Ids could not be stored on disk or read from it.
   *
   * @category errors
   * @since 0.1.0
   */
  StageFailed,
  /**
   * Why files could not be checked. An invalid file is not an error but a
   * result.
   *
   * @category errors
   * @since 0.1.0
   */
  ValidatorError,
  /**
   * The possible reasons of a `ValidatorError`.
   *
   * @category errors
   * @since 0.1.0
   */
  ValidatorErrorReason
} from "./internal/validate/failures.ts"

export {
  /**
   * The configuration of the app: roles, channel types and teams.
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
 * The name of a rule. It does not change between versions.
 *
 * @category models
 * @since 0.1.0
 */
export type Code = Rules.Code

/**
 * A rule: its severity, the problem, the server's words if they are known, and
 * how to fix it. An `error` is documented, a `warning` is ambiguous. Findings
 * fill in the `{names}` in the texts.
 *
 * @category models
 * @since 0.1.0
 */
export type Rule = RuleModule.Rule

/**
 * A problem and its location.
 *
 * @category models
 * @since 0.1.0
 */
export type Finding = FindingModule.Finding

/**
 * All rules by code.
 *
 * @category models
 * @since 0.1.0
 */
export const rules: Readonly<Record<Code, Rule>> = Rules.rules

/**
 * The files to check, and how to check them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * A path, or paths in the order in which they will be imported. A JSON Lines file may refer to the files before it; array
   * files are checked separately. A folder means the files that its `manifest.json` lists.
   */
  readonly files: string | ReadonlyArray<string>
  /**
   * The dialect of the files.
   *
   * @default the one in the manifest of a folder, otherwise the one that the first file looks like
   */
  readonly dialect?: Dialect | undefined
  /** What to check against. */
  readonly settings?: SettingsModule.Settings | undefined
  /**
   * Folder for ids that do not fit into memory. It is created if needed.
   *
   * @default the system's folder for temporary files
   */
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
 * All findings of one rule.
 *
 * @category models
 * @since 0.1.0
 */
export type Group = Report.Group

/**
 * The result of a check. `errors` and `warnings` are in the order of `rules`.
 *
 * @category models
 * @since 0.1.0
 */
export type Result = Report.Result

/**
 * An error report in Stream's own format.
 *
 * @category models
 * @since 0.1.0
 */
export type ErrorReport = ErrorReportModule.ErrorReport

/**
 * Checks files to their end and counts the findings, with the first examples of
 * each rule.
 *
 * @category running
 * @since 0.1.0
 */
export const validate = (
  options: Options
): Effect.Effect<Result, Failures.ValidatorError, FileSystem.FileSystem> =>
  Effect.flatMap(checking, ({ check }) => check(options))

/**
 * Streams all findings as they are found: first those of single items, in the
 * order of the file, then those that need the whole file.
 *
 * @category running
 * @since 0.1.0
 */
export const findings = (
  options: Options
): Stream.Stream<Finding, Failures.ValidatorError, FileSystem.FileSystem> =>
  Stream.unwrap(Effect.map(checking, ({ findings }) => findings(options)))

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
 * Formats a result as text for a terminal.
 *
 * @category reports
 * @since 0.1.0
 */
export const format = (result: Result): string => Report.format(result)

/**
 * Formats the examples of a result as Stream reports errors. The items are read
 * from the files again, so **the report contains the content of messages**. It
 * has one item per example at most. Items that are larger than 256 KiB or nested
 * more than 100 levels deep are left out.
 *
 * @category reports
 * @since 0.1.0
 */
export const errorReport = (
  result: Result
): Effect.Effect<ErrorReport, Failures.ValidatorError, FileSystem.FileSystem> =>
  ErrorReportModule.errorReport(result)

/**
 * Streams the same report as JSON for a terminal or file, with at most one item
 * in memory. Control characters of terminals are escaped.
 *
 * @category reports
 * @since 0.1.0
 */
export const formatErrorReport = (
  result: Result
): Stream.Stream<string, Failures.ValidatorError, FileSystem.FileSystem> =>
  ErrorReportModule.formatErrorReport(result)

// internal

/** Most programs do not check files, so the check is loaded by the first one that does. */
const checking = Effect.promise(() => import("./internal/validate/check.ts"))

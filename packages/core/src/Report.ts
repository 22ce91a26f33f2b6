/**
 * The result of a migration.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { formatReport } from "./internal/report/format.ts"
import type { FormatOptions, Report } from "./internal/report/model.ts"

export { SinkReport, Report, type FormatOptions } from "./internal/report/model.ts"

/**
 * Formats a report as text. For each sink: the number of written records of each kind,
 * what was lost, changed and left out on purpose with counts and advice, and the first
 * ten files. What several sinks share is listed once, after them. Names are made
 * printable. The same report always gives the same text.
 *
 * @category conversions
 * @since 0.1.0
 */
export const format = (report: Report, options: FormatOptions = {}): string => formatReport(report, options)

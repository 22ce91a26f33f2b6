/**
 * What a migration came to.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { formatReport } from "./internal/report/format.ts"
import type { FormatOptions, Report } from "./internal/report/model.ts"

export { SinkReport, Report, type FormatOptions } from "./internal/report/model.ts"

/**
 * Writes a report as text, per sink: how many records of each kind were written,
 * what was lost, changed and left out on purpose with the number and what to do,
 * and the first ten files. What all of several sinks share comes once, after them. Names
 * are made safe to show. Same report, same text.
 *
 * @category conversions
 * @since 0.1.0
 */
export const format = (report: Report, options: FormatOptions = {}): string => formatReport(report, options)

/**
 * One case in a separate process: `node CASE.ts OUTPUT OUT-DIRECTORY ZIP…`.
 *
 * The clock starts after the imports, and the last line of the output is the result
 * as JSON.
 */

export const OUTPUTS = ["ndjson", "stream"] as const
/** Canonical entities, one file per kind; or items of a Stream import. */
export type Output = (typeof OUTPUTS)[number]

export const KINDS = ["user", "channel", "member", "message", "reaction", "failed_webhook"] as const
export type Kind = (typeof KINDS)[number]

/** The result of a case. */
export interface Written {
  readonly records: Readonly<Record<string, number>>
  readonly bytes: number
}

export interface Outcome extends Written {
  readonly millis: number
  readonly cpuMillis: number
  readonly peakBytes: number
}

/** The arguments of a case. */
export interface Job {
  readonly output: Output
  readonly directory: string
  readonly archives: ReadonlyArray<string>
}

export const counts = (): Record<Kind, number> => ({
  user: 0,
  channel: 0,
  member: 0,
  message: 0,
  reaction: 0,
  failed_webhook: 0
})

/** Runs the job of the command line and prints the result. */
export const main = async (work: (job: Job) => Written | Promise<Written>): Promise<void> => {
  const [output = "", directory = "", ...archives] = process.argv.slice(2)
  const before = process.cpuUsage()
  const start = performance.now()
  const written = await work({ output: output as Output, directory, archives })
  const millis = performance.now() - start
  const { system, user } = process.cpuUsage(before)
  const peakBytes = process.resourceUsage().maxRSS * 1024
  const outcome: Outcome = { ...written, millis, cpuMillis: (system + user) / 1000, peakBytes }
  console.log(JSON.stringify(outcome))
}

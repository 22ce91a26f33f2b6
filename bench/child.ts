/**
 * One case in a process of its own: `node CASE.ts JOB`, with the job as JSON.
 *
 * The clock starts after the imports, and the last line printed is the outcome as JSON. CPU time and memory are those of all
 * threads of the process.
 */

export const OUTPUTS = ["ndjson", "stream", "none"] as const
/** Canonical entities, one file per kind; items of a Stream import; or nothing, where a file is only read. */
export type Output = (typeof OUTPUTS)[number]

export const KINDS = ["user", "channel", "member", "message", "reaction", "failed_webhook"] as const
export type Kind = (typeof KINDS)[number]

/** What was written. */
export interface Written {
  readonly records: Readonly<Record<string, number>>
  readonly bytes: number
}

export interface Outcome extends Written {
  readonly millis: number
  readonly cpuMillis: number
  readonly peakBytes: number
}

/** What a case is asked to do. */
export interface Job {
  /** How the input is to be read: an export of Sendbird, of Stream, or NDJSON. */
  readonly source: "sendbird" | "stream" | "ndjson"
  readonly output: Output
  readonly paths: ReadonlyArray<string>
  /** An empty folder for what is written. */
  readonly directory: string
  /** Records between two checkpoints; `null` for none but the last. */
  readonly checkpointRecords: number | null
  /** Worker threads that read. */
  readonly threads: number
}

/** The job of the command line. */
export const jobOf = (text: string | undefined): Job => JSON.parse(text ?? "") as Job

export const counts = (): Record<Kind, number> => ({
  user: 0,
  channel: 0,
  member: 0,
  message: 0,
  reaction: 0,
  failed_webhook: 0
})

/** Does the job of the command line and prints what came of it. */
export const main = async (work: (job: Job) => Written | Promise<Written>): Promise<void> => {
  const job = jobOf(process.argv[2])
  const before = process.cpuUsage()
  const start = performance.now()
  const written = await work(job)
  const millis = performance.now() - start
  const { system, user } = process.cpuUsage(before)
  const peakBytes = process.resourceUsage().maxRSS * 1024
  const outcome: Outcome = { ...written, millis, cpuMillis: (system + user) / 1000, peakBytes }
  console.log(JSON.stringify(outcome))
}

/** All faults, in the order in which they are drawn. */
export const kinds = [
  "analyzeFailed",
  "importFailed",
  "rateLimited",
  "serverError",
  "edgeHtml",
  "lostRequest",
  "lostResponse",
  "expiredUrl",
  "s3Error",
  "cutBody",
  "slowBody",
  "failedTask",
  "lostTask",
  "overBudget",
  "htmlInsteadOfFile",
  "truncatedFile",
  "wrongLength"
] as const

export type Fault = (typeof kinds)[number]

const BEFALL_ALL: ReadonlyArray<Fault> = [
  "rateLimited",
  "serverError",
  "edgeHtml",
  "lostRequest",
  "lostResponse",
  "cutBody",
  "slowBody"
]

export const befallCalls: ReadonlySet<Fault> = new Set(BEFALL_ALL)
export const befallUploads: ReadonlySet<Fault> = new Set<Fault>([
  "expiredUrl",
  "s3Error",
  "lostRequest",
  "lostResponse"
])
export const befallImports: ReadonlySet<Fault> = new Set<Fault>(["analyzeFailed", "importFailed"])
/** The calls with a budget of database time. */
export const befallQueries: ReadonlySet<Fault> = new Set<Fault>([...BEFALL_ALL, "overBudget"])
export const befallTasks: ReadonlySet<Fault> = new Set<Fault>(["failedTask", "lostTask"])
export const befallFiles: ReadonlySet<Fault> = new Set<Fault>([
  "expiredUrl",
  "s3Error",
  "htmlInsteadOfFile",
  "truncatedFile",
  "wrongLength",
  "cutBody",
  "slowBody"
])

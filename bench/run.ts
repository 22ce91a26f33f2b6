/**
 * Runs the cases in turn, each in a separate process, for several rounds, and
 * prints medians and the ratio to the floor.
 *
 *     node --conditions=@chatferry/source bench/run.ts [--messages N] [--rounds N] [--slow-messages N] [--only TEXT]
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { availableParallelism, cpus, loadavg } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { KINDS, type Outcome, type Output, OUTPUTS } from "./child.ts"
import { dataset, type Dataset, SCRATCH } from "./dataset.ts"

const { values: options } = parseArgs({
  options: {
    messages: { type: "string", default: "300000" },
    "slow-messages": { type: "string", default: "30000" },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "" }
  }
})

interface Case {
  readonly name: string
  readonly script: string
  readonly output: Output
  readonly input: Dataset
  readonly environment?: Readonly<Record<string, string>>
}

const FLOOR = "floor"
const OURS = "ours"
const UNCOMMITTED = "ours, no checkpoints"

const cases = (all: Dataset, some: Dataset): ReadonlyArray<Case> =>
  OUTPUTS.flatMap((output) => [
    { name: FLOOR, script: "floor.ts", output, input: all },
    { name: OURS, script: "ours.ts", output, input: all },
    {
      name: UNCOMMITTED,
      script: "ours.ts",
      output,
      input: all,
      environment: { CHECKPOINT_RECORDS: "none" }
    },
    { name: "peer: unzipper, JSON.parse", script: "peerBuffered.ts", output, input: all },
    { name: "peer: unzipper, stream-json", script: "peerStreaming.ts", output, input: some }
  ])

const run = ({ environment, input, output, script }: Case): Outcome => {
  const scratch = join(SCRATCH, `run-${process.pid}`)
  const directory = join(scratch, "out")
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const child = spawnSync(
    process.execPath,
    [
      "--conditions=@chatferry/source",
      join(import.meta.dirname, script),
      output,
      directory,
      ...input.archives
    ],
    { encoding: "utf8", env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "inherit"] }
  )
  rmSync(scratch, { recursive: true, force: true })
  if (child.status !== 0) throw new Error(`${script} ${output} ended with ${child.status ?? child.signal}`)
  return JSON.parse(child.stdout.trim().split("\n").at(-1) ?? "") as Outcome
}

const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** Speed of a case in each round: records per second. */
const rates = ({ input }: Case, outcomes: ReadonlyArray<Outcome>) =>
  outcomes.map(({ millis }) => (input.total / millis) * 1000)

/** The same per second of processor time, which depends less on other load. */
const cpuRates = ({ input }: Case, outcomes: ReadonlyArray<Outcome>) =>
  outcomes.map(({ cpuMillis }) => (input.total / cpuMillis) * 1000)

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) => {
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  console.log([line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n"))
}

const print = (output: Output, done: ReadonlyMap<Case, ReadonlyArray<Outcome>>) => {
  const found = Array.from(done).filter(([one]) => one.output === output)
  const of = (name: string) => found.find(([one]) => one.name === name)
  const floor = of(FLOOR)
  const floorRates = floor === undefined ? [] : rates(...floor)
  const floorCpuRates = floor === undefined ? [] : cpuRates(...floor)
  // Round by round, because the machine's speed drifts and the cases of a round ran close together.
  const against = (a: ReadonlyArray<number>, b: ReadonlyArray<number>) =>
    b.length === 0 ? "" : median(a.map((rate, round) => rate / (b[round] ?? Number.NaN))).toFixed(3)
  console.log(
    `\n## ${output === "ndjson" ? "Sendbird JSON zips to NDJSON" : "Sendbird JSON zips to a Stream import"}\n`
  )
  table(
    [
      "case",
      "seconds",
      "min",
      "max",
      "CPU s",
      "records/s",
      "MB/s",
      "peak RSS MB",
      "ratio to the floor",
      "in CPU time"
    ],
    found.map(([one, outcomes]) => {
      const seconds = outcomes.map(({ millis }) => millis / 1000)
      const rate = rates(one, outcomes)
      return [
        one.name,
        median(seconds).toFixed(2),
        Math.min(...seconds).toFixed(2),
        Math.max(...seconds).toFixed(2),
        median(outcomes.map(({ cpuMillis }) => cpuMillis / 1000)).toFixed(2),
        Math.round(median(rate)).toLocaleString("en"),
        (one.input.bytes / 1e6 / median(seconds)).toFixed(0),
        (median(outcomes.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0),
        against(rate, floorRates),
        against(cpuRates(one, outcomes), floorCpuRates)
      ]
    })
  )
  console.log("\nwritten:\n")
  table(
    ["case", ...KINDS, "bytes"],
    found.map(([one, outcomes]) =>
      [one.name].concat(
        KINDS.map((kind) => String(outcomes[0]?.records[kind] ?? "")),
        String(outcomes[0]?.bytes ?? "")
      )
    )
  )
  const [committed, uncommitted] = [of(OURS), of(UNCOMMITTED)]
  if (committed !== undefined && uncommitted !== undefined) {
    const before = rates(...uncommitted)
    const costs = rates(...committed).map((rate, round) => 100 * (1 - rate / (before[round] ?? Number.NaN)))
    console.log(
      `\nCost of a checkpoint every 50,000 records: ${median(costs).toFixed(1)} % ` +
        `(rounds: ${costs.map((cost) => cost.toFixed(1)).join(", ")}). It is only significant above the spread of the rounds.`
    )
  }
}

const all = await dataset(Number(options.messages))
const some = await dataset(Number(options["slow-messages"]))
const wanted = cases(all, some).filter(({ name, output }) => `${output} ${name}`.includes(options.only))
const done = new Map<Case, Array<Outcome>>(wanted.map((one) => [one, []]))

console.log(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown processor"}`)
console.log(
  `${options.messages} messages, ${all.total} records, ${(all.bytes / 1e6).toFixed(0)} MB inflated; ` +
    `stream-json reads ${options["slow-messages"]} messages.`
)
for (let round = 1; round <= Number(options.rounds); round++) {
  const load =
    process.platform === "linux" ? readFileSync("/proc/loadavg", "utf8").split(" ")[0] : loadavg()[0]
  console.error(`round ${round}, load ${load}`)
  for (const [one, outcomes] of done) outcomes.push(run(one))
}
for (const output of OUTPUTS) if (wanted.some((one) => one.output === output)) print(output, done)

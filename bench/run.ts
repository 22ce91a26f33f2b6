/**
 * Runs the cases of each route, each in a process of its own and in turn, several rounds, and prints medians and ratios.
 *
 *     node bench/run.ts [--messages N] [--rounds N] [--slow-messages N] [--only TEXT] [--write]
 *
 * `--write` puts the tables into `docs/performance.md`.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism, cpus, loadavg, totalmem } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { Job, Outcome } from "./child.ts"
import { type Input, input, SCRATCH } from "./inputs.ts"
import { type Case, type Route, ROUTES } from "./routes.ts"

const { values: options } = parseArgs({
  options: {
    messages: { type: "string", default: "400000" },
    "slow-messages": { type: "string", default: "30000" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    write: { type: "boolean", default: false }
  }
})

const numberOf = (name: "messages" | "slow-messages" | "rounds"): number => {
  const number = Number(options[name])
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${name} must be a whole number above 0`)
}

const CHECKPOINT_RECORDS = 50_000
const SOURCES = ["--conditions=@chatferry/source"]
const PAGE = join(import.meta.dirname, "../docs/performance.md")
const BEGIN = "<!-- figures: `npx -y pnpm@12 bench --write` writes what follows -->"
const END = "<!-- end of the figures -->"

interface Work {
  readonly route: Route
  readonly one: Case
  readonly input: Input
}

const isInstalled = (command: string) => spawnSync("which", [command]).status === 0

/** Runs a case and says what it came to. Commands report no peak of memory. */
const outcomeOf = ({ input, one: { name, run }, route }: Work): Outcome => {
  const scratch = join(SCRATCH, `run-${process.pid}`)
  const directory = join(scratch, "out")
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    if ("command" in run) return commanded(run.command, input, directory)
    const job: Job = {
      source: route.source,
      output: route.output,
      paths: input.paths,
      directory,
      checkpointRecords: run.checkpointRecords === undefined ? CHECKPOINT_RECORDS : run.checkpointRecords,
      threads: run.threads ?? 0
    }
    const conditions = run.from === "dist" ? [] : SOURCES
    const child = spawnSync(
      process.execPath,
      [...conditions, join(import.meta.dirname, run.script), JSON.stringify(job)],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }
    )
    if (child.status !== 0) {
      throw new Error(`${route.name}, ${name} ended with ${child.status ?? child.signal}:\n${child.stderr}`)
    }
    return JSON.parse(child.stdout.trim().split("\n").at(-1) ?? "") as Outcome
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const commanded = (command: string, { paths }: Input, directory: string): Outcome => {
  const line = command.replaceAll("{input}", paths[0] ?? "").replaceAll("{output}", directory)
  const start = performance.now()
  // `times` of a shell says what its children have used.
  const child = spawnSync("sh", ["-c", `${line} && times`], { encoding: "utf8" })
  const millis = performance.now() - start
  if (child.status !== 0)
    throw new Error(`${line} ended with ${child.status ?? child.signal}:\n${child.stderr}`)
  const used = child.stdout.trim().split("\n").at(-1) ?? ""
  const cpuMillis = Array.from(
    used.matchAll(/(\d+)m([\d.]+)s/gu),
    ([, minutes, seconds]) => 1000 * (60 * Number(minutes) + Number(seconds))
  ).reduce((a, b) => a + b, 0)
  return { records: {}, bytes: 0, millis, cpuMillis, peakBytes: Number.NaN }
}

const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

const shown = (number: number, digits: number) => (Number.isNaN(number) ? "" : number.toFixed(digits))

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}

/** Round by round, because the machine's speed drifts and a round's cases ran beside each other. */
const ratio = (
  work: Work,
  first: Work,
  done: ReadonlyMap<Work, ReadonlyArray<Outcome>>,
  of: (outcome: Outcome) => number
): string => {
  const [mine, others] = [done.get(work) ?? [], done.get(first) ?? []]
  const rates = mine.map((outcome, round) => {
    const other = others[round]
    return other === undefined
      ? Number.NaN
      : work.input.records / of(outcome) / (first.input.records / of(other))
  })
  return shown(median(rates), 2)
}

const HEAD = ["case", "seconds", "min", "max", "CPU s", "records/s", "MB/s", "peak MB", "ratio", "in CPU"]

const section = (route: Route, done: ReadonlyMap<Work, ReadonlyArray<Outcome>>): string => {
  const works = Array.from(done.keys()).filter((work) => work.route === route)
  const [first] = works
  if (first === undefined) return ""
  const rows = works.map((work) => {
    const outcomes = done.get(work) ?? []
    const seconds = outcomes.map(({ millis }) => millis / 1000)
    const middle = median(seconds)
    return [
      work.one.name,
      shown(middle, 2),
      shown(Math.min(...seconds), 2),
      shown(Math.max(...seconds), 2),
      shown(median(outcomes.map(({ cpuMillis }) => cpuMillis / 1000)), 2),
      Math.round(work.input.records / middle).toLocaleString("en"),
      shown(work.input.bytes / 1e6 / middle, 0),
      shown(median(outcomes.map(({ peakBytes }) => peakBytes)) / 1e6, 0),
      ratio(work, first, done, ({ millis }) => millis),
      ratio(work, first, done, ({ cpuMillis }) => cpuMillis)
    ]
  })
  const { bytes, messages, records } = first.input
  return [
    `### ${route.name}`,
    `${messages.toLocaleString("en")} messages, ${records.toLocaleString("en")} records, ${shown(bytes / 1e6, 0)} MB inflated.`,
    table(HEAD, rows),
    ...checkpoints(works, done)
  ].join("\n\n")
}

const checkpoints = (
  works: ReadonlyArray<Work>,
  done: ReadonlyMap<Work, ReadonlyArray<Outcome>>
): ReadonlyArray<string> => {
  const named = (name: string) => done.get(works.find(({ one }) => one.name === name) as Work)
  const [committed, uncommitted] = [named("Chatferry"), named("Chatferry, no checkpoints")]
  // One or two rounds differ by more than checkpoints cost.
  if (committed === undefined || uncommitted === undefined || committed.length < 3) return []
  const costs = committed.map(({ millis }, round) => 100 * (millis / (uncommitted[round]?.millis ?? 0) - 1))
  return [
    `A checkpoint every ${CHECKPOINT_RECORDS.toLocaleString("en")} records costs ${shown(median(costs), 1)} % ` +
      `(rounds: ${costs.map((cost) => shown(cost, 1)).join(", ")}). Below the spread of the rounds this says nothing.`
  ]
}

/** What a program pays to import everything, beyond what Effect costs by itself. */
const startup = (rounds: number): string => {
  const asked = ["effect", "chatferry"] as const
  const found = asked.map((name) => ({ name, outcomes: [] as Array<{ millis: number; cpuMillis: number }> }))
  for (let round = 0; round < rounds; round++) {
    for (const { name, outcomes } of found) {
      const child = spawnSync(process.execPath, [join(import.meta.dirname, "startup.ts"), name], {
        encoding: "utf8"
      })
      if (child.status !== 0)
        throw new Error(`startup.ts ${name} ended with ${child.status}:\n${child.stderr}`)
      outcomes.push(JSON.parse(child.stdout) as { millis: number; cpuMillis: number })
    }
  }
  const rows = found.map(({ name, outcomes }) => [
    name === "effect" ? "effect and its Node services" : "and core, a source and a sink",
    shown(median(outcomes.map(({ millis }) => millis)), 0),
    shown(median(outcomes.map(({ cpuMillis }) => cpuMillis)), 0)
  ])
  return ["### Start", table(["imports, from dist", "milliseconds", "CPU ms"], rows)].join("\n\n")
}

if (!existsSync(join(import.meta.dirname, "../packages/core/dist/index.js"))) {
  throw new Error("the packages are not built: run `npx -y pnpm@12 build` first")
}
const [messages, slow, rounds] = [numberOf("messages"), numberOf("slow-messages"), numberOf("rounds")]
const chosen = ROUTES.flatMap((route) => route.cases.map((one) => ({ route, one }))).filter(
  ({ one, route }) => `${route.name}: ${one.name}`.includes(options.only)
)
if (chosen.length === 0) throw new Error(`no case has ${JSON.stringify(options.only)} in its name`)
const missing = chosen.filter(({ one: { run } }) => "needs" in run && !isInstalled(run.needs))
const works: Array<Work> = []
for (const { one, route } of chosen) {
  if (missing.some((left) => left.one === one)) continue
  const most = one.isSlow === true ? Math.min(slow, messages) : messages
  works.push({ route, one, input: await input(one.input ?? route.input, most) })
}
const done = new Map<Work, Array<Outcome>>(works.map((work) => [work, []]))
for (let round = 1; round <= rounds; round++) {
  const load =
    process.platform === "linux" ? readFileSync("/proc/loadavg", "utf8").split(" ")[0] : loadavg()[0]
  console.error(`round ${round}, load ${load}`)
  for (const [work, outcomes] of done) outcomes.push(outcomeOf(work))
}
const text = [
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown processor"}, ` +
    `${shown(totalmem() / 1e9, 0)} GB of memory, ${rounds} ${rounds === 1 ? "round" : "rounds"}. A ratio is the speed against the first case of its table.`,
  ...missing.map(
    ({ one: { name, run } }) =>
      `${name} is not installed here and was left out (${"install" in run ? run.install : ""}).`
  ),
  ...ROUTES.map((route) => section(route, done)).filter((one) => one !== ""),
  startup(rounds)
].join("\n\n")
console.log(text)
if (options.write) {
  const page = readFileSync(PAGE, "utf8")
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error("docs/performance.md has no place for the figures")
  writeFileSync(PAGE, `${page.slice(0, from + BEGIN.length)}\n\n${text}\n\n${page.slice(to)}`)
}

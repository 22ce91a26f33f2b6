/**
 * What a program pays for its imports: `node bench/startup.ts [--rounds N]`, after `pnpm build`.
 *
 * Every case is a process of its own, and the rounds repeat all cases in the same order. The least of all rounds is
 * printed, because other processes only ever add to it. `ours` is what Chatferry adds to what the modules of Effect cost
 * that any such program needs. `node startup.ts NAME` is one case.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { parseArgs } from "node:util"

interface Cost {
  /** Milliseconds since the process began. */
  readonly millis: number
  readonly cpuMillis: number
}

const effect = () => Promise.all([import("effect/Effect"), import("@effect/platform-node/NodeServices")])

const PROGRAMS: Readonly<Record<string, () => Promise<unknown>>> = {
  nothing: () => Promise.resolve(),
  effect,
  chatferry: () =>
    Promise.all([
      effect(),
      import("@chatferry/core"),
      import("@chatferry/source-sendbird"),
      import("@chatferry/sink-stream-import")
    ])
}

/** How programs are started: options of Node, and whether what Node has compiled is kept. */
const WAYS = {
  "built packages": { options: [], isKept: false },
  "built packages, compile cache": { options: [], isKept: true },
  sources: { options: ["--conditions=@chatferry/source"], isKept: false },
  "sources, compile cache": { options: ["--conditions=@chatferry/source"], isKept: true }
} as const

const cost = (program: string, way: keyof typeof WAYS, cache: string): Cost => {
  const { isKept, options } = WAYS[way]
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  const child = spawnSync(process.execPath, [...options, import.meta.filename, program], {
    encoding: "utf8",
    env: isKept ? { ...env, NODE_COMPILE_CACHE: cache } : env
  })
  if (child.status !== 0) throw new Error(`${program} ended with ${child.status}:\n${child.stderr}`)
  return JSON.parse(child.stdout) as Cost
}

const compare = (rounds: number): void => {
  const cache = mkdtempSync(path.join(tmpdir(), "chatferry-startup-"))
  const least = new Map<string, Cost>()
  const ways = Object.keys(WAYS) as ReadonlyArray<keyof typeof WAYS>
  const leastOf = (way: string, program: string) =>
    least.get(`${way} ${program}`) ?? { millis: Infinity, cpuMillis: Infinity }
  try {
    // The first round only fills the caches.
    for (let round = 0; round <= rounds; round++)
      for (const way of ways)
        for (const program of Object.keys(PROGRAMS)) {
          const found = cost(program, way, cache)
          const { cpuMillis, millis } = leastOf(way, program)
          if (round > 0)
            least.set(`${way} ${program}`, {
              millis: Math.min(millis, found.millis),
              cpuMillis: Math.min(cpuMillis, found.cpuMillis)
            })
        }
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
  console.log(`Least milliseconds of ${rounds} rounds, CPU (wall)\n`)
  console.log("| started from | Node | + Effect | + Chatferry | ours |\n| --- | --- | --- | --- | --- |")
  for (const way of ways) {
    const [node, effect, all] = Object.keys(PROGRAMS).map((program) => leastOf(way, program))
    if (node === undefined || effect === undefined || all === undefined) continue
    const ours = {
      millis: all.millis - effect.millis,
      cpuMillis: all.cpuMillis - effect.cpuMillis
    }
    console.log(`| ${[way, ...[node, effect, all, ours].map(shown)].join(" | ")} |`)
  }
}

const shown = ({ cpuMillis, millis }: Cost) => `${cpuMillis.toFixed(0)} (${millis.toFixed(0)})`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "10" } }
})
const [program] = positionals
if (program === undefined) compare(Number(values.rounds))
else {
  await PROGRAMS[program]?.()
  const { system, user } = process.cpuUsage()
  console.log(JSON.stringify({ millis: performance.now(), cpuMillis: (system + user) / 1000 }))
}

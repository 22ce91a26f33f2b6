/** The floor on two threads: each has half of the zips, by size, and writes files of its own, which nobody joins. */
import { mkdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { type Job, main, type Written } from "./child.ts"
import { loop } from "./script/loop.ts"

const THREADS = 2

/** The largest first, each to who has least. */
const shares = (paths: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const found = Array.from({ length: THREADS }, () => ({ bytes: 0, paths: [] as Array<string> }))
  for (const { bytes, path } of paths
    .map((path) => ({ path, bytes: statSync(path).size }))
    .toSorted((a, b) => b.bytes - a.bytes)) {
    const least = found.reduce((a, b) => (b.bytes < a.bytes ? b : a))
    least.bytes += bytes
    least.paths.push(path)
  }
  return found.map(({ paths }) => paths)
}

const onThread = (job: Pick<Job, "directory" | "output" | "paths">) =>
  new Promise<Written>((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: job })
    worker.once("message", resolve)
    worker.once("error", reject)
  })

if (isMainThread) {
  await main(async ({ directory, output, paths }) => {
    const parts = shares(paths).map((paths, i) => ({ paths, output, directory: join(directory, String(i)) }))
    for (const part of parts) mkdirSync(part.directory)
    const written = await Promise.all(parts.map(onThread))
    const records: Record<string, number> = {}
    for (const part of written) {
      for (const [kind, count] of Object.entries(part.records)) records[kind] = (records[kind] ?? 0) + count
    }
    return { records, bytes: written.reduce((sum, { bytes }) => sum + bytes, 0) }
  })
} else parentPort?.postMessage(loop(workerData as Pick<Job, "directory" | "output" | "paths">))

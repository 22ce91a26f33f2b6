/** Processes that are number 1 and see no other, as in a container. */
import { spawnSync } from "node:child_process"

const OPTIONS = ["--pid", "--fork", "--kill-child", "--mount-proc"]

/** What root needs, and what others need where they may make namespaces of users. */
const ways = [
  ["unshare", ...OPTIONS],
  ["unshare", "--user", "--map-root-user", ...OPTIONS]
]

/** The words before the command of such a process; `undefined` where nobody may start one. */
export const container: ReadonlyArray<string> | undefined = ways.find(
  ([name = "", ...options]) => spawnSync(name, [...options, "true"]).status === 0
)

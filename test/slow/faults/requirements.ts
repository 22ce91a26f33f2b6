/** Fails, and says how to install what is missing, unless the commands of the fault tests are there and work. */
import { spawnSync } from "node:child_process"

const needed = [
  {
    command: ["gcc", "--version"],
    install: "apt-get install -y gcc libc6-dev",
    why: "compiles the library that fails calls"
  },
  {
    command: ["unshare", "--pid", "--fork", "--mount-proc", "true"],
    install: "apt-get install -y util-linux, and run as root",
    why: "makes the process namespaces of two containers"
  }
]

const missing = needed.filter(({ command: [name = "", ...args] }) => spawnSync(name, args).status !== 0)
for (const { command, install, why } of missing) {
  console.error(`test:faults needs ${command[0]}, which ${why}. Install it with: ${install}`)
}
if (process.platform !== "linux") console.error("test:faults runs on Linux only.")
process.exitCode = missing.length > 0 || process.platform !== "linux" ? 1 : 0

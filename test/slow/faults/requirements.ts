/** Fails, and says how to install what is missing, unless all requirements of the tests of faults are met. */
import { spawnSync } from "node:child_process"
import { container } from "./containers.ts"

const HEADERS = "#include <dlfcn.h>\n#include <pthread.h>\n"

const compiles = () => spawnSync("gcc", ["-fsyntax-only", "-x", "c", "-"], { input: HEADERS }).status === 0

const problems = [
  ...(process.platform === "linux" ? [] : ["test:faults runs on Linux only."]),
  ...(compiles()
    ? []
    : [
        "test:faults needs gcc, which compiles the library that fails calls. Install it with: apt-get install -y gcc libc6-dev"
      ]),
  ...(container !== undefined
    ? []
    : [
        "test:faults needs unshare, which makes the process namespaces of two containers. Install it with: apt-get install -y util-linux. Where it is installed, run as root, in a container with --privileged."
      ])
]

for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

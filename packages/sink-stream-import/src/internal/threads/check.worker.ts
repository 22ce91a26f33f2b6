// The entry of the thread that checks import files. What it does is loaded when it runs, not with the package.
const { serve } = await import("../validate/checkThread.ts")
serve()

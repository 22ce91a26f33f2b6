/*
 * Faults between a process and its files, as a library for LD_PRELOAD.
 *
 * Calls on one folder and the files below it are counted. One of them can fail, come to less than was asked for, or be the last
 * thing that the process does; and all of them can be written to a trace, from which what was on the disk at any
 * moment can be worked out (see disk.ts). The environment says what is wanted:
 *
 *   FAULT_ROOT      the folder, as an absolute path without links
 *   FAULT_TRACE     file for the trace; the bytes that were written go to the same name with ".data"
 *   FAULT_CALL      which calls are counted: a name from the list below, or "change" for all that change a disk
 *   FAULT_AT        the number of the call that is hit, from 1; without it nothing is hit
 *   FAULT_HOW       once: it fails. for-good: it fails, and all of FAULT_ALSO from there on. short: half of it is done.
 *                   kill: SIGKILL before it. kill-half: SIGKILL when half of it is done (all, where there are no halves)
 *   FAULT_ALSO      names of calls with commas between them
 *   FAULT_ERRNO     the number of the error
 *
 * A line of the trace has fields with tabs between them: the call, 0 or the number of its error, the inode, two
 * numbers, the path, and a second path for rename and link. The numbers are
 *   open                  whether the file was made, whether it was emptied
 *   write, pwrite         offset and bytes
 *   truncate              the new length
 * The call that is hit has a line before its own, which begins with "hit".
 *
 * Node has to be started with UV_USE_IO_URING=0: what goes through io_uring passes nobody. Node and the SQLite in it
 * reach the kernel through the functions of libc below, and statx through syscall().
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* What changes a disk comes first. */
enum call { OPEN, WRITE, PWRITE, TRUNCATE, SYNC, RENAME, LINK, UNLINK, MKDIR, RMDIR, OPEN_READ, READ, PREAD, STAT, LIST, LOCK, CALLS };
static const char *const NAMES[CALLS] = {"open",  "write", "pwrite",    "truncate", "sync",  "rename", "link",  "unlink", "mkdir",
                                         "rmdir", "open-read", "read", "pread",    "stat",  "list",   "lock"};

enum verdict { PROCEED, FAIL, SHORT, KILL_HALF };

static char root[PATH_MAX];
static size_t root_length;
static bool counted[CALLS], also[CALLS];
static long at, count;
static int error_number;
static bool for_good, is_broken;
static enum verdict how = FAIL;
static bool kills_before;
static int trace = -1, trace_data = -1;
/* The trace must have the order of the calls, so only one of them is under way at a time. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name)                                                                                                     \
  static __typeof__(&name) real;                                                                                       \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* --- what is wanted --- */

static void give_up(const char *problem) {
  fprintf(stderr, "fault.c: %s\n", problem);
  _exit(99);
}

static bool names_call(const char *list, enum call call) {
  size_t length = strlen(NAMES[call]);
  for (const char *name = list; name; name = strchr(name, ',')) {
    if (*name == ',') name++;
    if (!strncmp(name, NAMES[call], length) && (name[length] == ',' || name[length] == 0)) return true;
  }
  return false;
}

static int open_trace(const char *path) {
  static __typeof__(&open64) real;
  real = (__typeof__(&open64))dlsym(RTLD_NEXT, "open64");
  int fd = real(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) give_up("cannot write the trace");
  return fd;
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("FAULT_ROOT"), *file = getenv("FAULT_TRACE"), *call = getenv("FAULT_CALL");
  const char *number = getenv("FAULT_AT"), *what = getenv("FAULT_HOW"), *more = getenv("FAULT_ALSO");
  const char *code = getenv("FAULT_ERRNO");
  if (!folder) return;
  if (snprintf(root, sizeof root, "%s", folder) >= (int)sizeof root) give_up("FAULT_ROOT is too long");
  root_length = strlen(root);
  if (file) {
    char data[PATH_MAX];
    if (snprintf(data, sizeof data, "%s.data", file) >= (int)sizeof data) give_up("FAULT_TRACE is too long");
    trace = open_trace(file);
    trace_data = open_trace(data);
  }
  if (!number) return;
  at = atol(number);
  if (at < 1 || !call || !what) give_up("FAULT_AT needs a number from 1 on, FAULT_CALL and FAULT_HOW");
  bool any = false;
  for (enum call one = 0; one < CALLS; one++) {
    counted[one] = !strcmp(call, "change") ? one < OPEN_READ : !strcmp(call, NAMES[one]);
    any |= counted[one];
    also[one] = more && names_call(more, one);
  }
  if (!any) give_up("FAULT_CALL is not the name of a call");
  error_number = code ? atoi(code) : 0;
  if (!strcmp(what, "short")) how = SHORT;
  else if (!strcmp(what, "kill")) kills_before = true;
  else if (!strcmp(what, "kill-half")) how = KILL_HALF;
  else if (!strcmp(what, "for-good")) for_good = true;
  else if (strcmp(what, "once")) give_up("FAULT_HOW is not known");
  if (how == FAIL && !kills_before && error_number < 1) give_up("FAULT_ERRNO is missing");
}

/* --- whose call it is --- */

/* The folder itself counts, too: what is synced is the folder that a name is in. */
static bool is_below(const char *path) {
  return root_length > 0 && !strncmp(path, root, root_length) && (path[root_length] == '/' || path[root_length] == 0);
}

static bool path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = root_length > 0 ? readlink(link, path, PATH_MAX - 1) : -1;
  if (length < 0) return false;
  path[length] = 0;
  return is_below(path);
}

static bool absolute(int folder, const char *name, char *path) {
  if (root_length == 0) return false;
  int length;
  if (name[0] == '/') length = snprintf(path, PATH_MAX, "%s", name);
  else {
    char base[PATH_MAX];
    if (folder != AT_FDCWD) {
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
      ssize_t read = readlink(link, base, PATH_MAX - 1);
      if (read < 0) return false;
      base[read] = 0;
    } else if (!getcwd(base, sizeof base)) return false;
    length = snprintf(path, PATH_MAX, "%s/%s", base, name);
  }
  return length < PATH_MAX && is_below(path);
}

static uint64_t inode_of(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

/* --- counting, hitting, tracing --- */

static void put(int fd, const void *bytes, size_t length) {
  static __typeof__(&write) real;
  if (!real) real = (__typeof__(&write))dlsym(RTLD_NEXT, "write");
  for (size_t done = 0; done < length;) {
    ssize_t written = real(fd, (const char *)bytes + done, length - done);
    if (written < 0 && errno != EINTR) give_up("cannot write the trace");
    if (written > 0) done += (size_t)written;
  }
}

static void note(const char *call, int outcome, uint64_t inode, long a, long b, const char *path, const char *to) {
  if (trace < 0) return;
  char line[2 * PATH_MAX + 200];
  int length = snprintf(line, sizeof line, "%s\t%d\t%llu\t%ld\t%ld\t%s%s%s\n", call, outcome, (unsigned long long)inode, a,
                        b, path, to ? "\t" : "", to ? to : "");
  put(trace, line, (size_t)length);
}

__attribute__((noreturn)) static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Takes the turn, which `done` gives back. */
static enum verdict judge(enum call call, const char *path) {
  pthread_mutex_lock(&turn);
  if (at == 0) return PROCEED;
  if (counted[call] && ++count == at) {
    note("hit", 0, 0, at, 0, path, NAMES[call]);
    if (kills_before) die();
    is_broken = for_good;
    return how;
  }
  return is_broken && also[call] ? FAIL : PROCEED;
}

static void done(enum verdict verdict, enum call call, long result, uint64_t inode, long a, long b, const char *path,
                 const char *to) {
  int before = errno;
  note(NAMES[call], result < 0 ? before : 0, inode, a, b, path, to);
  if (verdict == KILL_HALF) die();
  pthread_mutex_unlock(&turn);
  errno = before;
}

static long return_error(enum call call, const char *path) {
  errno = error_number;
  done(FAIL, call, -1, 0, 0, 0, path, NULL);
  return -1;
}

/* Calls that have no halves. */
#define WHOLE(call, path, to, type, failure, expression)                                                               \
  do {                                                                                                                 \
    enum verdict verdict = judge(call, path);                                                                          \
    if (verdict == FAIL) {                                                                                             \
      return_error(call, path);                                                                                        \
      return failure;                                                                                                  \
    }                                                                                                                  \
    type result = expression;                                                                                          \
    done(verdict, call, result == failure ? -1 : 0, 0, 0, 0, path, to);                                                \
    return result;                                                                                                     \
  } while (0)

/* --- writing --- */

static size_t part_of(enum verdict verdict, size_t length) {
  return (verdict == SHORT || verdict == KILL_HALF) && length > 1 ? length / 2 : length;
}

static void trace_write(enum verdict verdict, enum call call, int fd, const char *path, const void *bytes, ssize_t result,
                        off_t offset) {
  if (trace_data >= 0 && result > 0) put(trace_data, bytes, (size_t)result);
  done(verdict, call, result, inode_of(fd), offset, result > 0 ? result : 0, path, NULL);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(write);
  char path[PATH_MAX];
  if (fd <= STDERR_FILENO || !path_of(fd, path)) return real(fd, bytes, length);
  enum verdict verdict = judge(WRITE, path);
  if (verdict == FAIL) return return_error(WRITE, path);
  ssize_t result = real(fd, bytes, part_of(verdict, length));
  int before = errno;
  /* Also where writing appends: the place of the file is then at its end. */
  off_t end = lseek(fd, 0, SEEK_CUR);
  errno = before;
  trace_write(verdict, WRITE, fd, path, bytes, result, result > 0 ? end - result : end);
  return result;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  REAL(pwrite64);
  char path[PATH_MAX];
  if (!path_of(fd, path)) return real(fd, bytes, length, offset);
  enum verdict verdict = judge(PWRITE, path);
  if (verdict == FAIL) return return_error(PWRITE, path);
  ssize_t result = real(fd, bytes, part_of(verdict, length), offset);
  trace_write(verdict, PWRITE, fd, path, bytes, result, offset);
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

static char *joined(const struct iovec *parts, int number, size_t *length) {
  *length = 0;
  for (int i = 0; i < number; i++) *length += parts[i].iov_len;
  char *bytes = malloc(*length > 0 ? *length : 1), *end = bytes;
  if (!bytes) give_up("no memory");
  for (int i = 0; i < number; i++) end = mempcpy(end, parts[i].iov_base, parts[i].iov_len);
  return bytes;
}

ssize_t writev(int fd, const struct iovec *parts, int number) {
  REAL(writev);
  char path[PATH_MAX];
  if (fd <= STDERR_FILENO || !path_of(fd, path)) return real(fd, parts, number);
  size_t length;
  char *bytes = joined(parts, number, &length);
  ssize_t result = write(fd, bytes, length);
  free(bytes);
  return result;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int number, off64_t offset) {
  REAL(pwritev64);
  char path[PATH_MAX];
  if (!path_of(fd, path)) return real(fd, parts, number, offset);
  size_t length;
  char *bytes = joined(parts, number, &length);
  ssize_t result = pwrite64(fd, bytes, length, offset);
  free(bytes);
  return result;
}

ssize_t pwritev(int fd, const struct iovec *parts, int number, off_t offset) { return pwritev64(fd, parts, number, offset); }

int ftruncate64(int fd, off64_t length) {
  REAL(ftruncate64);
  char path[PATH_MAX];
  if (!path_of(fd, path)) return real(fd, length);
  enum verdict verdict = judge(TRUNCATE, path);
  if (verdict == FAIL) return (int)return_error(TRUNCATE, path);
  int result = real(fd, length);
  done(verdict, TRUNCATE, result, inode_of(fd), length, 0, path, NULL);
  return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

#define SYNCING(name)                                                                                                  \
  int name(int fd) {                                                                                                   \
    REAL(name);                                                                                                        \
    char path[PATH_MAX];                                                                                               \
    if (!path_of(fd, path)) return real(fd);                                                                           \
    enum verdict verdict = judge(SYNC, path);                                                                          \
    if (verdict == FAIL) return (int)return_error(SYNC, path);                                                         \
    int result = real(fd);                                                                                             \
    done(verdict, SYNC, result, inode_of(fd), 0, 0, path, NULL);                                                       \
    return result;                                                                                                     \
  }
SYNCING(fsync)
SYNCING(fdatasync)

/* --- names --- */

static int opened(int folder, const char *name, int flags, mode_t mode) {
  static __typeof__(&openat64) real;
  if (!real) real = (__typeof__(&openat64))dlsym(RTLD_NEXT, "openat64");
  char path[PATH_MAX];
  if (!absolute(folder, name, path)) return real(folder, name, flags, mode);
  bool changes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
  enum call call = changes ? OPEN : OPEN_READ;
  enum verdict verdict = judge(call, path);
  if (verdict == FAIL) return (int)return_error(call, path);
  struct stat found;
  bool was_there = lstat(path, &found) == 0;
  int fd = real(folder, name, flags, mode);
  done(verdict, call, fd, fd >= 0 ? inode_of(fd) : 0, fd >= 0 && !was_there, fd >= 0 && flags & O_TRUNC, path, NULL);
  return fd;
}

#define MODE(flags, mode)                                                                                              \
  mode_t mode = 0;                                                                                                     \
  if (flags & (O_CREAT | O_TMPFILE)) {                                                                                 \
    va_list rest;                                                                                                      \
    va_start(rest, flags);                                                                                             \
    mode = va_arg(rest, mode_t);                                                                                       \
    va_end(rest);                                                                                                      \
  }

int open64(const char *name, int flags, ...) {
  MODE(flags, mode)
  return opened(AT_FDCWD, name, flags, mode);
}
int open(const char *name, int flags, ...) {
  MODE(flags, mode)
  return opened(AT_FDCWD, name, flags, mode);
}
int openat64(int folder, const char *name, int flags, ...) {
  MODE(flags, mode)
  return opened(folder, name, flags, mode);
}
int openat(int folder, const char *name, int flags, ...) {
  MODE(flags, mode)
  return opened(folder, name, flags, mode);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  char old[PATH_MAX], new[PATH_MAX];
  if (!absolute(AT_FDCWD, from, old) || !absolute(AT_FDCWD, to, new)) return real(from, to);
  WHOLE(RENAME, old, new, int, -1, real(from, to));
}

int unlink(const char *name) {
  REAL(unlink);
  char path[PATH_MAX];
  if (!absolute(AT_FDCWD, name, path)) return real(name);
  WHOLE(UNLINK, path, NULL, int, -1, real(name));
}

int unlinkat(int folder, const char *name, int flags) {
  REAL(unlinkat);
  char path[PATH_MAX];
  if (!absolute(folder, name, path)) return real(folder, name, flags);
  enum call call = flags & AT_REMOVEDIR ? RMDIR : UNLINK;
  WHOLE(call, path, NULL, int, -1, real(folder, name, flags));
}

int mkdir(const char *name, mode_t mode) {
  REAL(mkdir);
  char path[PATH_MAX];
  if (!absolute(AT_FDCWD, name, path)) return real(name, mode);
  WHOLE(MKDIR, path, NULL, int, -1, real(name, mode));
}

int rmdir(const char *name) {
  REAL(rmdir);
  char path[PATH_MAX];
  if (!absolute(AT_FDCWD, name, path)) return real(name);
  WHOLE(RMDIR, path, NULL, int, -1, real(name));
}

int remove(const char *name) {
  struct stat found;
  if (lstat(name, &found)) return -1;
  return S_ISDIR(found.st_mode) ? rmdir(name) : unlink(name);
}

int link(const char *from, const char *to) {
  REAL(link);
  char old[PATH_MAX], new[PATH_MAX];
  if (!absolute(AT_FDCWD, from, old) || !absolute(AT_FDCWD, to, new)) return real(from, to);
  WHOLE(LINK, old, new, int, -1, real(from, to));
}

/* --- reading --- */

ssize_t read(int fd, void *bytes, size_t length) {
  REAL(read);
  char path[PATH_MAX];
  if (fd <= STDERR_FILENO || !path_of(fd, path)) return real(fd, bytes, length);
  enum verdict verdict = judge(READ, path);
  if (verdict == FAIL) return return_error(READ, path);
  ssize_t result = real(fd, bytes, part_of(verdict, length));
  done(verdict, READ, result, 0, 0, 0, path, NULL);
  return result;
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset) {
  REAL(pread64);
  char path[PATH_MAX];
  if (!path_of(fd, path)) return real(fd, bytes, length, offset);
  enum verdict verdict = judge(PREAD, path);
  if (verdict == FAIL) return return_error(PREAD, path);
  ssize_t result = real(fd, bytes, part_of(verdict, length), offset);
  done(verdict, PREAD, result, 0, 0, 0, path, NULL);
  return result;
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) { return pread64(fd, bytes, length, offset); }

ssize_t preadv64(int fd, const struct iovec *parts, int number, off64_t offset) {
  REAL(preadv64);
  char path[PATH_MAX];
  if (!path_of(fd, path)) return real(fd, parts, number, offset);
  WHOLE(PREAD, path, NULL, ssize_t, -1, real(fd, parts, number, offset));
}

ssize_t preadv(int fd, const struct iovec *parts, int number, off_t offset) { return preadv64(fd, parts, number, offset); }

DIR *opendir(const char *name) {
  REAL(opendir);
  char path[PATH_MAX];
  if (!absolute(AT_FDCWD, name, path)) return real(name);
  WHOLE(LIST, path, NULL, DIR *, NULL, real(name));
}

int scandir64(const char *name, struct dirent64 ***list, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **)) {
  REAL(scandir64);
  char path[PATH_MAX];
  if (!absolute(AT_FDCWD, name, path)) return real(name, list, filter, compare);
  WHOLE(LIST, path, NULL, int, -1, real(name, list, filter, compare));
}

/* Older libc has stat as __xstat, and Node's binary is linked to that. */
int __xstat64(int version, const char *name, struct stat64 *found);
int __xstat64(int version, const char *name, struct stat64 *found) {
  REAL(__xstat64);
  char path[PATH_MAX];
  if (!absolute(AT_FDCWD, name, path)) return real(version, name, found);
  WHOLE(STAT, path, NULL, int, -1, real(version, name, found));
}

int __lxstat64(int version, const char *name, struct stat64 *found);
int __lxstat64(int version, const char *name, struct stat64 *found) {
  REAL(__lxstat64);
  char path[PATH_MAX];
  if (!absolute(AT_FDCWD, name, path)) return real(version, name, found);
  WHOLE(STAT, path, NULL, int, -1, real(version, name, found));
}

int access(const char *name, int mode) {
  REAL(access);
  char path[PATH_MAX];
  if (!absolute(AT_FDCWD, name, path)) return real(name, mode);
  WHOLE(STAT, path, NULL, int, -1, real(name, mode));
}

long syscall(long number, ...) {
  REAL(syscall);
  va_list rest;
  va_start(rest, number);
  long a = va_arg(rest, long), b = va_arg(rest, long), c = va_arg(rest, long), d = va_arg(rest, long),
       e = va_arg(rest, long), f = va_arg(rest, long);
  va_end(rest);
  char path[PATH_MAX];
  const char *name = (const char *)b;
  bool is_stat = number == SYS_statx && root_length > 0 && (name[0] ? absolute((int)a, name, path) : path_of((int)a, path));
  if (!is_stat) return real(number, a, b, c, d, e, f);
  WHOLE(STAT, path, NULL, long, -1, real(number, a, b, c, d, e, f));
}

/* --- locks --- */

static int controlled(int fd, int command, void *argument) {
  static __typeof__(&fcntl64) real;
  if (!real) real = (__typeof__(&fcntl64))dlsym(RTLD_NEXT, "fcntl64");
  char path[PATH_MAX];
  /* Not those that wait, such as F_SETLKW: the turn would be kept. */
  bool is_lock = command == F_SETLK || command == F_OFD_SETLK;
  if (!is_lock || !path_of(fd, path)) return real(fd, command, argument);
  WHOLE(LOCK, path, NULL, int, -1, real(fd, command, argument));
}

int fcntl64(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return controlled(fd, command, argument);
}

int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return controlled(fd, command, argument);
}

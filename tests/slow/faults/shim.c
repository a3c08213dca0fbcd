/*
 * Counts the calls that change files below a folder, over all threads of a process, and makes one of
 * them fail or kills the process before it. Loaded with LD_PRELOAD; told what to do by the shared
 * file FAULT_CONTROL, so that a process can be told anew between two pieces of work.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct control {
  atomic_int how;   /* 0: count only; 1: kill before the call; 2: fail it; 3: write half */
  atomic_int at;    /* which call, from 1 */
  atomic_int count; /* calls so far */
};

static struct control *control;
static const char *root;
static int log_file = -1;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULT_CONTROL");
  const char *log_path = getenv("FAULT_LOG");
  root = getenv("FAULT_ROOT");
  if (path == NULL || root == NULL) return;
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) abort();
  control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (control == MAP_FAILED) abort();
  close(file);
  if (log_path != NULL) log_file = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
}

/* Whether this call is the one; `error` is what it fails with. */
static int is_hit(const char *call, const char *path, int error) {
  if (control == NULL || path == NULL || strncmp(path, root, strlen(root)) != 0) return 0;
  int number = atomic_fetch_add(&control->count, 1) + 1;
  if (log_file >= 0) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%d %s %s\n", number, call, path + strlen(root));
    syscall(SYS_write, log_file, line, (size_t)length);
  }
  int how = atomic_load(&control->how);
  if (how == 0 || number != atomic_load(&control->at)) return 0;
  if (how == 1) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  errno = error;
  return how == 3 && strcmp(call, "write") != 0 ? 0 : how;
}

static const char *path_of(int file, char *buffer) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  if (length < 0) return NULL;
  buffer[length] = 0;
  return buffer;
}

static const char *whole(int folder, const char *path, char *buffer) {
  if (path[0] == '/') return path;
  char start[PATH_MAX];
  if (folder == AT_FDCWD ? getcwd(start, sizeof start) == NULL : path_of(folder, start) == NULL) {
    return NULL;
  }
  snprintf(buffer, 2 * PATH_MAX, "%s/%s", start, path);
  return buffer;
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (real == NULL) real = dlsym(RTLD_NEXT, #name); \
  char buffer[2 * PATH_MAX]

int rename(const char *from, const char *to) {
  REAL(rename);
  return is_hit("rename", whole(AT_FDCWD, to, buffer), EACCES) ? -1 : real(from, to);
}
int unlink(const char *path) {
  REAL(unlink);
  return is_hit("unlink", whole(AT_FDCWD, path, buffer), EROFS) ? -1 : real(path);
}
int unlinkat(int folder, const char *path, int flags) {
  REAL(unlinkat);
  return is_hit("unlink", whole(folder, path, buffer), EROFS) ? -1 : real(folder, path, flags);
}
int rmdir(const char *path) {
  REAL(rmdir);
  return is_hit("unlink", whole(AT_FDCWD, path, buffer), EROFS) ? -1 : real(path);
}
int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  return is_hit("mkdir", whole(AT_FDCWD, path, buffer), ENOSPC) ? -1 : real(path, mode);
}
int fsync(int file) {
  REAL(fsync);
  return is_hit("fsync", path_of(file, buffer), EIO) ? -1 : real(file);
}
int fdatasync(int file) {
  REAL(fdatasync);
  return is_hit("fsync", path_of(file, buffer), EIO) ? -1 : real(file);
}
ssize_t write(int file, const void *bytes, size_t length) {
  REAL(write);
  int hit = file <= 2 ? 0 : is_hit("write", path_of(file, buffer), ENOSPC);
  return hit == 2 ? -1 : real(file, bytes, hit == 3 ? length / 2 + 1 : length);
}

/* At the n-th write or sync under one folder: ends the process, or fails once; or lets the disk be full from
   there on, until there is room again. Or writes each down.

   Compiled when the tests run and put before the C library by LD_PRELOAD. Unarmed it only counts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long at = 0, seen = 0;
static int fail = 0, full = 0;

/* With a number of errno the call fails with it once; without one the process ends. */
void shim_arm(const char *path, long index, int number) {
    strncpy(folder, path, sizeof folder - 1);
    at = index;
    seen = 0;
    fail = number;
    full = 0;
}

/* From the n-th write on each of them finds no room, until the shim is armed anew. */
void shim_fill(const char *path, long index) {
    shim_arm(path, index, ENOSPC);
    full = 1;
}

static int tape = -1;

/* Writes down from now on what is done under the folder: what a disk would have to keep. */
void shim_record(const char *path, const char *onto) {
    strncpy(folder, path, sizeof folder - 1);
    at = 0;
    tape = open(onto, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static ssize_t put(const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return real(tape, data, size);
}

static void note(char what, const char *path, int64_t offset, const void *data, size_t size) {
    if (tape < 0) return;
    uint32_t named = strlen(path), length = size;
    if (put(&what, 1) < 0 || put(&named, 4) < 0 || put(path, named) < 0 || put(&offset, 8) < 0
        || put(&length, 4) < 0 || (size && put(data, size) < 0))
        abort();
}

long shim_seen(void) { return seen; }

static int under(const char *path) {
    size_t length = strlen(folder);
    return length && path && strncmp(path, folder, length) == 0;
}

static char path[PATH_MAX];

static int under_fd(int descriptor) {
    char name[64];
    if (!folder[0]) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return under(path);
}

/* Returns whether the call is to fail; does not return at the index where the process ends. */
static int step(int counts) {
    if (!counts || full) return 0;
    seen++;
    if (at == 0 || seen != at) return 0;
    if (!fail) _exit(137);
    errno = fail;
    return 1;
}

/* The same for a write: on a full disk nothing else fails. */
static int step_write(int counts) {
    if (!full) return step(counts);
    if (!counts || ++seen < at) return 0;
    errno = fail;
    return 1;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int d, const void *b, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int ours = under_fd(d);
    if (step_write(ours)) return -1;
    if (ours) note('w', path, lseek(d, 0, SEEK_CUR), b, n);
    return real(d, b, n);
}
ssize_t pwrite(int d, const void *b, size_t n, off_t o) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    int ours = under_fd(d);
    if (step_write(ours)) return -1;
    if (ours) note('w', path, o, b, n);
    return real(d, b, n, o);
}
ssize_t pwrite64(int d, const void *b, size_t n, off64_t o) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    int ours = under_fd(d);
    if (step_write(ours)) return -1;
    if (ours) note('w', path, o, b, n);
    return real(d, b, n, o);
}
int fsync(int d) {
    REAL(int, "fsync", int);
    int ours = under_fd(d);
    if (step(ours)) return -1;
    if (ours) note('s', path, 0, "", 0);
    return real(d);
}
int fdatasync(int d) {
    REAL(int, "fdatasync", int);
    int ours = under_fd(d);
    if (step(ours)) return -1;
    if (ours) note('s', path, 0, "", 0);
    return real(d);
}
int ftruncate(int d, off_t n) {
    REAL(int, "ftruncate", int, off_t);
    int ours = under_fd(d);
    if (step(ours)) return -1;
    if (ours) note('t', path, n, "", 0);
    return real(d, n);
}
int ftruncate64(int d, off64_t n) {
    REAL(int, "ftruncate64", int, off64_t);
    int ours = under_fd(d);
    if (step(ours)) return -1;
    if (ours) note('t', path, n, "", 0);
    return real(d, n);
}
int unlink(const char *p) {
    REAL(int, "unlink", const char *);
    return step(under(p)) ? -1 : real(p);
}
int rename(const char *a, const char *b) {
    REAL(int, "rename", const char *, const char *);
    return step(under(a) || under(b)) ? -1 : real(a, b);
}

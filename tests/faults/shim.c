/* Ends the process, or fails once with EIO, at the n-th write or sync under one folder.

   Compiled when the tests run and put before the C library by LD_PRELOAD. Unarmed it only counts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long at = 0, seen = 0;
static int fail = 0;

void shim_arm(const char *path, long index, int with_eio) {
    strncpy(folder, path, sizeof folder - 1);
    at = index;
    seen = 0;
    fail = with_eio;
}

long shim_seen(void) { return seen; }

static int under(const char *path) {
    size_t length = strlen(folder);
    return length && path && strncmp(path, folder, length) == 0;
}

static int under_fd(int descriptor) {
    char name[64], path[PATH_MAX];
    if (!folder[0]) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return under(path);
}

/* Returns whether the call is to fail; does not return at the index where the process ends. */
static int step(int counts) {
    if (!counts) return 0;
    seen++;
    if (at == 0 || seen != at) return 0;
    if (!fail) _exit(137);
    errno = EIO;
    return 1;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int d, const void *b, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return step(under_fd(d)) ? -1 : real(d, b, n);
}
ssize_t pwrite(int d, const void *b, size_t n, off_t o) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return step(under_fd(d)) ? -1 : real(d, b, n, o);
}
ssize_t pwrite64(int d, const void *b, size_t n, off64_t o) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return step(under_fd(d)) ? -1 : real(d, b, n, o);
}
int fsync(int d) {
    REAL(int, "fsync", int);
    return step(under_fd(d)) ? -1 : real(d);
}
int fdatasync(int d) {
    REAL(int, "fdatasync", int);
    return step(under_fd(d)) ? -1 : real(d);
}
int ftruncate(int d, off_t n) {
    REAL(int, "ftruncate", int, off_t);
    return step(under_fd(d)) ? -1 : real(d, n);
}
int ftruncate64(int d, off64_t n) {
    REAL(int, "ftruncate64", int, off64_t);
    return step(under_fd(d)) ? -1 : real(d, n);
}
int unlink(const char *p) {
    REAL(int, "unlink", const char *);
    return step(under(p)) ? -1 : real(p);
}
int rename(const char *a, const char *b) {
    REAL(int, "rename", const char *, const char *);
    return step(under(a) || under(b)) ? -1 : real(a, b);
}

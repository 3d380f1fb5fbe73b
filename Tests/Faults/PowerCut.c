// A power cut for one process, loaded with LD_PRELOAD.
//
// Every write to a file below POWER_CUT_FOLDER is done at once, but what it overwrote is kept until the file is
// synchronized. When the file POWER_CUT_TRIGGER appears, all that was not synchronized is taken back, newest first,
// and the process ends on the spot with status 86: the folder is as a disk would be after the cut.
//
// POWER_CUT_SEED=n       each sector of 512 bytes that was not synchronized is kept or taken back by chance
// POWER_CUT_LYING_DISK=1 synchronizing does nothing: what a disk that lies, or synchronous = OFF, would lose
//
// Not modelled: names (creation, renaming and deletion are durable at once), memory maps, files ending in "-shm",
// which SQLite makes anew.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SECTOR = 512, DESCRIPTORS = 65536, STATUS = 86 };

// What one write or truncation changed.
struct undo {
    struct undo *older;
    uint64_t number;
    off_t offset;
    size_t length;  // of `before`
    off_t size;     // of the file before
    unsigned char before[];
};

struct tracked {
    struct tracked *next;
    dev_t device;
    ino_t inode;
    int descriptor;  // our own, so that the file can be mended when the program has closed it
    struct undo *newest;
};

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_close)(int);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct tracked *files;
static signed char known[DESCRIPTORS];  // 0: not looked at, 1: tracked, -1: not ours
static uint64_t last_number;
static const char *folder;
static const char *trigger;
static int lies;
static uint64_t chance;  // 0: take everything back

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

static int is_ours(int descriptor) {
    if (!folder || descriptor < 0 || descriptor >= DESCRIPTORS) return 0;
    if (known[descriptor]) return known[descriptor] > 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    size_t prefix = strlen(folder);
    int below = !strncmp(path, folder, prefix) && path[prefix] == '/';
    int shared = length > 4 && !strcmp(path + length - 4, "-shm");
    known[descriptor] = below && !shared ? 1 : -1;
    return known[descriptor] > 0;
}

// With the lock held. Null only if the file can't be looked at.
static struct tracked *file_of(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return NULL;
    for (struct tracked *file = files; file; file = file->next)
        if (file->device == status.st_dev && file->inode == status.st_ino) return file;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    struct tracked *file = calloc(1, sizeof *file);
    if (!file) abort();
    file->device = status.st_dev;
    file->inode = status.st_ino;
    file->descriptor = open(link, O_RDWR | O_CLOEXEC);
    if (file->descriptor < 0) abort();
    file->next = files;
    files = file;
    return file;
}

// With the lock held: remembers what lies between `offset` and `offset + length`.
static void remember(struct tracked *file, off_t offset, size_t length) {
    struct undo *undo = malloc(sizeof *undo + length);
    struct stat status;
    if (!undo || fstat(file->descriptor, &status) != 0) abort();
    ssize_t got = pread(file->descriptor, undo->before, length, offset);
    undo->number = ++last_number;
    undo->offset = offset;
    undo->length = got < 0 ? 0 : (size_t)got;
    undo->size = status.st_size;
    undo->older = file->newest;
    file->newest = undo;
}

static void forget(struct tracked *file, uint64_t up_to) {
    struct undo **place = &file->newest;
    while (*place && (*place)->number > up_to) place = &(*place)->older;
    struct undo *done = *place;
    *place = NULL;
    while (done) {
        struct undo *older = done->older;
        free(done);
        done = older;
    }
}

static int is_kept(void) {
    if (!chance) return 0;
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (chance >> 33) & 1;
}

static void take_back(struct tracked *file) {
    for (struct undo *undo = file->newest; undo; undo = undo->older) {
        for (size_t at = 0; at < undo->length; at += SECTOR) {
            size_t count = undo->length - at < SECTOR ? undo->length - at : SECTOR;
            if (is_kept()) continue;
            if (real_pwrite(file->descriptor, undo->before + at, count, undo->offset + (off_t)at) < 0) abort();
        }
        if (!is_kept() && real_ftruncate(file->descriptor, undo->size) != 0) abort();
    }
}

static void *watch(void *unused) {
    (void)unused;
    struct timespec pause = {0, 500000};
    while (access(trigger, F_OK) != 0) nanosleep(&pause, NULL);
    pthread_mutex_lock(&lock);  // for good: nothing is written or acknowledged any more
    for (struct tracked *file = files; file; file = file->next) take_back(file);
    _exit(STATUS);
}

__attribute__((constructor)) static void begin(void) {
    real_write = real("write");
    real_pwrite = real("pwrite");
    real_ftruncate = real("ftruncate");
    real_fsync = real("fsync");
    real_fdatasync = real("fdatasync");
    real_close = real("close");
    const char *seed = getenv("POWER_CUT_SEED");
    chance = seed ? strtoull(seed, NULL, 10) | 1 : 0;
    lies = getenv("POWER_CUT_LYING_DISK") != NULL;
    trigger = getenv("POWER_CUT_TRIGGER");
    const char *wanted = getenv("POWER_CUT_FOLDER");
    folder = wanted ? realpath(wanted, NULL) : NULL;
    pthread_t thread;
    if (folder && trigger && pthread_create(&thread, NULL, watch, NULL) != 0) abort();
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    if (!real_pwrite) real_pwrite = real("pwrite");
    pthread_mutex_lock(&lock);
    struct tracked *file = is_ours(descriptor) ? file_of(descriptor) : NULL;
    if (file) remember(file, offset, count);
    ssize_t written = real_pwrite(descriptor, bytes, count, offset);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return pwrite(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (!real_write) real_write = real("write");
    // The lock is not held while a pipe blocks.
    if (!is_ours(descriptor)) return real_write(descriptor, bytes, count);
    pthread_mutex_lock(&lock);
    struct tracked *file = file_of(descriptor);
    struct stat status;
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    if (fcntl(descriptor, F_GETFL) & O_APPEND && fstat(descriptor, &status) == 0) offset = status.st_size;
    if (file && offset >= 0) remember(file, offset, count);
    ssize_t written = real_write(descriptor, bytes, count);
    pthread_mutex_unlock(&lock);
    return written;
}

int ftruncate(int descriptor, off_t size) {
    if (!real_ftruncate) real_ftruncate = real("ftruncate");
    pthread_mutex_lock(&lock);
    struct tracked *file = is_ours(descriptor) ? file_of(descriptor) : NULL;
    struct stat status;
    if (file && fstat(descriptor, &status) == 0)
        remember(file, size, status.st_size > size ? (size_t)(status.st_size - size) : 0);
    int result = real_ftruncate(descriptor, size);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate64(int descriptor, off64_t size) { return ftruncate(descriptor, size); }

static int synchronize(int descriptor, int (*call)(int)) {
    if (!is_ours(descriptor)) return call(descriptor);
    if (lies) return 0;
    pthread_mutex_lock(&lock);
    uint64_t up_to = last_number;
    pthread_mutex_unlock(&lock);
    int result = call(descriptor);
    pthread_mutex_lock(&lock);
    struct tracked *file = result == 0 ? file_of(descriptor) : NULL;
    if (file) forget(file, up_to);
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int descriptor) {
    if (!real_fsync) real_fsync = real("fsync");
    return synchronize(descriptor, real_fsync);
}

int fdatasync(int descriptor) {
    if (!real_fdatasync) real_fdatasync = real("fdatasync");
    return synchronize(descriptor, real_fdatasync);
}

int close(int descriptor) {
    if (!real_close) real_close = real("close");
    if (descriptor >= 0 && descriptor < DESCRIPTORS) known[descriptor] = 0;
    return real_close(descriptor);
}

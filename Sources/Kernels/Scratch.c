#include "Scratch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    void *memory;
    size_t bytes;
} Scratch;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local Scratch *own;

static void release(void *scratch) {
    free(((Scratch *)scratch)->memory);
    free(scratch);
}

static void makeKey(void) {
    pthread_key_create(&key, release);
}

static void fail(size_t bytes) {
    fprintf(stderr, "attend: no memory for %zu bytes of working space\n", bytes);
    abort();
}

void *attend_scratch(size_t bytes) {
    if (own != NULL && own->bytes >= bytes) return own->memory;
    if (own == NULL) {
        pthread_once(&once, makeKey);
        own = calloc(1, sizeof *own);
        if (own == NULL) fail(sizeof *own);
        pthread_setspecific(key, own);
    }
    free(own->memory);
    own->memory = NULL;
    own->bytes = 0;
    size_t rounded = (bytes + 65535) / 65536 * 65536;
    own->memory = aligned_alloc(64, rounded);
    if (own->memory == NULL) fail(rounded);
    own->bytes = rounded;
    return own->memory;
}

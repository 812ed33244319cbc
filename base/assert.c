/* SPDX-License-Identifier: MIT */
/*
 * The end of a process that found a mistake of ours. Writes to stderr and leaves at once: no exit
 * handler runs, no buffer is flushed, because the state of the program cannot be trusted any more.
 * Holds the only mutable variable of base/, one a thread, so that the last words name the work.
 */
#include "base/assert.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct context {
    bool set;
    uint64_t seed;
    uint64_t call_id;
    int64_t now_ns;
};

static _Thread_local struct context context;

void sq_assert_context(uint64_t seed, uint64_t call_id, int64_t now_ns)
{
    context = (struct context){.set = true, .seed = seed, .call_id = call_id, .now_ns = now_ns};
}

_Noreturn void sq_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "squall: this is a bug in squall: `%s` does not hold\n  at %s:%d\n", condition,
            file, line);
    if (context.set) {
        fprintf(stderr, "  while seed %" PRIu64 ", call %" PRIu64 ", at %" PRId64 " ns\n",
                context.seed, context.call_id, context.now_ns);
    }
    _Exit(SQ_EXIT_OUR_BUG);
}

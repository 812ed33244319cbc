/* SPDX-License-Identifier: MIT */
/* Paths of calls in two growing arrays. */
#include "sim/path.h"

#include <stdlib.h>

#include <stddef.h>

#include "base/assert.h"
#include "base/memory.h"

#define FIRST_CAPACITY 256

/* Makes room for one more element; false: out of memory, nothing has changed. */
static bool grow(void **list, uint32_t *capacity, uint32_t n, size_t element_bytes)
{
    if (n < *capacity) {
        return true;
    }
    uint32_t wanted = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
    void *grown = sq_memory_resize(*list, wanted, element_bytes);
    if (grown == NULL) {
        return false;
    }
    *list = grown;
    *capacity = wanted;
    return true;
}

enum sq_status sq_paths_add(struct sq_paths *paths, uint64_t id, uint32_t *index,
                            struct sq_error *err)
{
    if (paths->n_list == SQ_PATHS_MAX) {
        return sq_error_set(err, SQ_LIMIT, "more than %d calls to compare between two clocks",
                            SQ_PATHS_MAX);
    }
    void *list = paths->list;
    if (!grow(&list, &paths->capacity, paths->n_list, sizeof *paths->list)) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    paths->list = list;
    *index = paths->n_list++;
    paths->list[*index] = (struct sq_path){.id = id};
    return SQ_OK;
}

void sq_paths_step(struct sq_paths *paths, uint32_t index, const struct sq_path_step *step)
{
    sq_assert(index < paths->n_list);
    struct sq_path *path = &paths->list[index];
    if (path->n_steps < SQ_PATH_STEPS_MAX) {
        path->steps[path->n_steps++] = *step;
    }
}

enum sq_status sq_paths_transition(struct sq_paths *paths,
                                   const struct sq_path_transition *transition,
                                   struct sq_error *err)
{
    if (paths->n_transitions == SQ_PATH_TRANSITIONS_MAX) {
        return sq_error_set(err, SQ_LIMIT,
                            "more than %d breaker transitions to compare between two clocks",
                            SQ_PATH_TRANSITIONS_MAX);
    }
    void *list = paths->transitions;
    if (!grow(&list, &paths->transition_capacity, paths->n_transitions,
              sizeof *paths->transitions)) {
        return sq_error_set(err, SQ_NO_MEMORY, "out of memory");
    }
    paths->transitions = list;
    paths->transitions[paths->n_transitions++] = *transition;
    return SQ_OK;
}

void sq_paths_clear(struct sq_paths *paths)
{
    if (paths == NULL) {
        return;
    }
    sq_memory_free(paths->list);
    sq_memory_free(paths->transitions);
    *paths = (struct sq_paths){0};
}

static int by_id(const void *left, const void *right)
{
    const struct sq_path *a = left;
    const struct sq_path *b = right;
    return a->id < b->id ? -1 : a->id > b->id;
}

void sq_paths_sort(struct sq_paths *paths)
{
    for (uint32_t i = 1; i < paths->n_list; i++) {
        if (paths->list[i - 1].id > paths->list[i].id) {
            qsort(paths->list, paths->n_list, sizeof(paths->list[0]), by_id);
            return;
        }
    }
}

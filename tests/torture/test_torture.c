/* SPDX-License-Identifier: MIT */
/*
 * Failure injection: each story is played once to count what it asks of heap and disk, then again
 * and again with the n-th request refused, and with every request from the n-th on refused. Each
 * time the program must return, say why, exit with 4 (environment) or as if nothing had happened,
 * leave every file whole (the old one, the new one, or none) and lose nothing.
 *
 * With SQUALL_FULL=1 every n is tried, else some POINTS of each kind, evenly spread.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/torture/stage.h"

#define POINTS      8
#define POINTS_LIVE 2 /* of stories that take real time */
#define INVALID     3 /* a file that a scenario names cannot be read: the place is named */
#define ENVIRONMENT 4
#define TEST_S      3000

/* How it ends when nothing fails. */
struct good_end {
    struct stage_outcome outcome;
    struct sq_strbuf said;
    struct sq_strbuf content[STORY_FILES_MAX];
};

/* For messages: what was tried. */
struct attempt {
    const struct stage_order *order;
    const struct good_end *good;
    struct stage_outcome outcome;
    struct sq_strbuf said;
    struct sq_strbuf errors;
};

static void complain(const struct attempt *attempt, const char *what)
{
    ck_abort_msg("%s: %s %zu refused (%s): %s; exit code %d\nstandard error:\n%s",
                 attempt->order->story->name, stage_trouble_name(attempt->order->trouble),
                 attempt->order->nth, strerror(attempt->order->error_number), what,
                 attempt->outcome.code, sq_strbuf_text(&attempt->errors));
}

static bool is_same(const struct sq_strbuf *a, const struct sq_strbuf *b)
{
    return a->length == b->length && memcmp(sq_strbuf_text(a), sq_strbuf_text(b), a->length) == 0;
}

static bool is_old(const struct sq_strbuf *content)
{
    return strcmp(sq_strbuf_text(content), OLD_CONTENT) == 0;
}

/* In real time no two files are the same: a whole one is an object, closed. */
static bool is_whole(const struct attempt *attempt, size_t i_output,
                     const struct sq_strbuf *content)
{
    if (!attempt->order->story->varies) {
        return is_same(content, &attempt->good->content[i_output]);
    }
    const char *text = sq_strbuf_text(content);
    return content->length > 3 && text[0] == '{' && strcmp(text + content->length - 2, "}\n") == 0;
}

static bool is_as_good(const struct attempt *attempt)
{
    const struct story *story = attempt->order->story;
    int code = attempt->outcome.code;
    return code == story->code || (story->varies && (code == 1 || code == 5));
}

/* Trouble with the disk may hit a file that another file names, which is a mistake with a place. */
static bool is_code_of_trouble(const struct attempt *attempt)
{
    bool disk = attempt->order->trouble == TROUBLE_CALL || attempt->order->trouble == TROUBLE_DISK;
    int code = attempt->outcome.code;
    return code == ENVIRONMENT || (disk && code == INVALID);
}

static void check_output(const struct attempt *attempt, size_t i_output)
{
    const struct story *story = attempt->order->story;
    struct sq_strbuf content = {0};
    bool there = stage_output(story->outputs[i_output], &content);
    bool untouched = story->replaces ? there && is_old(&content) : !there;
    bool new_one = there && is_whole(attempt, i_output, &content);
    if (!untouched && !new_one) {
        complain(attempt, "a file is neither the old nor the new one");
    }
    if (untouched && is_as_good(attempt)) {
        complain(attempt, "a file is missing, and the exit code does not tell");
    }
    sq_strbuf_clear(&content);
}

static void check_ending(const struct attempt *attempt)
{
    const struct stage_outcome *outcome = &attempt->outcome;
    if (!outcome->returned) {
        complain(attempt, stage_how());
    }
    if (!is_as_good(attempt) && !is_code_of_trouble(attempt)) {
        complain(attempt, "another exit code");
    }
    if (!is_as_good(attempt) && outcome->refused == 0) {
        complain(attempt, "it failed although nothing was refused");
    }
    if (!is_as_good(attempt) && attempt->errors.length == 0 && !outcome->refused_message) {
        complain(attempt, "it failed without a word");
    }
    if (outcome->blocks_lost != 0) {
        complain(attempt, "memory was not given back");
    }
    if (outcome->files_lost != 0) {
        complain(attempt, "a file was not closed");
    }
}

static void check_files(const struct attempt *attempt)
{
    const struct story *story = attempt->order->story;
    if (stage_temporary_files() != 0 && attempt->order->trouble != TROUBLE_DISK) {
        complain(attempt, "a temporary file is left");
    }
    for (size_t i = 0; i < STORY_FILES_MAX && story->outputs[i] != NULL; i++) {
        check_output(attempt, i);
    }
    if (attempt->outcome.code == 0 && !story->varies &&
        !is_same(&attempt->said, &attempt->good->said)) {
        complain(attempt, "standard output is not whole, and the exit code does not tell");
    }
}

static void try_point(const struct stage_order *order, const struct good_end *good)
{
    struct attempt attempt = {.order = order, .good = good};
    stage_play(order, &attempt.outcome);
    stage_said(&attempt.said, &attempt.errors);
    check_ending(&attempt);
    check_files(&attempt);
    sq_strbuf_clear(&attempt.said);
    sq_strbuf_clear(&attempt.errors);
}

static void play_well(const struct story *story, struct good_end *good)
{
    struct stage_order order = {.story = story};
    struct attempt attempt = {.order = &order, .good = good};
    stage_play(&order, &good->outcome);
    stage_said(&good->said, &attempt.errors);
    attempt.outcome = good->outcome;
    check_ending(&attempt);
    ck_assert_msg(is_as_good(&attempt), "%s: exit code %d\n%s", story->name, good->outcome.code,
                  sq_strbuf_text(&attempt.errors));
    for (size_t i = 0; i < STORY_FILES_MAX && story->outputs[i] != NULL; i++) {
        ck_assert_msg(stage_output(story->outputs[i], &good->content[i]), "%s: no %s", story->name,
                      story->outputs[i]);
    }
    sq_strbuf_clear(&attempt.errors);
}

static void forget(struct good_end *good)
{
    sq_strbuf_clear(&good->said);
    for (size_t i = 0; i < STORY_FILES_MAX; i++) {
        sq_strbuf_clear(&good->content[i]);
    }
}

static size_t stride_of(const struct story *story, size_t n_requests)
{
    const char *full = getenv("SQUALL_FULL");
    size_t n_points = story->varies ? POINTS_LIVE : POINTS;
    bool every = full != NULL && strcmp(full, "1") == 0;
    return every || n_requests <= n_points ? 1 : n_requests / n_points;
}

static void torture(const struct story *story, enum stage_trouble trouble, int error_number)
{
    struct good_end good = {0};
    play_well(story, &good);
    size_t n_requests = good.outcome.requests[trouble];
    ck_assert_uint_gt(n_requests, 0);
    for (size_t nth = 1; nth <= n_requests; nth += stride_of(story, n_requests)) {
        struct stage_order order = {story, trouble, nth, error_number};
        try_point(&order, &good);
    }
    forget(&good);
}

START_TEST(test_program_when_a_block_is_refused_then_said_and_nothing_is_lost)
{
    torture(story_at((size_t)_i), TROUBLE_BLOCK, 0);
}
END_TEST

START_TEST(test_program_when_the_heap_is_used_up_then_said_and_nothing_is_lost)
{
    torture(story_at((size_t)_i), TROUBLE_HEAP, 0);
}
END_TEST

START_TEST(test_program_when_a_call_to_the_disk_fails_then_said_and_files_are_whole)
{
    torture(story_at((size_t)_i), TROUBLE_CALL, ENOSPC);
    torture(story_at((size_t)_i), TROUBLE_CALL, EIO);
}
END_TEST

START_TEST(test_program_when_the_disk_is_gone_then_files_are_whole)
{
    torture(story_at((size_t)_i), TROUBLE_DISK, EIO);
}
END_TEST

int main(void)
{
    int n_stories = (int)stories();
    TCase *tests = tcase_create("torture");
    tcase_set_timeout(tests, TEST_S);
    tcase_add_checked_fixture(tests, stage_open, stage_close);
    tcase_add_loop_test(tests, test_program_when_a_block_is_refused_then_said_and_nothing_is_lost,
                        0, n_stories);
    tcase_add_loop_test(tests, test_program_when_the_heap_is_used_up_then_said_and_nothing_is_lost,
                        0, n_stories);
    tcase_add_loop_test(tests,
                        test_program_when_a_call_to_the_disk_fails_then_said_and_files_are_whole, 0,
                        n_stories);
    tcase_add_loop_test(tests, test_program_when_the_disk_is_gone_then_files_are_whole, 0,
                        n_stories);
    Suite *suite = suite_create("torture");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

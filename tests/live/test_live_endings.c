/* SPDX-License-Identifier: MIT */
/* What becomes of every way an answer can end, on a new connection and on one that was used. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/live_world.h"

struct ending {
    const char *name;
    bool stream;
    struct raw_answer answer;
    const char *log;
};

/* The first request of a connection is answered well when the case is about a used one. */
struct scene {
    struct raw_answer good;
    struct raw_answer answer;
    bool used_connection;
};

static struct raw_answer answer_scene(const struct raw_request *request, void *context)
{
    const struct scene *scene = context;
    return scene->used_connection && request->on_connection == 1 ? scene->good : scene->answer;
}

#define DONE_PLAIN  "connected headers:200 done:"
#define DONE_STREAM "connected headers:200 first_token done:"

#define STREAM_HEAD                                                                                \
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
#define PLAIN_HEAD(length)                                                                         \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " length "\r\n\r\n"
#define CHUNKED_HEAD                                                                               \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

static const struct ending plain_endings[] = {
    {"fin before the headers", false, {.ending = RAW_FIN}, "connected done:reset:0:none"},
    {"rst before the headers", false, {.ending = RAW_RST}, "connected done:reset:0:none"},
    {"fin inside the status line",
     false,
     {.parts = {"HTTP/1.1 20"}, .ending = RAW_FIN},
     "connected done:reset:0:none"},
    {"fin inside the headers",
     false,
     {.parts = {"HTTP/1.1 200 OK\r\nContent-Ty"}, .ending = RAW_FIN},
     "connected done:reset:0:none"},
    {"fin after a header line",
     false,
     {.parts = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"}, .ending = RAW_FIN},
     "connected done:reset:0:none"},
    {"rst inside the headers",
     false,
     {.parts = {"HTTP/1.1 200 OK\r\nContent-Le"}, .ending = RAW_RST},
     "connected done:reset:0:none"},
    {"fin inside a body of known length",
     false,
     {.parts = {PLAIN_HEAD("50") "{\"id\""}, .ending = RAW_FIN},
     DONE_PLAIN "short:200:none"},
    {"fin after the headers",
     false,
     {.parts = {PLAIN_HEAD("50")}, .ending = RAW_FIN},
     DONE_PLAIN "short:200:none"},
    {"rst inside a body of known length",
     false,
     {.parts = {PLAIN_HEAD("50") "{\"id\""}, .ending = RAW_RST},
     DONE_PLAIN "reset:200:none"},
    {"fin inside a plain body in chunks",
     false,
     {.parts = {CHUNKED_HEAD "5\r\n{\"id\"\r\n"}, .ending = RAW_FIN},
     DONE_PLAIN "short:200:none"},
    {"rst inside a plain body in chunks",
     false,
     {.parts = {CHUNKED_HEAD "5\r\n{\"id\"\r\n"}, .ending = RAW_RST},
     DONE_PLAIN "reset:200:none"},
    {"a chunk that is none",
     false,
     {.parts = {CHUNKED_HEAD "zz\r\n{\"id\"\r\n"}, .ending = RAW_FIN},
     DONE_PLAIN "short:200:none"},
    {"a body until the close",
     false,
     {.parts = {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}"},
      .ending = RAW_FIN},
     DONE_PLAIN "ok:200:malformed"},
    {"no http",
     false,
     {.parts = {"SSH-2.0-x\r\n\r\n"}, .ending = RAW_FIN},
     "connected done:short:0:none"},
    {"html",
     false,
     {.parts = {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"}},
     DONE_PLAIN "ok:200:malformed"},
    {"an error without a body",
     false,
     {.parts = {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"}},
     "connected headers:503 done:ok:503:none"},
    {"a redirection",
     false,
     {.parts = {"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"}},
     "connected headers:302 done:ok:302:malformed"},
    {"a continue before the answer",
     false,
     {.parts = {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many Requests\r\n"
                "Content-Length: 0\r\n\r\n"}},
     "connected headers:429 done:ok:429:none"},
    {"an error's body that breaks off, asked as a stream",
     true,
     {.parts = {"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\n{"}, .ending = RAW_FIN},
     "connected headers:500 done:short:500:none"},
    {"a stream asked for, a page got",
     true,
     {.parts = {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"}},
     DONE_PLAIN "ok:200:malformed"},
    {"fin before the first event",
     true,
     {.parts = {STREAM_HEAD}, .ending = RAW_FIN},
     DONE_PLAIN "cut:200:none"},
    {"rst before the first event",
     true,
     {.parts = {STREAM_HEAD}, .ending = RAW_RST},
     DONE_PLAIN "reset:200:none"},
    {"fin inside a chunk",
     true,
     {.parts = {STREAM_HEAD "40\r\ndata: "}, .ending = RAW_FIN},
     DONE_PLAIN "cut:200:none"},
    {"rst inside a chunk",
     true,
     {.parts = {STREAM_HEAD "40\r\ndata: "}, .ending = RAW_RST},
     DONE_PLAIN "reset:200:none"},
};

static void check_ending(const struct ending *ending, bool used_connection)
{
    struct scene scene = {.used_connection = used_connection, .answer = ending->answer};
    live_world_start(answer_scene, &scene);
    scene.good.parts[0] = live_world_plain();
    if (used_connection) {
        ck_assert_str_eq(live_world_try(false), DONE_PLAIN "ok:200:none");
    }
    const char *log = live_world_try(ending->stream);
    ck_assert_msg(strcmp(log, ending->log) == 0, "%s (%s connection): %s instead of %s",
                  ending->name, used_connection ? "used" : "new", log, ending->log);
    unsigned n_expected = used_connection ? 2 : 1;
    ck_assert_uint_eq(atomic_load(&live_world()->server.n_requests), n_expected);
    live_world_stop();
}

START_TEST(test_answer_when_it_ends_in_any_way_then_its_word_is_exact)
{
    for (size_t i = 0; i < sizeof(plain_endings) / sizeof(plain_endings[0]); i++) {
        check_ending(&plain_endings[i], false);
        check_ending(&plain_endings[i], true);
    }
}
END_TEST

/* Streams whose text the dialect writes: what came before the ending decides. */
static void check_stream(bool whole, bool last_chunk, enum raw_ending how, const char *log)
{
    struct scene scene = {0};
    live_world_start(answer_scene, &scene);
    uint32_t n = 0;
    scene.answer.parts[n++] = live_world_stream_head();
    scene.answer.parts[n++] = live_world_stream_begin();
    if (whole) {
        scene.answer.parts[n++] = live_world_stream_end();
    }
    if (last_chunk) {
        scene.answer.parts[n++] = "0\r\n\r\n";
    }
    scene.answer.ending = how;
    ck_assert_str_eq(live_world_try(true), log);
    live_world_stop();
}

START_TEST(test_stream_when_whole_then_it_is_answered)
{
    check_stream(true, true, RAW_KEEP, DONE_STREAM "ok:200:none");
}
END_TEST

START_TEST(test_stream_when_cut_after_a_token_then_fin_is_cut_and_rst_is_reset)
{
    check_stream(false, false, RAW_FIN, DONE_STREAM "cut:200:none");
    check_stream(false, false, RAW_RST, DONE_STREAM "reset:200:none");
}
END_TEST

START_TEST(test_stream_when_it_ends_well_without_end_mark_then_its_reading_is_cut)
{
    check_stream(false, true, RAW_KEEP, DONE_STREAM "ok:200:cut");
}
END_TEST

START_TEST(test_stream_when_closed_after_the_end_mark_then_fin_takes_nothing_away)
{
    check_stream(true, false, RAW_FIN, DONE_STREAM "ok:200:none");
    check_stream(true, false, RAW_RST, DONE_STREAM "reset:200:none");
}
END_TEST

START_TEST(test_error_when_it_has_hints_then_they_come_with_the_end)
{
    struct scene scene = {
        .answer = {.parts = {"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n"
                             "RETRY-AFTER-MS: 6900\r\nx-should-retry: false\r\n"
                             "Content-Length: 0\r\n\r\n"}}};
    live_world_start(answer_scene, &scene);
    ck_assert_str_eq(live_world_try(false), "connected headers:429 done:ok:429:none");
    const struct sq_hints *hints = &live_world()->driver->slots[0].hints;
    ck_assert_str_eq(hints->retry_after, "7");
    ck_assert_str_eq(hints->retry_after_ms, "6900");
    ck_assert_str_eq(hints->should_retry, "false");
    scene.answer.parts[0] = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n";
    ck_assert_str_eq(live_world_try(false), "connected headers:429 done:ok:429:none");
    ck_assert_str_eq(hints->retry_after, "");
    live_world_stop();
}
END_TEST

START_TEST(test_ending_when_it_follows_another_on_one_handle_then_nothing_is_left_of_that)
{
    struct scene scene = {
        .answer = {.parts = {CHUNKED_HEAD "5\r\n{\"id\"\r\n"}, .ending = RAW_RST}};
    live_world_start(answer_scene, &scene);
    ck_assert_str_eq(live_world_try(false), DONE_PLAIN "reset:200:none");
    scene.answer = (struct raw_answer){.parts = {CHUNKED_HEAD "zz\r\n{\"id\"\r\n"}};
    ck_assert_str_eq(live_world_try(false), DONE_PLAIN "short:200:none");
    scene.answer = (struct raw_answer){.parts = {live_world_plain()}};
    ck_assert_str_eq(live_world_try(false), DONE_PLAIN "ok:200:none");
    live_world_stop();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live_endings");
    TCase *endings = tcase_create("endings");
    tcase_add_test(endings, test_answer_when_it_ends_in_any_way_then_its_word_is_exact);
    tcase_add_test(endings, test_stream_when_whole_then_it_is_answered);
    tcase_add_test(endings, test_stream_when_cut_after_a_token_then_fin_is_cut_and_rst_is_reset);
    tcase_add_test(endings, test_stream_when_it_ends_well_without_end_mark_then_its_reading_is_cut);
    tcase_add_test(endings, test_stream_when_closed_after_the_end_mark_then_fin_takes_nothing_away);
    tcase_add_test(endings, test_error_when_it_has_hints_then_they_come_with_the_end);
    tcase_add_test(endings,
                   test_ending_when_it_follows_another_on_one_handle_then_nothing_is_left_of_that);
    suite_add_tcase(suite, endings);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

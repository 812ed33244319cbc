/* SPDX-License-Identifier: MIT */
/*
 * Exact endings over real sockets: for every way an answer can be broken and every interesting
 * count of bytes, the client sees exactly those bytes of the body, then exactly FIN, RST or
 * silence, many times over without a miss.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/server_world.h"

#define TIMES         50   /* each */
#define TIMES_OF_SOAK 1000 /* with ENDINGS_SOAK in the environment */
#define BATCH         25   /* connections at once */
#define OUTPUT_TOKENS 8
#define HUSH_US       20000 /* how long silence is listened to */

enum { ZERO, ONE, MID_EVENT, EVENT_EDGE, LAST_BYTE, N_PLACES };

struct breakage {
    const char *name;
    enum sq_fault_kind kind;
    enum sq_ending ending; /* of a cut */
    bool stream;
    enum http_ending seen;
};

static const struct breakage breakages[] = {
    {"cut, fin", SQ_FAULT_CUT, SQ_ENDING_FIN, true, HTTP_FIN},
    {"cut, rst", SQ_FAULT_CUT, SQ_ENDING_RST, true, HTTP_RST},
    {"cut, silence", SQ_FAULT_CUT, SQ_ENDING_SILENCE, true, HTTP_SILENCE},
    {"reset of a stream", SQ_FAULT_RESET, SQ_ENDING_FIN, true, HTTP_RST},
    {"reset of a plain answer", SQ_FAULT_RESET, SQ_ENDING_FIN, false, HTTP_RST},
};

#define N_BREAKAGES ((int)(sizeof breakages / sizeof breakages[0]))

static int times_wanted(void)
{
    return getenv("ENDINGS_SOAK") == NULL ? TIMES : TIMES_OF_SOAK;
}

static uint32_t bytes_at(const struct breakage *breakage, int place, size_t total)
{
    const struct sq_body_sizes *sizes = &far_side()->script.models[0].sizes;
    uint32_t edge = breakage->stream
                        ? sizes->stream_first_bytes[0] + 3 * sizes->stream_token_bytes[0]
                        : sizes->plain_fixed_bytes / 2;
    const uint32_t counts[N_PLACES] = {[ZERO] = 0,
                                       [ONE] = 1,
                                       [MID_EVENT] = edge - 40,
                                       [EVENT_EDGE] = edge,
                                       [LAST_BYTE] = (uint32_t)total - 1};
    return counts[place];
}

static void check_answer(const struct breakage *breakage, const struct sq_strbuf *whole,
                         uint32_t n_bytes, const struct http_answer *answer)
{
    ck_assert_msg(answer->ending == breakage->seen, "%s at %u: ending %d after %zu bytes",
                  breakage->name, n_bytes, (int)answer->ending, answer->body.length);
    ck_assert_int_eq(answer->status, 200);
    ck_assert_msg(answer->body.length == n_bytes, "%s at %u: %zu bytes", breakage->name, n_bytes,
                  answer->body.length);
    ck_assert(server_world_is_prefix(whole, sq_strbuf_text(&answer->body), n_bytes));
    if (!breakage->stream) {
        ck_assert_int_eq(answer->content_length, (int64_t)whole->length);
    }
}

/* Asks on many connections, then reads them all, then, for silence, listens to them once. */
static void run_batch(struct server_world *world, const struct breakage *breakage,
                      const struct sq_strbuf *whole, uint32_t n_bytes)
{
    const struct server_request request = {
        .call = 1, .attempt = 1, .stream = breakage->stream, .output_tokens = OUTPUT_TOKENS};
    bool silent = breakage->seen == HTTP_SILENCE;
    struct http_client clients[BATCH];
    for (int i = 0; i < BATCH; i++) {
        clients[i] = server_world_connect(world);
        server_world_ask(&clients[i], &request);
    }
    for (int i = 0; i < BATCH; i++) {
        struct http_answer answer =
            http_client_read(&clients[i], silent ? n_bytes : SIZE_MAX, HTTP_CLIENT_PATIENCE);
        check_answer(breakage, whole, n_bytes, &answer);
        http_answer_clear(&answer);
    }
    if (silent) {
        usleep(HUSH_US);
    }
    for (int i = 0; i < BATCH; i++) {
        ck_assert(!silent || http_client_is_silent(&clients[i]));
        http_client_close(&clients[i]);
    }
    server_world_skip_entries(world, BATCH);
}

/* _i counts through breakages and places. */
START_TEST(test_broken_body_ends_after_exact_bytes_exactly_so)
{
    const struct breakage *breakage = &breakages[_i / N_PLACES];
    const struct server_request request = {
        .call = 1, .attempt = 1, .stream = breakage->stream, .output_tokens = OUTPUT_TOKENS};
    struct server_world world;
    struct sq_strbuf whole = {0};
    server_world_init(&world);
    server_world_body(&request, &whole);
    uint32_t n_bytes = bytes_at(breakage, _i % N_PLACES, whole.length);
    struct sq_rule *rule = far_side_rule(breakage->kind, "breaks");
    rule->effect.after_bytes = n_bytes;
    rule->effect.ending = breakage->ending;
    server_world_start(&world);
    int n_times = times_wanted();
    for (int times = 0; times < n_times; times += BATCH) {
        run_batch(&world, breakage, &whole, n_bytes);
    }
    server_world_end(&world);
    sq_strbuf_clear(&whole);
}
END_TEST

/* The limit is the whole body: nothing is broken. */
START_TEST(test_broken_body_when_limit_is_its_length_is_complete)
{
    const struct breakage *breakage = &breakages[_i];
    const struct server_request request = {
        .call = 1, .attempt = 1, .stream = breakage->stream, .output_tokens = OUTPUT_TOKENS};
    struct server_world world;
    struct sq_strbuf whole = {0};
    server_world_init(&world);
    server_world_body(&request, &whole);
    struct sq_rule *rule = far_side_rule(breakage->kind, "breaks");
    rule->effect.after_bytes = (uint32_t)whole.length;
    rule->effect.ending = breakage->ending;
    server_world_start(&world);
    struct http_answer answer = server_world_get(&world, &request);
    ck_assert_int_eq(answer.ending, HTTP_COMPLETE);
    ck_assert_uint_eq(answer.body.length, whole.length);
    ck_assert(server_world_is_prefix(&whole, answer.body.text, whole.length));
    http_answer_clear(&answer);
    server_world_end(&world);
    sq_strbuf_clear(&whole);
}
END_TEST

/* A client with a small window that reads late: most bytes still wait at the server's side when the
 * last is handed to the system, and none may be lost. */
START_TEST(test_reset_waits_for_a_client_that_reads_late)
{
    const struct server_request request = {
        .call = 1, .attempt = 1, .stream = _i == 1, .output_tokens = _i == 1 ? 150 : 10000};
    const int small_bytes = 16384;
    struct server_world world;
    struct sq_strbuf whole = {0};
    server_world_init(&world);
    server_world_body(&request, &whole);
    far_side()->script.models[0].pace.fixed = 0;
    struct sq_rule *rule = far_side_rule(SQ_FAULT_RESET, "breaks");
    rule->effect.after_bytes = (uint32_t)whole.length - 1;
    server_world_start(&world);
    struct http_client client = server_world_connect(&world);
    ck_assert_int_eq(setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &small_bytes, sizeof small_bytes),
                     0);
    server_world_ask(&client, &request);
    usleep(HUSH_US);
    struct http_answer answer = http_client_read_all(&client);
    ck_assert_int_eq(answer.ending, HTTP_RST);
    ck_assert_uint_eq(answer.body.length, whole.length - 1);
    ck_assert(server_world_is_prefix(&whole, answer.body.text, answer.body.length));
    http_answer_clear(&answer);
    http_client_close(&client);
    server_world_end(&world);
    sq_strbuf_clear(&whole);
}
END_TEST

START_TEST(test_reset_before_headers_sends_no_byte)
{
    const struct server_request request = {
        .call = 1, .attempt = 1, .stream = _i == 1, .output_tokens = OUTPUT_TOKENS};
    struct server_world world;
    server_world_init(&world);
    far_side_rule(SQ_FAULT_RESET, "early");
    server_world_start(&world);
    int n_times = times_wanted();
    for (int times = 0; times < n_times; times++) {
        struct http_answer answer = server_world_get(&world, &request);
        ck_assert_int_eq(answer.ending, HTTP_RST);
        ck_assert(!answer.has_headers);
        http_answer_clear(&answer);
        server_world_skip_entries(&world, 1);
    }
    server_world_end(&world);
}
END_TEST

/* Whole tokens, then the end: the cut is named in tokens, so no byte count is given. */
START_TEST(test_cut_after_tokens_sends_whole_events)
{
    static const enum sq_ending endings[] = {SQ_ENDING_FIN, SQ_ENDING_RST, SQ_ENDING_SILENCE};
    static const enum http_ending seen[] = {HTTP_FIN, HTTP_RST, HTTP_SILENCE};
    const struct server_request request = {
        .call = 1, .attempt = 1, .stream = true, .output_tokens = OUTPUT_TOKENS};
    struct server_world world;
    struct sq_strbuf whole = {0};
    server_world_init(&world);
    server_world_body(&request, &whole);
    struct sq_rule *rule = far_side_rule(SQ_FAULT_CUT, "cut");
    rule->effect.after_tokens = (uint32_t)_i / 3 * 2; /* 0 or 2 */
    rule->effect.ending = endings[_i % 3];
    server_world_start(&world);
    const struct sq_body_sizes *sizes = &far_side()->script.models[0].sizes;
    size_t n_bytes = sizes->stream_first_bytes[0] +
                     (size_t)rule->effect.after_tokens * sizes->stream_token_bytes[0];
    struct http_client client = server_world_connect(&world);
    server_world_ask(&client, &request);
    struct http_answer answer = http_client_read(
        &client, SIZE_MAX, seen[_i % 3] == HTTP_SILENCE ? 100 * SQ_MS : HTTP_CLIENT_PATIENCE);
    ck_assert_int_eq(answer.ending, seen[_i % 3]);
    ck_assert_uint_eq(answer.body.length, n_bytes);
    ck_assert(server_world_is_prefix(&whole, answer.body.text, n_bytes));
    http_answer_clear(&answer);
    http_client_close(&client);
    server_world_end(&world);
    sq_strbuf_clear(&whole);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("endings");
    TCase *tests = tcase_create("endings");
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, test_broken_body_ends_after_exact_bytes_exactly_so, 0,
                        N_BREAKAGES * N_PLACES);
    tcase_add_loop_test(tests, test_broken_body_when_limit_is_its_length_is_complete, 0,
                        N_BREAKAGES);
    tcase_add_loop_test(tests, test_reset_waits_for_a_client_that_reads_late, 0, 2);
    tcase_add_loop_test(tests, test_reset_before_headers_sends_no_byte, 0, 2);
    tcase_add_loop_test(tests, test_cut_after_tokens_sends_whole_events, 0, 6);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

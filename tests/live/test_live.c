/* SPDX-License-Identifier: MIT */
/* The live carrier towards a server of raw bytes: reuse, giving up, bills, limits, many at once. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "host/socket.h"
#include "tests/support/live_world.h"

#define GOOD_PLAIN "connected headers:200 done:ok:200:none"
#define PATIENCE   (20 * SQ_SECOND)
#define MANY       500

/* The same answer to everybody. */
static struct raw_answer answer_same(const struct raw_request *request, void *context)
{
    (void)request;
    return *(const struct raw_answer *)context;
}

static struct carrier_driver *driver(void)
{
    return live_world()->driver;
}

static const struct carrier_slot *slot(uint32_t number)
{
    return &driver()->slots[number];
}

static unsigned n_requests(void)
{
    return atomic_load(&live_world()->server.n_requests);
}

static unsigned n_connections(void)
{
    return atomic_load(&live_world()->server.n_connections);
}

/* Waits until the newest log of slot 0 ends with this word. */
static void wait_for(const char *word)
{
    sq_time end = driver()->now + PATIENCE;
    while (strstr(carrier_driver_log(driver(), 0), word) == NULL) {
        ck_assert_int_lt(driver()->now, end);
        (void)carrier_driver_step(driver(), end, SQ_NO_SLOT);
    }
}

/* Requests */

static struct raw_answer check_request(const struct raw_request *request, void *context)
{
    static const char *const lines[] = {"POST /v1/chat/completions HTTP/1.1",
                                        "Content-Type: application/json", "x-squall-attempt: 1/1/1",
                                        "x-squall-tokens: 100/11"};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        ck_assert_msg(strcasestr(request->head, lines[i]) != NULL, "%s not in %s", lines[i],
                      request->head);
    }
    ck_assert_ptr_null(strcasestr(request->head, "expect:"));
    struct sq_request_reading reading;
    struct sq_error err;
    enum sq_status status =
        sq_dialect_row(SQ_DIALECT_OPENAI)
            ->read_request(request->body, strlen(request->body), &reading, &err);
    ck_assert_int_eq(status, SQ_OK);
    ck_assert_str_eq(reading.model, "gpt-4o");
    ck_assert(!reading.stream);
    ck_assert_uint_eq(reading.input_tokens, 100);
    return *(const struct raw_answer *)context;
}

START_TEST(test_send_when_an_attempt_leaves_then_the_far_side_can_read_and_name_it)
{
    struct raw_answer answer = {0};
    setenv("http_proxy", "http://127.0.0.1:9", 1);
    live_world_start(check_request, &answer);
    answer.parts[0] = live_world_plain();
    ck_assert_str_eq(live_world_try(false), GOOD_PLAIN);
    ck_assert(slot(0)->billed_with_done);
    ck_assert_uint_eq(slot(0)->bill.input_tokens, 100);
    ck_assert_uint_eq(slot(0)->bill.output_tokens, 7);
    ck_assert_uint_eq(slot(0)->fired_status, 3);
    live_world_stop();
}
END_TEST

static struct raw_answer check_question(const struct raw_request *request, void *context)
{
    ck_assert_ptr_nonnull(strstr(request->body, "\"When do \\\"you\\\" open?\""));
    return *(const struct raw_answer *)context;
}

START_TEST(test_send_when_the_question_has_a_text_then_it_is_what_goes_out)
{
    static const struct sq_prompt text = {
        .id = "hours", .text = "When do \"you\" open?", .length = 19, .tokens = 5};
    struct raw_answer answer = {0};
    live_world_start(check_question, &answer);
    struct sq_prompts *prompts = &live_world()->small->scenario.workload.streams[0].prompts;
    prompts->texts = &text;
    prompts->zipf.n_items = 1;
    answer.parts[0] = live_world_plain();
    ck_assert_str_eq(live_world_try(false), GOOD_PLAIN);
    live_world_stop();
}
END_TEST

START_TEST(test_connections_when_a_thousand_attempts_follow_each_other_then_they_are_reused)
{
    struct raw_answer answer = {0};
    live_world_start(answer_same, &answer);
    answer.parts[0] = live_world_plain();
    for (uint64_t round = 0; round < 250; round++) {
        for (uint32_t i = 0; i < 4; i++) {
            carrier_driver_send(driver(), i, 1000 + 4 * round + i, false);
        }
        ck_assert(carrier_driver_finish(driver(), PATIENCE));
    }
    ck_assert_uint_eq(n_requests(), 1000);
    ck_assert_uint_le(n_connections(), 4);
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(slot(i)->n_done, 250);
        ck_assert_uint_eq(slot(i)->n_billed, 250);
    }
    live_world_stop();
}
END_TEST

/* Every second request of a connection finds it closed. */
static struct raw_answer close_when_reused(const struct raw_request *request, void *context)
{
    const struct raw_answer *good = context;
    return request->on_connection == 1 ? *good : (struct raw_answer){.ending = RAW_FIN};
}

START_TEST(test_connection_when_it_dies_just_as_it_is_reused_then_nothing_is_sent_twice)
{
    struct raw_answer good = {0};
    live_world_start(close_when_reused, &good);
    good.parts[0] = live_world_plain();
    for (unsigned i = 1; i <= 40; i += 2) {
        ck_assert_str_eq(live_world_try(false), GOOD_PLAIN);
        ck_assert_str_eq(live_world_try(false), "connected done:reset:0:none");
        ck_assert_uint_eq(n_requests(), i + 1);
    }
    live_world_stop();
}
END_TEST

START_TEST(test_port_when_nobody_listens_then_refused_and_nothing_is_owed)
{
    struct raw_answer answer = {0};
    struct sq_error err;
    int fd;
    ck_assert_int_eq(sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, 1, &fd, &err), SQ_OK);
    uint16_t port = sq_socket_local_port(fd);
    sq_socket_close(fd);
    live_world()->stop_fd = -1;
    live_world_start_at(answer_same, &answer, port);
    ck_assert_str_eq(live_world_try(false), "done:refused:0:none");
    ck_assert(slot(0)->billed_with_done);
    ck_assert_uint_eq(slot(0)->bill.input_tokens, 0);
    live_world_stop();
}
END_TEST

/* Giving up */

START_TEST(test_cancel_when_nothing_has_left_then_the_bill_is_nothing_and_comes_at_once)
{
    struct raw_answer answer = {0};
    live_world_start(answer_same, &answer);
    carrier_driver_send(driver(), 0, 1, false);
    carrier_driver_cancel(driver(), 0);
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    ck_assert_str_eq(carrier_driver_log(driver(), 0), "cancelled");
    ck_assert_uint_eq(slot(0)->n_billed, 1);
    ck_assert_uint_eq(slot(0)->bill.input_tokens, 0);
    ck_assert_uint_eq(n_requests(), 0);
    live_world_stop();
}
END_TEST

START_TEST(test_cancel_when_the_request_has_left_half_then_the_bill_is_nothing)
{
    struct raw_answer answer = {0};
    struct sq_error err;
    int fd;
    ck_assert_int_eq(sq_socket_listen(SQ_SOCKET_LOOPBACK, 0, 1, &fd, &err), SQ_OK);
    live_world()->stop_fd = -1;
    live_world_start_at(answer_same, &answer, sq_socket_local_port(fd));
    driver()->input_tokens = 8u * 1024 * 1024;
    carrier_driver_send(driver(), 0, 1, false);
    wait_for("connected");
    for (int i = 0; i < 10; i++) {
        (void)carrier_driver_step(driver(), driver()->now + 5 * SQ_MS, 0);
    }
    carrier_driver_cancel(driver(), 0);
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    ck_assert_uint_eq(slot(0)->bill.input_tokens, 0);
    live_world_stop();
    sq_socket_close(fd);
}
END_TEST

/* Gives up after this word; then the slot's next attempt must go well. */
static void cancel_after(struct raw_answer hanging, const char *word, const char *log)
{
    struct raw_answer answer = hanging;
    live_world_start(answer_same, &answer);
    carrier_driver_send(driver(), 0, 7, true);
    wait_for(word);
    while (n_requests() == 0) {
        usleep(100);
    }
    carrier_driver_cancel(driver(), 0);
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    ck_assert_str_eq(carrier_driver_log(driver(), 0), log);
    ck_assert_uint_eq(slot(0)->n_billed, 1);
    ck_assert_uint_eq(slot(0)->bill.output_tokens, 7);
    answer = (struct raw_answer){.parts = {live_world_plain()}};
    sq_strbuf_reset(&driver()->slots[0].log);
    carrier_driver_send(driver(), 0, 7, false);
    ck_assert_uint_eq(slot(0)->attempt.attempt, 2);
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    ck_assert_str_eq(carrier_driver_log(driver(), 0), GOOD_PLAIN);
    ck_assert_uint_eq(slot(0)->n_billed, 2);
    live_world_stop();
}

START_TEST(test_cancel_when_in_any_phase_then_billed_once_and_the_slot_goes_on)
{
    struct raw_answer hanging = {.ending = RAW_HOLD};
    cancel_after(hanging, "connected", "connected cancelled");
    hanging = (struct raw_answer){.parts = {live_world_stream_head()}};
    cancel_after(hanging, "headers", "connected headers:200 cancelled");
    hanging.parts[1] = live_world_stream_begin();
    cancel_after(hanging, "first_token", "connected headers:200 first_token cancelled");
}
END_TEST

START_TEST(test_cancel_when_the_end_is_known_but_not_told_then_only_the_bill_comes)
{
    struct raw_answer answer = {0};
    live_world_start(answer_same, &answer);
    answer.parts[0] = live_world_plain();
    carrier_driver_send(driver(), 0, 1, false);
    wait_for("headers:200");
    carrier_driver_cancel(driver(), 0);
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    ck_assert_str_eq(carrier_driver_log(driver(), 0), "connected headers:200 cancelled");
    ck_assert_uint_eq(slot(0)->n_billed, 1);
    ck_assert_uint_eq(slot(0)->bill.output_tokens, 7);
    live_world_stop();
}
END_TEST

/* Bills */

static void add_entry(uint64_t call, bool identified)
{
    struct sq_journal_entry entry = {.call = call,
                                     .attempt = 1,
                                     .nth = 1,
                                     .identified = identified,
                                     .bill = {.output_tokens = 42}};
    sq_journal_add(live_world()->server.journal, &entry);
}

START_TEST(test_bill_when_it_comes_after_the_end_then_it_comes_alone_and_once)
{
    struct raw_answer answer = {.ending = RAW_FIN, .unbilled = true};
    live_world_start(answer_same, &answer);
    carrier_driver_send(driver(), 0, 9, false);
    wait_for("done");
    ck_assert(!slot(0)->billed_with_done);
    add_entry(8, true);
    add_entry(9, false);
    add_entry(9, true);
    add_entry(9, true);
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    ck_assert_uint_eq(slot(0)->bill.output_tokens, 42);
    ck_assert_int_eq(carrier_driver_step(driver(), driver()->now + 5 * SQ_MS, SQ_NO_SLOT),
                     SQ_ARRIVAL_NONE);
    live_world_stop();
}
END_TEST

/* Time */

START_TEST(test_progress_when_the_head_is_due_then_only_unknown_bytes_are_told)
{
    struct raw_answer answer = {.pause_ms = 40, .ending = RAW_HOLD};
    live_world_start(answer_same, &answer);
    answer = (struct raw_answer){.parts = {live_world_stream_head(), live_world_stream_begin(),
                                           live_world_chunk(": ping\n\n"), NULL},
                                 .pause_ms = 40};
    carrier_driver_send(driver(), 0, 1, true);
    wait_for("first_token");
    sq_time first = slot(0)->first_token_at;
    /* Due at once, and nothing new came: nothing is told. */
    ck_assert_int_eq(carrier_driver_step(driver(), driver()->now, 0), SQ_ARRIVAL_NONE);
    while (slot(0)->progress_at == 0) {
        ck_assert_int_lt(driver()->now, first + PATIENCE);
        (void)carrier_driver_step(driver(), driver()->now + 10 * SQ_MS, 0);
    }
    ck_assert_int_gt(slot(0)->progress_at, first);
    ck_assert_int_le(slot(0)->progress_at, driver()->now);
    ck_assert_int_eq(carrier_driver_step(driver(), driver()->now, 0), SQ_ARRIVAL_NONE);
    carrier_driver_cancel(driver(), 0);
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    live_world_stop();
}
END_TEST

START_TEST(test_wait_when_nothing_comes_then_it_ends_not_before_its_time)
{
    struct raw_answer answer = {0};
    live_world_start(answer_same, &answer);
    for (int i = 0; i < 20; i++) {
        sq_time until = sq_clock_now(&live_world()->clock) + 3 * SQ_MS;
        ck_assert_int_eq(carrier_driver_step(driver(), until, SQ_NO_SLOT), SQ_ARRIVAL_NONE);
        ck_assert_int_ge(driver()->now, until);
    }
    live_world_stop();
}
END_TEST

START_TEST(test_stop_when_the_descriptor_is_readable_then_interrupted_once)
{
    struct raw_answer answer = {.ending = RAW_HOLD};
    struct sq_error err = {0};
    struct sq_wakeup stop;
    ck_assert_int_eq(sq_wakeup_init(&stop, &err), SQ_OK);
    live_world()->stop_fd = stop.fd;
    live_world_start_at(answer_same, &answer, 0);
    carrier_driver_send(driver(), 0, 1, false);
    wait_for("connected");
    while (n_requests() == 0) {
        usleep(100);
    }
    sq_wakeup_ring(&stop);
    struct sq_arrival arrival = {.slot = SQ_NO_SLOT};
    const struct sq_carrier *carrier = &driver()->carrier;
    ck_assert_int_eq(carrier->does->wait(carrier->self, driver()->now + PATIENCE, SQ_NO_SLOT,
                                         &driver()->now, &arrival, &err),
                     SQ_INTERRUPTED);
    carrier_driver_cancel(driver(), 0);
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    live_world_stop();
    sq_wakeup_clear(&stop);
}
END_TEST

/* Many */

/* Holds everybody until the last one came, then answers all. */
static struct raw_answer answer_all_at_once(const struct raw_request *request, void *context)
{
    (void)request;
    struct raw_answer answer = *(const struct raw_answer *)context;
    bool last = n_requests() == MANY;
    answer.release = last;
    answer.ending = last ? RAW_KEEP : RAW_HOLD;
    return answer;
}

START_TEST(test_transfers_when_500_are_in_flight_then_all_end_and_all_are_billed)
{
    struct raw_answer answer = {0};
    live_world_start(answer_all_at_once, &answer);
    answer.parts[0] = live_world_plain();
    for (uint32_t i = 0; i < MANY; i++) {
        carrier_driver_send(driver(), i, 100 + i, false);
    }
    ck_assert(carrier_driver_finish(driver(), PATIENCE));
    ck_assert_uint_eq(n_requests(), MANY);
    ck_assert_uint_eq(n_connections(), MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        ck_assert_str_eq(carrier_driver_log(driver(), i), GOOD_PLAIN);
        ck_assert_uint_eq(slot(i)->n_billed, 1);
    }
    live_world_stop();
}
END_TEST

START_TEST(test_descriptors_when_none_is_left_then_the_run_ends_and_no_class_is_made)
{
    struct raw_answer answer = {.ending = RAW_HOLD};
    struct sq_error err = {0};
    live_world_start(answer_same, &answer);
    carrier_driver_send(driver(), 0, 1, false);
    wait_for("connected");
    int spare = dup(0);
    close(spare);
    struct rlimit limit = {.rlim_cur = (rlim_t)spare, .rlim_max = (rlim_t)spare};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    carrier_driver_send(driver(), 1, 2, false);
    struct sq_arrival arrival = {.slot = SQ_NO_SLOT};
    const struct sq_carrier *carrier = &driver()->carrier;
    enum sq_status status = SQ_OK;
    for (int i = 0; i < 10 && status == SQ_OK; i++) {
        status = carrier->does->wait(carrier->self, driver()->now + 10 * SQ_MS, SQ_NO_SLOT,
                                     &driver()->now, &arrival, &err);
    }
    ck_assert_int_eq(status, SQ_LIMIT);
    ck_assert_str_eq(err.text, "cannot connect to the provider: too many open files");
    live_world_stop();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("live");
    TCase *cases = tcase_create("carrier");
    tcase_add_test(cases, test_send_when_an_attempt_leaves_then_the_far_side_can_read_and_name_it);
    tcase_add_test(cases, test_send_when_the_question_has_a_text_then_it_is_what_goes_out);
    tcase_add_test(
        cases, test_connections_when_a_thousand_attempts_follow_each_other_then_they_are_reused);
    tcase_add_test(cases,
                   test_connection_when_it_dies_just_as_it_is_reused_then_nothing_is_sent_twice);
    tcase_add_test(cases, test_port_when_nobody_listens_then_refused_and_nothing_is_owed);
    tcase_add_test(cases,
                   test_cancel_when_nothing_has_left_then_the_bill_is_nothing_and_comes_at_once);
    tcase_add_test(cases, test_cancel_when_the_request_has_left_half_then_the_bill_is_nothing);
    tcase_add_test(cases, test_cancel_when_in_any_phase_then_billed_once_and_the_slot_goes_on);
    tcase_add_test(cases, test_cancel_when_the_end_is_known_but_not_told_then_only_the_bill_comes);
    tcase_add_test(cases, test_bill_when_it_comes_after_the_end_then_it_comes_alone_and_once);
    tcase_add_test(cases, test_progress_when_the_head_is_due_then_only_unknown_bytes_are_told);
    tcase_add_test(cases, test_wait_when_nothing_comes_then_it_ends_not_before_its_time);
    tcase_add_test(cases, test_stop_when_the_descriptor_is_readable_then_interrupted_once);
    tcase_add_test(cases, test_transfers_when_500_are_in_flight_then_all_end_and_all_are_billed);
    tcase_add_test(cases,
                   test_descriptors_when_none_is_left_then_the_run_ends_and_no_class_is_made);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: MIT */
/* A live transfer and its bill without a network: bytes in, news out. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/live/foreign_int.h"
#include "tests/support/memory_torture.h"
#include "tests/support/small_scenario.h"

#define CHUNK ((size_t)1 << 20)

static struct small_scenario *small;
static struct sq_contracts contracts;
static struct sq_live_inbox inbox;
static struct sq_live_transfer transfers[2];
static struct sq_live_foreign *foreign;

static void set_up(void)
{
    small = small_scenario_new();
    sq_contracts_init(&contracts, &small->scenario, &small->policy);
    inbox = (struct sq_live_inbox){.contracts = &contracts};
}

static void tear_down(void)
{
    sq_memory_torture_fail(0);
    sq_live_transfer_clear(&transfers[0]);
    sq_live_transfer_clear(&transfers[1]);
    sq_live_foreign_free(foreign);
    foreign = NULL;
    small_scenario_free(small);
}

static struct sq_live_transfer *begin(uint32_t which, bool stream)
{
    struct sq_attempt attempt = {
        .call = 1 + which, .attempt = 1, .stream = stream, .input_tokens = 100, .output_tokens = 5};
    sq_live_transfer_begin(&transfers[which], &inbox, sq_dialect_row(SQ_DIALECT_OPENAI), &attempt);
    return &transfers[which];
}

static void header(struct sq_live_transfer *transfer, const char *line)
{
    sq_live_transfer_header(transfer, line, strlen(line));
}

static void body(struct sq_live_transfer *transfer, const char *bytes)
{
    sq_live_transfer_body(transfer, bytes, strlen(bytes));
}

static struct sq_event done(struct sq_live_transfer *transfer, enum sq_live_end end)
{
    struct sq_event event;
    sq_live_transfer_end(transfer, end);
    do {
        ck_assert_ptr_eq(sq_live_inbox_take(&inbox, &event), transfer);
    } while (transfer->under_way);
    return event;
}

START_TEST(test_header_when_spaced_in_any_way_then_its_value_is_read)
{
    static const char *const lines[] = {
        "Content-Type:text/plain", "content-type: \t text/plain\r\n", "CONTENT-TYPE:text/plain\t\n",
        "content-type:text/plain \r"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct sq_live_transfer *transfer = begin(0, false);
        header(transfer, lines[i]);
        ck_assert(transfer->has_content_type);
        ck_assert_str_eq(transfer->content_type, "text/plain");
        sq_live_transfer_drop(transfer);
    }
}
END_TEST

START_TEST(test_header_when_it_is_another_or_too_long_or_late_then_not_the_content_type)
{
    char line[SQ_LIVE_HEADER_BYTES_MAX + 1];
    struct sq_live_transfer *transfer = begin(0, false);
    memset(line, 'a', sizeof line);
    memcpy(line, "content-type:", sizeof "content-type:" - 1);
    sq_live_transfer_header(transfer, line, SQ_LIVE_HEADER_BYTES_MAX);
    header(transfer, "content-type-options: nosniff");
    header(transfer, "content-typo: text/plain");
    header(transfer, "content-type text/plain");
    header(transfer, "\r\n");
    header(transfer, "");
    ck_assert(!transfer->has_content_type);
    sq_live_transfer_header(transfer, line, SQ_LIVE_HEADER_BYTES_MAX - 1);
    ck_assert(transfer->has_content_type);
    transfer->has_content_type = false;
    sq_live_transfer_headers_complete(transfer, 100);
    ck_assert(!transfer->headers_complete);
    sq_live_transfer_headers_complete(transfer, 200);
    sq_live_transfer_headers_complete(transfer, 500);
    ck_assert_uint_eq(transfer->status, 200);
    header(transfer, "content-type: text/plain");
    ck_assert(!transfer->has_content_type);
}
END_TEST

START_TEST(test_hint_when_its_name_is_cut_or_its_value_too_long_then_not_taken)
{
    struct sq_live_transfer *transfer = begin(0, false);
    char line[80] = "retry-after: ";
    memset(line + strlen(line), '1', 60);
    header(transfer, "retry: 5");
    header(transfer, line);
    ck_assert_str_eq(transfer->hints.retry_after, "");
    header(transfer, "Retry-After: 5");
    ck_assert_str_eq(transfer->hints.retry_after, "5");
}
END_TEST

START_TEST(test_stream_when_no_type_is_said_then_it_is_read_as_one)
{
    struct sq_live_transfer *transfer = begin(0, true);
    ck_assert(sq_live_transfer_sending(transfer));
    sq_live_transfer_headers_complete(transfer, 200);
    body(transfer, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},"
                   "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    struct sq_event event = done(transfer, SQ_LIVE_END_CLOSED);
    ck_assert_int_eq(transfer->transport, SQ_TRANSPORT_OK);
    ck_assert_int_eq(transfer->reading.klass, SQ_CLASS_NONE);
    ck_assert_int_eq(event.attempt, 1);
}
END_TEST

START_TEST(test_end_when_nothing_was_sent_then_how_it_ended_is_the_transport)
{
    static const struct {
        enum sq_live_end end;
        enum sq_transport transport;
    } rows[] = {{SQ_LIVE_END_DNS, SQ_TRANSPORT_DNS},
                {SQ_LIVE_END_REFUSED, SQ_TRANSPORT_REFUSED},
                {SQ_LIVE_END_TLS, SQ_TRANSPORT_TLS},
                {SQ_LIVE_END_RESET, SQ_TRANSPORT_RESET},
                {SQ_LIVE_END_CLOSED, SQ_TRANSPORT_RESET}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sq_live_transfer *transfer = begin(0, false);
        (void)done(transfer, rows[i].end);
        ck_assert_int_eq(transfer->transport, rows[i].transport);
    }
}
END_TEST

START_TEST(test_answer_when_longer_than_is_kept_then_malformed)
{
    struct sq_live_transfer *transfer = begin(0, false);
    char *chunk = calloc(1, CHUNK);
    memset(chunk, ' ', CHUNK);
    ck_assert(sq_live_transfer_sending(transfer));
    sq_live_transfer_headers_complete(transfer, 200);
    for (size_t bytes = 0; bytes < SQ_LIVE_BODY_BYTES_MAX; bytes += CHUNK) {
        sq_live_transfer_body(transfer, chunk, CHUNK);
    }
    ck_assert(!transfer->overlong);
    sq_live_transfer_body(transfer, chunk, 1);
    ck_assert(transfer->overlong);
    sq_live_transfer_body(transfer, chunk, 1);
    ck_assert_uint_eq(transfer->body.length, SQ_LIVE_BODY_BYTES_MAX);
    (void)done(transfer, SQ_LIVE_END_COMPLETE);
    ck_assert_int_eq(transfer->reading.klass, SQ_CLASS_MALFORMED);
    ck_assert_int_eq(inbox.status, SQ_OK);
    free(chunk);
}
END_TEST

START_TEST(test_answer_when_memory_runs_out_then_the_inbox_says_so_once)
{
    struct sq_live_transfer *plain = begin(0, false);
    struct sq_live_transfer *stream = begin(1, true);
    sq_live_transfer_headers_complete(plain, 200);
    sq_live_transfer_headers_complete(stream, 200);
    sq_memory_torture_fail_from(1);
    body(plain, "{}");
    ck_assert_int_eq(inbox.status, SQ_NO_MEMORY);
    ck_assert_str_eq(inbox.err.text, "cannot read an answer: out of memory");
    body(stream, "data: {}\n");
    sq_live_inbox_fail(&inbox, SQ_ENVIRONMENT, "later", "another");
    ck_assert_str_eq(inbox.err.text, "cannot read an answer: out of memory");
    inbox.status = SQ_OK;
    body(stream, "data: {}\n\n");
    ck_assert_int_eq(inbox.status, SQ_NO_MEMORY);
}
END_TEST

/* The second of two with news is given up. */
START_TEST(test_drop_when_another_came_before_then_that_one_stays)
{
    struct sq_event event;
    struct sq_live_transfer *first = begin(0, false);
    struct sq_live_transfer *second = begin(1, false);
    sq_live_transfer_headers_complete(first, 200);
    sq_live_transfer_headers_complete(second, 200);
    sq_live_transfer_drop(second);
    ck_assert_ptr_eq(sq_live_inbox_take(&inbox, &event), first);
    ck_assert_ptr_null(inbox.first);
    ck_assert_ptr_null(inbox.last);
}
END_TEST

/* ---- somebody else's endpoints ---- */

static enum sq_status aim_at(const char *url, const char *key)
{
    struct sq_error err = {0};
    struct sq_live_targets targets = {.url = {url}, .key = {key}};
    return sq_live_foreign_new(&small->scenario, &targets, &foreign, &err);
}

static const char *url_of(const char *base)
{
    static char url[SQ_LIVE_URL_BYTES];
    struct sq_live_request request = {0};
    sq_live_foreign_free(foreign);
    foreign = NULL;
    ck_assert_int_eq(aim_at(base, NULL), SQ_OK);
    sq_live_foreign_address(foreign, 0, &request);
    ck_assert(request.foreign);
    ck_assert_ptr_null(request.authorization);
    sq_live_set_text(url, sizeof url, "%s", request.url);
    return url;
}

START_TEST(test_target_when_it_has_no_path_then_gets_the_dialect_s)
{
    ck_assert_str_eq(url_of("http://host:1"), "http://host:1/v1/chat/completions");
    ck_assert_str_eq(url_of("http://host:1/api"), "http://host:1/api/chat/completions");
    ck_assert_str_eq(url_of("host"), "host/chat/completions");
}
END_TEST

START_TEST(test_target_when_memory_runs_out_then_said_and_nothing_is_lost)
{
    size_t live = sq_memory_torture_live();
    for (size_t nth = 1; nth <= 2; nth++) {
        sq_memory_torture_fail(nth);
        ck_assert_int_eq(aim_at("http://host", "secret"), SQ_NO_MEMORY);
        ck_assert_ptr_null(foreign);
        ck_assert_uint_eq(sq_memory_torture_live(), live);
    }
    sq_memory_torture_fail(3);
    ck_assert_int_eq(aim_at("http://host", "secret"), SQ_OK);
}
END_TEST

static struct sq_bill bill_of(struct sq_live_transfer *transfer)
{
    struct sq_error err = {0};
    struct sq_live_bills bills;
    struct sq_arrival arrival = {0};
    sq_live_bills_init(&bills);
    ck_assert_int_eq(sq_live_bills_open(&bills, &transfer->attempt, &err), SQ_OK);
    sq_live_foreign_over(foreign, transfer, &bills);
    sq_live_bills_over(&bills, transfer->attempt.call, transfer->attempt.attempt, true, &arrival);
    ck_assert(arrival.billed);
    sq_live_bills_clear(&bills);
    return arrival.bill;
}

START_TEST(test_bill_when_the_answer_says_nothing_then_guessed_where_one_was_given)
{
    struct sq_live_transfer *transfer = begin(0, false);
    ck_assert_int_eq(aim_at("http://host", NULL), SQ_OK);
    ck_assert_uint_eq(bill_of(transfer).input_tokens, 0);
    ck_assert(sq_live_transfer_sending(transfer));
    ck_assert_uint_eq(bill_of(transfer).input_tokens, 100);
    sq_live_transfer_headers_complete(transfer, 200);
    body(transfer, "12345");
    ck_assert_uint_eq(bill_of(transfer).output_tokens, 2);
    transfer->usage = (struct sq_usage){.given = true, .input_tokens = 7, .output_tokens = 8};
    ck_assert_uint_eq(bill_of(transfer).output_tokens, 8);
    sq_live_transfer_drop(transfer);
    transfer = begin(0, true);
    ck_assert(sq_live_transfer_sending(transfer));
    sq_live_transfer_headers_complete(transfer, 200);
    transfer->stream.content_bytes = 8;
    ck_assert_uint_eq(bill_of(transfer).output_tokens, 2);
    transfer->stream.content_bytes = UINT64_MAX;
    ck_assert_uint_eq(bill_of(transfer).output_tokens, UINT32_MAX);
    sq_live_transfer_drop(transfer);
    transfer = begin(0, false);
    ck_assert(sq_live_transfer_sending(transfer));
    sq_live_transfer_headers_complete(transfer, 429);
    ck_assert_uint_eq(bill_of(transfer).input_tokens, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transfer");
    TCase *tests = tcase_create("transfer");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_header_when_spaced_in_any_way_then_its_value_is_read);
    tcase_add_test(tests,
                   test_header_when_it_is_another_or_too_long_or_late_then_not_the_content_type);
    tcase_add_test(tests, test_hint_when_its_name_is_cut_or_its_value_too_long_then_not_taken);
    tcase_add_test(tests, test_stream_when_no_type_is_said_then_it_is_read_as_one);
    tcase_add_test(tests, test_end_when_nothing_was_sent_then_how_it_ended_is_the_transport);
    tcase_add_test(tests, test_answer_when_longer_than_is_kept_then_malformed);
    tcase_add_test(tests, test_answer_when_memory_runs_out_then_the_inbox_says_so_once);
    tcase_add_test(tests, test_drop_when_another_came_before_then_that_one_stays);
    tcase_add_test(tests, test_target_when_it_has_no_path_then_gets_the_dialect_s);
    tcase_add_test(tests, test_target_when_memory_runs_out_then_said_and_nothing_is_lost);
    tcase_add_test(tests, test_bill_when_the_answer_says_nothing_then_guessed_where_one_was_given);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

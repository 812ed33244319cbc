/* SPDX-License-Identifier: MIT */
/* Histograms: bucket bounds over every octave, exact sums, merging, and the promised error of
 * quantiles against sorted values. */
#include "base/histogram.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/draw.h"

/* On the heap: too large for a stack with a sanitizer's guards around. */
static struct sq_histogram *new_histogram(void)
{
    struct sq_histogram *histogram = calloc(1, sizeof(*histogram));
    ck_assert_ptr_nonnull(histogram);
    return histogram;
}

/* Keyed values of all sizes. */
static int64_t any_value(uint64_t subject)
{
    struct sq_draw draw = sq_draw_block(3, SQ_DRAW_RULE, subject, 0, 0);
    uint64_t bits = (uint64_t)draw.lane[0] << 32 | draw.lane[1];
    return (int64_t)(bits >> 1 >> (draw.lane[2] % 50));
}

START_TEST(test_index_when_value_is_small_then_is_the_value)
{
    for (int64_t value = 0; value < 256; value++) {
        ck_assert_uint_eq(sq_histogram_index(value), (uint32_t)value);
        ck_assert_int_eq(sq_histogram_lower((uint32_t)value), value);
    }
    ck_assert_uint_eq(sq_histogram_index(256), 256);
    ck_assert_uint_eq(sq_histogram_index(257), 256);
    ck_assert_uint_eq(sq_histogram_index(258), 257);
}
END_TEST

START_TEST(test_index_when_bucket_is_any_then_lower_bound_is_exact)
{
    for (uint32_t i = 0; i < SQ_HISTOGRAM_BUCKETS; i++) {
        int64_t lower = sq_histogram_lower(i);
        ck_assert_uint_eq(sq_histogram_index(lower), i);
        if (i > 0) {
            ck_assert_uint_eq(sq_histogram_index(lower - 1), i - 1);
        }
    }
}
END_TEST

START_TEST(test_index_when_value_is_largest_then_is_the_last_bucket)
{
    ck_assert_uint_eq(sq_histogram_index(INT64_MAX), SQ_HISTOGRAM_BUCKETS - 1);
}
END_TEST

START_TEST(test_lower_when_bucket_is_any_then_is_at_most_one_128th_wide)
{
    for (uint32_t i = SQ_HISTOGRAM_SUB_BUCKETS; i + 1 < SQ_HISTOGRAM_BUCKETS; i++) {
        int64_t width = sq_histogram_lower(i + 1) - sq_histogram_lower(i);
        ck_assert_int_le(width, sq_histogram_lower(i) / SQ_HISTOGRAM_SUB_BUCKETS);
    }
}
END_TEST

START_TEST(test_index_when_value_is_negative_then_is_our_bug)
{
    (void)sq_histogram_index(-1);
}
END_TEST

START_TEST(test_lower_when_there_is_no_such_bucket_then_is_our_bug)
{
    (void)sq_histogram_lower(SQ_HISTOGRAM_BUCKETS);
}
END_TEST

START_TEST(test_histogram_when_empty_then_answers_zero)
{
    struct sq_histogram *histogram = new_histogram();
    ck_assert_int_eq(sq_histogram_quantile(histogram, 500000), 0);
    ck_assert_int_eq(sq_histogram_mean(histogram), 0);
    ck_assert_uint_eq(sq_histogram_count_to(histogram, INT64_MAX), 0);
    free(histogram);
}
END_TEST

START_TEST(test_record_when_values_are_extreme_then_count_sum_and_bounds_are_exact)
{
    struct sq_histogram *histogram = new_histogram();
    sq_histogram_record(histogram, INT64_MAX);
    sq_histogram_record(histogram, INT64_MAX);
    sq_histogram_record(histogram, INT64_MAX);
    ck_assert_int_eq(histogram->min, INT64_MAX);
    sq_histogram_record(histogram, 0);
    ck_assert_uint_eq(histogram->count, 4);
    ck_assert(histogram->sum == (sq_uint128)INT64_MAX * 3);
    ck_assert_int_eq(histogram->min, 0);
    ck_assert_int_eq(histogram->max, INT64_MAX);
    ck_assert_int_eq(sq_histogram_mean(histogram), INT64_C(6917529027641081855));
    free(histogram);
}
END_TEST

START_TEST(test_mean_when_not_whole_then_is_rounded_to_nearest)
{
    struct sq_histogram *histogram = new_histogram();
    sq_histogram_record(histogram, 1);
    sq_histogram_record(histogram, 1);
    sq_histogram_record(histogram, 2);
    ck_assert_int_eq(sq_histogram_mean(histogram), 1);
    sq_histogram_record(histogram, 2);
    ck_assert_int_eq(sq_histogram_mean(histogram), 2);
    free(histogram);
}
END_TEST

START_TEST(test_quantile_when_values_are_small_then_is_the_value_at_the_rank)
{
    struct sq_histogram *histogram = new_histogram();
    for (int64_t value = 1; value <= 100; value++) {
        sq_histogram_record(histogram, value);
    }
    ck_assert_int_eq(sq_histogram_quantile(histogram, 0), 1);
    ck_assert_int_eq(sq_histogram_quantile(histogram, 500000), 50);
    ck_assert_int_eq(sq_histogram_quantile(histogram, 500001), 51);
    ck_assert_int_eq(sq_histogram_quantile(histogram, 990000), 99);
    ck_assert_int_eq(sq_histogram_quantile(histogram, 999000), 100);
    ck_assert_int_eq(sq_histogram_quantile(histogram, 1000000), 100);
    free(histogram);
}
END_TEST

START_TEST(test_quantile_when_a_bucket_has_no_middle_then_is_the_value_below_it)
{
    struct sq_histogram *histogram = new_histogram();
    sq_histogram_record(histogram, 257); /* the bucket of 256 and 257 */
    sq_histogram_record(histogram, 514); /* that of 512 to 515 */
    sq_histogram_record(histogram, 0);
    sq_histogram_record(histogram, 1000);
    ck_assert_int_eq(sq_histogram_quantile(histogram, 500000), 256);
    ck_assert_int_eq(sq_histogram_quantile(histogram, 750000), 513);
    free(histogram);
}
END_TEST

START_TEST(test_quantile_when_all_values_are_equal_then_is_exact)
{
    struct sq_histogram *histogram = new_histogram();
    sq_histogram_record(histogram, 1000000007);
    sq_histogram_record(histogram, 1000000007);
    ck_assert_int_eq(sq_histogram_quantile(histogram, 500000), 1000000007);
    free(histogram);
}
END_TEST

START_TEST(test_quantile_when_share_is_above_one_then_is_our_bug)
{
    struct sq_histogram histogram = {0};
    (void)sq_histogram_quantile(&histogram, 1000001);
}
END_TEST

static int compare_values(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

START_TEST(test_quantile_when_values_are_of_all_sizes_then_error_is_below_the_promise)
{
    enum { VALUES = 20000 };
    int64_t *values = calloc(VALUES, sizeof(*values));
    ck_assert_ptr_nonnull(values);
    struct sq_histogram *histogram = new_histogram();
    for (uint64_t i = 0; i < VALUES; i++) {
        values[i] = any_value(i);
        sq_histogram_record(histogram, values[i]);
    }
    qsort(values, VALUES, sizeof(values[0]), compare_values);
    for (uint32_t per_million = 0; per_million <= 1000000; per_million += 1250) {
        uint64_t rank = ((uint64_t)VALUES * per_million + 999999) / 1000000;
        int64_t exact = values[rank == 0 ? 0 : rank - 1];
        int64_t error = sq_histogram_quantile(histogram, per_million) - exact;
        ck_assert_int_le(llabs(error), exact / 255);
    }
    free(values);
    free(histogram);
}
END_TEST

START_TEST(test_merge_when_values_were_split_then_equals_one_histogram)
{
    struct sq_histogram *single = new_histogram();
    struct sq_histogram *parts[3] = {new_histogram(), new_histogram(), new_histogram()};
    for (uint64_t i = 0; i < 3000; i++) {
        sq_histogram_record(single, any_value(i));
        sq_histogram_record(parts[i % 3], any_value(i));
    }
    struct sq_histogram *merged = new_histogram();
    for (int i = 2; i >= 0; i--) {
        sq_histogram_merge(merged, parts[i]);
        free(parts[i]);
    }
    ck_assert_uint_eq(merged->count, 3000);
    ck_assert(merged->sum == single->sum);
    ck_assert_int_eq(merged->min, single->min);
    ck_assert_int_eq(merged->max, single->max);
    ck_assert(memcmp(merged->bucket, single->bucket, sizeof(single->bucket)) == 0);
    free(merged);
    free(single);
}
END_TEST

START_TEST(test_merge_when_one_is_empty_then_bounds_come_from_the_other)
{
    struct sq_histogram *full = new_histogram();
    struct sq_histogram *empty = new_histogram();
    sq_histogram_record(full, 5);
    sq_histogram_merge(full, empty);
    ck_assert_int_eq(full->min, 5);
    ck_assert_int_eq(full->max, 5);
    sq_histogram_merge(empty, full);
    ck_assert_int_eq(empty->min, 5);
    ck_assert_int_eq(empty->max, 5);
    ck_assert_uint_eq(empty->count, 1);
    free(empty);
    free(full);
}
END_TEST

START_TEST(test_count_to_when_asked_then_counts_up_to_the_bucket)
{
    struct sq_histogram *histogram = new_histogram();
    sq_histogram_record(histogram, 10);
    sq_histogram_record(histogram, 20);
    sq_histogram_record(histogram, 1000);
    ck_assert_uint_eq(sq_histogram_count_to(histogram, 9), 0);
    ck_assert_uint_eq(sq_histogram_count_to(histogram, 10), 1);
    ck_assert_uint_eq(sq_histogram_count_to(histogram, 20), 2);
    ck_assert_uint_eq(sq_histogram_count_to(histogram, 999), 2);
    ck_assert_uint_eq(sq_histogram_count_to(histogram, 1000), 3);
    ck_assert_uint_eq(sq_histogram_count_to(histogram, INT64_MAX), 3);
    free(histogram);
}
END_TEST

static TCase *bucket_case(void)
{
    TCase *tcase = tcase_create("buckets");
    tcase_add_test(tcase, test_index_when_value_is_small_then_is_the_value);
    tcase_add_test(tcase, test_index_when_bucket_is_any_then_lower_bound_is_exact);
    tcase_add_test(tcase, test_index_when_value_is_largest_then_is_the_last_bucket);
    tcase_add_test(tcase, test_lower_when_bucket_is_any_then_is_at_most_one_128th_wide);
    tcase_add_exit_test(tcase, test_index_when_value_is_negative_then_is_our_bug, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tcase, test_lower_when_there_is_no_such_bucket_then_is_our_bug,
                        SQ_EXIT_OUR_BUG);
    return tcase;
}

static TCase *value_case(void)
{
    TCase *tcase = tcase_create("values");
    tcase_add_test(tcase, test_histogram_when_empty_then_answers_zero);
    tcase_add_test(tcase, test_record_when_values_are_extreme_then_count_sum_and_bounds_are_exact);
    tcase_add_test(tcase, test_mean_when_not_whole_then_is_rounded_to_nearest);
    tcase_add_test(tcase, test_quantile_when_values_are_small_then_is_the_value_at_the_rank);
    tcase_add_test(tcase, test_quantile_when_a_bucket_has_no_middle_then_is_the_value_below_it);
    tcase_add_test(tcase, test_quantile_when_all_values_are_equal_then_is_exact);
    tcase_add_exit_test(tcase, test_quantile_when_share_is_above_one_then_is_our_bug,
                        SQ_EXIT_OUR_BUG);
    tcase_add_test(tcase,
                   test_quantile_when_values_are_of_all_sizes_then_error_is_below_the_promise);
    tcase_add_test(tcase, test_merge_when_values_were_split_then_equals_one_histogram);
    tcase_add_test(tcase, test_merge_when_one_is_empty_then_bounds_come_from_the_other);
    tcase_add_test(tcase, test_count_to_when_asked_then_counts_up_to_the_bucket);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("histogram");
    suite_add_tcase(suite, bucket_case());
    suite_add_tcase(suite, value_case());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

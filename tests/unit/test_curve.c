/* SPDX-License-Identifier: MIT */
/* Curves: areas against adding up exact fractions a nanosecond at a time, and the inverse against
 * the definition of "earliest". */
#include "base/curve.h"

#include <check.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/draw.h"

#define MICRO_CALLS INT64_C(1000000)

static const struct sq_curve_point ramp_points[] = {{10, 4}, {14, 12}, {20, 0}, {30, 0}, {31, 3}};
static const struct sq_curve ramp = {.points = ramp_points, .n_points = 5};

static const struct sq_curve_point silence_points[] = {{0, 6}, {4, 6}, {8, 0}};
static const struct sq_curve silence = {.points = silence_points, .n_points = 3};

START_TEST(test_value_when_outside_the_points_then_is_the_nearest_one)
{
    ck_assert_int_eq(sq_curve_value(&ramp, INT64_MIN), 4);
    ck_assert_int_eq(sq_curve_value(&ramp, 0), 4);
    ck_assert_int_eq(sq_curve_value(&ramp, 9), 4);
    ck_assert_int_eq(sq_curve_value(&ramp, 31), 3);
    ck_assert_int_eq(sq_curve_value(&ramp, INT64_MAX), 3);
}
END_TEST

START_TEST(test_value_when_between_points_then_is_on_the_line)
{
    ck_assert_int_eq(sq_curve_value(&ramp, 10), 4);
    ck_assert_int_eq(sq_curve_value(&ramp, 11), 6);
    ck_assert_int_eq(sq_curve_value(&ramp, 14), 12);
    ck_assert_int_eq(sq_curve_value(&ramp, 19), 2);
    ck_assert_int_eq(sq_curve_value(&ramp, 20), 0);
    ck_assert_int_eq(sq_curve_value(&ramp, 25), 0);
}
END_TEST

START_TEST(test_value_when_not_whole_then_is_rounded_to_nearest)
{
    const struct sq_curve_point points[] = {{0, 0}, {4, 1}, {8, -1}};
    const struct sq_curve curve = {.points = points, .n_points = 3};
    ck_assert_int_eq(sq_curve_value(&curve, 1), 0);
    ck_assert_int_eq(sq_curve_value(&curve, 2), 1);
    ck_assert_int_eq(sq_curve_value(&curve, 7), -1);
}
END_TEST

START_TEST(test_area_when_offsets_are_few_then_is_the_sum_of_trapezoids)
{
    const uint64_t expected[][2] = {{0, 0},    {10, 40},  {11, 45},  {14, 72},  {15, 83},
                                    {20, 108}, {30, 108}, {31, 109}, {32, 112}, {33, 115}};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        ck_assert_uint_eq((uint64_t)sq_curve_area(&ramp, (sq_dur)expected[i][0]), expected[i][1]);
    }
}
END_TEST

START_TEST(test_area_when_largest_then_does_not_overflow)
{
    const struct sq_curve_point points[] = {{0, 0}, {SQ_CURVE_OFFSET_MAX, SQ_CURVE_VALUE_MAX}};
    const struct sq_curve up = {.points = points, .n_points = 2};
    ck_assert(sq_curve_area(&up, SQ_CURVE_OFFSET_MAX) == (sq_uint128)1 << 99);
    ck_assert(sq_curve_area(&up, SQ_CURVE_OFFSET_MAX / 2) == (sq_uint128)1 << 97);
    const struct sq_curve_point falling[] = {{0, SQ_CURVE_VALUE_MAX}, {SQ_CURVE_OFFSET_MAX, 0}};
    const struct sq_curve down = {.points = falling, .n_points = 2};
    ck_assert(sq_curve_area(&down, SQ_CURVE_OFFSET_MAX / 2) == (sq_uint128)3 << 97);
    ck_assert_int_eq(sq_curve_reaches(&up, (sq_uint128)1 << 97), SQ_CURVE_OFFSET_MAX / 2);
    ck_assert_int_eq(sq_curve_reaches(&down, (sq_uint128)3 << 97), SQ_CURVE_OFFSET_MAX / 2);
    ck_assert_int_eq(sq_curve_reaches(&down, (sq_uint128)1 << 99), SQ_CURVE_OFFSET_MAX);
    ck_assert_int_eq(sq_curve_reaches(&down, ((sq_uint128)1 << 99) + 1), SQ_NEVER);
}
END_TEST

START_TEST(test_area_when_value_is_negative_then_is_our_bug)
{
    const struct sq_curve_point points[] = {{0, -1}};
    (void)sq_curve_area(&(struct sq_curve){.points = points, .n_points = 1}, 5);
}
END_TEST

START_TEST(test_area_when_offset_is_negative_then_is_our_bug)
{
    (void)sq_curve_area(&ramp, -1);
}
END_TEST

START_TEST(test_reaches_when_area_is_zero_then_is_the_start)
{
    ck_assert_int_eq(sq_curve_reaches(&ramp, 0), 0);
    ck_assert_int_eq(sq_curve_reaches(&silence, 0), 0);
}
END_TEST

START_TEST(test_reaches_when_curve_ends_in_silence_then_is_never)
{
    ck_assert_int_eq(sq_curve_reaches(&silence, 24), 4);
    ck_assert_int_eq(sq_curve_reaches(&silence, 35), 7);
    ck_assert_int_eq(sq_curve_reaches(&silence, 36), 8);
    ck_assert_int_eq(sq_curve_reaches(&silence, 37), SQ_NEVER);
    ck_assert_int_eq(sq_curve_reaches(&silence, ~(sq_uint128)0), SQ_NEVER);
}
END_TEST

START_TEST(test_reaches_when_value_stays_then_grows_for_ever)
{
    ck_assert_int_eq(sq_curve_reaches(&ramp, 109), 31);
    ck_assert_int_eq(sq_curve_reaches(&ramp, 110), 32);
    ck_assert_int_eq(sq_curve_reaches(&ramp, 112), 32);
    ck_assert_int_eq(sq_curve_reaches(&ramp, 109 + 3 * (sq_uint128)1000000000), 1000000031);
    ck_assert_int_eq(sq_curve_reaches(&ramp, (sq_uint128)1 << 70), SQ_NEVER);
}
END_TEST

/* Twice the area, times `length`, is a whole number on each piece: added up a nanosecond at a time.
 * All pieces of a keyed curve have this length. */
enum { PIECE_LENGTH = 13, N_POINTS = 6 };

static struct sq_curve keyed_curve(struct sq_curve_point points[N_POINTS], uint64_t nth)
{
    for (uint32_t i = 0; i < N_POINTS; i++) {
        struct sq_draw draw = sq_draw_block(5, SQ_DRAW_RULE, nth, i, 0);
        int64_t value = draw.lane[0] % 4 == 0 ? 0 : sq_draw_below(draw.lane[1], 40);
        points[i] =
            (struct sq_curve_point){.offset = PIECE_LENGTH * (1 + (sq_dur)i), .value = value};
    }
    return (struct sq_curve){.points = points, .n_points = N_POINTS};
}

/* The exact value times PIECE_LENGTH. */
static int64_t scaled_value(const struct sq_curve *curve, sq_dur offset)
{
    sq_dur piece = offset / PIECE_LENGTH;
    if (piece < 1) {
        return curve->points[0].value * PIECE_LENGTH;
    }
    if (piece >= N_POINTS) {
        return curve->points[N_POINTS - 1].value * PIECE_LENGTH;
    }
    sq_dur t = offset % PIECE_LENGTH;
    return curve->points[piece - 1].value * (PIECE_LENGTH - t) + curve->points[piece].value * t;
}

START_TEST(test_curve_when_walked_by_nanoseconds_then_area_and_inverse_are_exact)
{
    for (uint64_t nth = 0; nth < 300; nth++) {
        struct sq_curve_point points[N_POINTS];
        struct sq_curve curve = keyed_curve(points, nth);
        int64_t scaled_twice = 0;
        sq_uint128 reached = 0;
        for (sq_dur offset = 0; offset < (N_POINTS + 2) * PIECE_LENGTH; offset++) {
            sq_uint128 area = (sq_uint128)(scaled_twice / (2 * PIECE_LENGTH));
            ck_assert(sq_curve_area(&curve, offset) == area);
            for (; reached < area; reached++) {
                ck_assert_int_eq(sq_curve_reaches(&curve, reached + 1), offset);
            }
            scaled_twice += scaled_value(&curve, offset) + scaled_value(&curve, offset + 1);
        }
    }
}
END_TEST

/* Sizes as in real runs and beyond: hours in nanoseconds, rates in micro-calls/s. */
static struct sq_curve large_curve(struct sq_curve_point points[N_POINTS], uint64_t nth)
{
    sq_dur offset = 0;
    for (uint32_t i = 0; i < N_POINTS; i++) {
        struct sq_draw draw = sq_draw_block(6, SQ_DRAW_RULE, nth, i, 0);
        offset += 1 + (sq_draw_below(draw.lane[0], INT64_C(1) << 57) >> (draw.lane[1] % 57));
        int64_t value = sq_draw_below(draw.lane[2], SQ_CURVE_VALUE_MAX) >> (draw.lane[3] % 41);
        points[i] = (struct sq_curve_point){.offset = offset, .value = value};
    }
    return (struct sq_curve){.points = points, .n_points = N_POINTS};
}

START_TEST(test_reaches_when_curves_are_of_all_sizes_then_is_the_earliest_offset)
{
    for (uint64_t nth = 0; nth < 3000; nth++) {
        struct sq_curve_point points[N_POINTS];
        struct sq_curve curve = large_curve(points, nth);
        struct sq_draw draw = sq_draw_block(6, SQ_DRAW_RULE, nth, N_POINTS, 0);
        sq_uint128 whole = sq_curve_area(&curve, points[N_POINTS - 1].offset);
        sq_uint128 area = (whole >> 32) * draw.lane[0] + 1;
        sq_dur offset = sq_curve_reaches(&curve, area);
        if (area <= whole) {
            ck_assert_int_le(offset, points[N_POINTS - 1].offset);
            ck_assert(sq_curve_area(&curve, offset) >= area);
            ck_assert(sq_curve_area(&curve, offset - 1) < area);
        }
    }
}
END_TEST

START_TEST(test_reaches_when_rate_ramps_up_then_counts_calls)
{
    /* From 0 to 100 calls/s in 100 s, then 100/s: 5,000 calls in the ramp, t = sqrt(2 n) s. */
    const struct sq_curve_point points[] = {{0, 0}, {100 * SQ_SECOND, 100 * MICRO_CALLS}};
    const struct sq_curve curve = {.points = points, .n_points = 2};
    sq_uint128 per_call = (sq_uint128)MICRO_CALLS * SQ_SECOND;
    ck_assert_int_eq(sq_curve_reaches(&curve, 2 * per_call), 2 * SQ_SECOND);
    ck_assert_int_eq(sq_curve_reaches(&curve, 50 * per_call), 10 * SQ_SECOND);
    ck_assert_int_eq(sq_curve_reaches(&curve, 1 * per_call), INT64_C(1414213563));
    ck_assert_int_eq(sq_curve_reaches(&curve, 5000 * per_call), 100 * SQ_SECOND);
    ck_assert_int_eq(sq_curve_reaches(&curve, 5001 * per_call), 100 * SQ_SECOND + 10 * SQ_MS);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("curve");
    tcase_add_test(tcase, test_value_when_outside_the_points_then_is_the_nearest_one);
    tcase_add_test(tcase, test_value_when_between_points_then_is_on_the_line);
    tcase_add_test(tcase, test_value_when_not_whole_then_is_rounded_to_nearest);
    tcase_add_test(tcase, test_area_when_offsets_are_few_then_is_the_sum_of_trapezoids);
    tcase_add_test(tcase, test_area_when_largest_then_does_not_overflow);
    tcase_add_exit_test(tcase, test_area_when_value_is_negative_then_is_our_bug, SQ_EXIT_OUR_BUG);
    tcase_add_exit_test(tcase, test_area_when_offset_is_negative_then_is_our_bug, SQ_EXIT_OUR_BUG);
    tcase_add_test(tcase, test_reaches_when_area_is_zero_then_is_the_start);
    tcase_add_test(tcase, test_reaches_when_curve_ends_in_silence_then_is_never);
    tcase_add_test(tcase, test_reaches_when_value_stays_then_grows_for_ever);
    tcase_add_test(tcase, test_curve_when_walked_by_nanoseconds_then_area_and_inverse_are_exact);
    tcase_add_test(tcase, test_reaches_when_curves_are_of_all_sizes_then_is_the_earliest_offset);
    tcase_add_test(tcase, test_reaches_when_rate_ramps_up_then_counts_calls);
    Suite *suite = suite_create("curve");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

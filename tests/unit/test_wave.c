/* SPDX-License-Identifier: MIT */
/* Waves, asked through base/curve.h as everyone does: areas against adding up exact fractions a
 * nanosecond at a time, sines against libm, the inverse against the definition of "earliest". */
#include "base/wave.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/curve.h"
#include "base/draw.h"
#include "tests/support/memory_torture.h"

#define PI    3.14159265358979323846
#define MICRO INT64_C(1000000)

struct world {
    struct sq_arena arena;
    struct sq_wave wave;
    struct sq_curve curve;
};

static void set_up(struct world *world, struct sq_wave_spec spec)
{
    struct sq_error err = {0};
    *world = (struct world){0};
    enum sq_status status = sq_wave_compile(&spec, &world->arena, &world->wave, &err);
    ck_assert_msg(status == SQ_OK, "%s", err.text);
    world->curve.wave = &world->wave;
}

static void tear_down(struct world *world)
{
    sq_arena_clear(&world->arena);
}

START_TEST(test_square_when_walked_then_is_high_for_its_duty_first)
{
    struct world world;
    set_up(&world, (struct sq_wave_spec){.kind = SQ_WAVE_SQUARE,
                                         .low = 2,
                                         .high = 10,
                                         .period = 1000,
                                         .duty_q32 = UINT64_C(1) << 30});
    ck_assert_int_eq(sq_curve_value(&world.curve, INT64_MIN), 10);
    ck_assert_int_eq(sq_curve_value(&world.curve, 0), 10);
    ck_assert_int_eq(sq_curve_value(&world.curve, 249), 10);
    ck_assert_int_eq(sq_curve_value(&world.curve, 250), 2);
    ck_assert_int_eq(sq_curve_value(&world.curve, 999), 2);
    ck_assert_int_eq(sq_curve_value(&world.curve, 1000), 10);
    ck_assert_int_eq(sq_curve_value(&world.curve, INT64_C(1000000000000000250)), 2);
    ck_assert(sq_curve_area(&world.curve, 250) == 2500);
    ck_assert(sq_curve_area(&world.curve, 1000) == 4000);
    ck_assert(sq_curve_area(&world.curve, 3100) == 13000);
    ck_assert_int_eq(sq_curve_reaches(&world.curve, 4000), 1000);
    ck_assert_int_eq(sq_curve_reaches(&world.curve, 4001), 1001);
    tear_down(&world);
}
END_TEST

START_TEST(test_square_when_duty_is_all_or_nothing_then_stays)
{
    struct world world;
    struct sq_wave_spec spec = {
        .kind = SQ_WAVE_SQUARE, .low = 0, .high = 3, .period = SQ_SECOND, .duty_q32 = 0};
    set_up(&world, spec);
    ck_assert_int_eq(sq_curve_value(&world.curve, 0), 0);
    ck_assert_int_eq(sq_curve_reaches(&world.curve, 0), 0);
    ck_assert_int_eq(sq_curve_reaches(&world.curve, 1), SQ_NEVER);
    tear_down(&world);
    spec.duty_q32 = UINT64_C(1) << 32;
    set_up(&world, spec);
    ck_assert_int_eq(sq_curve_value(&world.curve, SQ_SECOND - 1), 3);
    ck_assert(sq_curve_area(&world.curve, 5 * SQ_SECOND + 7) == 15 * (sq_uint128)SQ_SECOND + 21);
    ck_assert_int_eq(sq_curve_reaches(&world.curve, 22), 8);
    tear_down(&world);
}
END_TEST

START_TEST(test_square_when_it_would_fall_within_a_nanosecond_then_at_the_nearest)
{
    struct world world;
    struct sq_wave_spec spec = {
        .kind = SQ_WAVE_SQUARE, .low = 0, .high = 1, .period = 1001, .duty_q32 = UINT64_C(1) << 31};
    set_up(&world, spec);
    ck_assert_int_eq(sq_curve_value(&world.curve, 500), 1); /* until 500.5, so until 501 */
    ck_assert_int_eq(sq_curve_value(&world.curve, 501), 0);
    tear_down(&world);
}
END_TEST

START_TEST(test_sawtooth_when_walked_then_rises_and_falls_at_once)
{
    struct world world;
    set_up(&world, (struct sq_wave_spec){
                       .kind = SQ_WAVE_SAWTOOTH, .low = 100, .high = 200, .period = 2000});
    ck_assert_int_eq(sq_curve_value(&world.curve, 0), 100);
    ck_assert_int_eq(sq_curve_value(&world.curve, 1000), 150);
    ck_assert_int_eq(sq_curve_value(&world.curve, 1999), 200);
    ck_assert_int_eq(sq_curve_value(&world.curve, 2000), 100);
    ck_assert_int_eq(sq_curve_value(&world.curve, 1000003000), 150);
    ck_assert(sq_curve_area(&world.curve, 1000) == 125000);
    ck_assert(sq_curve_area(&world.curve, 2000) == 300000);
    ck_assert(sq_curve_area(&world.curve, 2000000001000) == 300000000125000);
    tear_down(&world);
}
END_TEST

/* The exact value times the period. */
static sq_uint128 scaled_value(const struct sq_wave_spec *spec, sq_dur t)
{
    uint64_t low = (uint64_t)spec->low;
    uint64_t rise = (uint64_t)(spec->high - spec->low);
    return (sq_uint128)low * (uint64_t)spec->period + (sq_uint128)rise * (uint64_t)t;
}

START_TEST(test_sawtooth_when_walked_by_nanoseconds_then_area_and_inverse_are_exact)
{
    for (uint64_t nth = 0; nth < 9; nth++) {
        struct sq_draw draw = sq_draw_block(7, SQ_DRAW_RULE, nth, 0, 0);
        struct sq_wave_spec spec = {.kind = SQ_WAVE_SAWTOOTH,
                                    .low = nth % 3 == 0 ? 0 : sq_draw_below(draw.lane[0], 4),
                                    .period = 1000 + sq_draw_below(draw.lane[2], 700)};
        spec.high = spec.low + sq_draw_below(draw.lane[1], 12);
        struct world world;
        set_up(&world, spec);
        sq_uint128 scaled_twice = 0;
        sq_uint128 reached = 0;
        for (sq_dur offset = 0; offset < 2 * spec.period + 500; offset++) {
            sq_uint128 area = scaled_twice / (2 * (uint64_t)spec.period);
            ck_assert(sq_curve_area(&world.curve, offset) == area);
            for (; reached < area; reached++) {
                ck_assert_int_eq(sq_curve_reaches(&world.curve, reached + 1), offset);
            }
            sq_dur t = offset % spec.period;
            scaled_twice += scaled_value(&spec, t) + scaled_value(&spec, t + 1);
        }
        tear_down(&world);
    }
}
END_TEST

START_TEST(test_sine_when_asked_then_is_that_of_libm)
{
    struct world world;
    const struct sq_wave_spec spec = {.kind = SQ_WAVE_SINE,
                                      .mean = 100 * MICRO,
                                      .amplitude = 80 * MICRO,
                                      .period = SQ_DAY,
                                      .phase = 5 * SQ_HOUR + 1};
    set_up(&world, spec);
    for (int i = 0; i < 3000; i++) {
        sq_dur offset = i * (SQ_HOUR / 7) + i;
        double angle = 2 * PI * (double)(offset + spec.phase) / (double)SQ_DAY;
        double expected = 100e6 + 80e6 * sin(angle);
        double value = (double)sq_curve_value(&world.curve, offset);
        ck_assert_msg(fabs(value - expected) <= 80e6 / 32768 + 1, "%.9g, not %.9g at %d", value,
                      expected, i);
    }
    tear_down(&world);
}
END_TEST

START_TEST(test_sine_when_phase_is_zero_then_begins_at_its_mean_and_rises)
{
    struct world world;
    set_up(&world, (struct sq_wave_spec){
                       .kind = SQ_WAVE_SINE, .mean = 1000, .amplitude = 1000, .period = SQ_HOUR});
    ck_assert_int_eq(sq_curve_value(&world.curve, -1), 1000);
    ck_assert_int_eq(sq_curve_value(&world.curve, 0), 1000);
    ck_assert_int_eq(sq_curve_value(&world.curve, SQ_HOUR / 12), 1500);
    ck_assert_int_eq(sq_curve_value(&world.curve, SQ_HOUR / 4), 2000);
    ck_assert_int_eq(sq_curve_value(&world.curve, SQ_HOUR / 2), 1000);
    ck_assert_int_eq(sq_curve_value(&world.curve, 3 * SQ_HOUR / 4), 0);
    ck_assert_int_eq(sq_curve_value(&world.curve, SQ_HOUR), 1000);
    ck_assert(sq_curve_area(&world.curve, SQ_HOUR) == 1000 * (sq_uint128)SQ_HOUR);
    ck_assert(sq_curve_area(&world.curve, 24 * SQ_HOUR) == 24000 * (sq_uint128)SQ_HOUR);
    tear_down(&world);
}
END_TEST

START_TEST(test_sine_when_integrated_then_is_the_cosine)
{
    struct world world;
    set_up(&world, (struct sq_wave_spec){.kind = SQ_WAVE_SINE,
                                         .mean = 50 * MICRO,
                                         .amplitude = 50 * MICRO,
                                         .period = SQ_DAY});
    for (int hour = 1; hour < 60; hour++) {
        double t = (double)(hour * SQ_HOUR);
        double omega = 2 * PI / (double)SQ_DAY;
        double expected = 50e6 * t + 50e6 * (1 - cos(omega * t)) / omega;
        double area = (double)sq_curve_area(&world.curve, hour * SQ_HOUR);
        ck_assert_msg(fabs(area - expected) <= 3e-5 * expected, "%.9g, not %.9g", area, expected);
    }
    tear_down(&world);
}
END_TEST

static struct sq_wave_spec keyed_wave(uint64_t nth)
{
    struct sq_draw draw = sq_draw_block(8, SQ_DRAW_RULE, nth, 0, 0);
    struct sq_draw more = sq_draw_block(8, SQ_DRAW_RULE, nth, 1, 0);
    int64_t value = 1 + (sq_draw_below(draw.lane[0], SQ_CURVE_VALUE_MAX / 2) >> (nth % 38));
    sq_dur period =
        SQ_WAVE_PERIOD_MIN + (sq_draw_below(draw.lane[1], INT64_C(1) << 58) >> (nth % 53));
    return (struct sq_wave_spec){.kind = (enum sq_wave_kind)(nth % 3),
                                 .mean = value,
                                 .amplitude = sq_draw_below(draw.lane[2], value + 1),
                                 .low = nth % 2 == 0 ? 0 : sq_draw_below(draw.lane[3], value),
                                 .high = value,
                                 .period = period,
                                 .phase = sq_draw_below(more.lane[0], period),
                                 .duty_q32 = more.lane[1]};
}

START_TEST(test_reaches_when_waves_are_of_all_sizes_then_is_the_earliest_offset)
{
    uint32_t n_checked = 0;
    for (uint64_t nth = 0; nth < 2000; nth++) {
        struct sq_wave_spec spec = keyed_wave(nth);
        struct world world;
        set_up(&world, spec);
        struct sq_draw draw = sq_draw_block(9, SQ_DRAW_RULE, nth, 0, 0);
        sq_dur end = spec.period > SQ_CURVE_OFFSET_MAX / 9 ? SQ_CURVE_OFFSET_MAX : 9 * spec.period;
        sq_uint128 whole = sq_curve_area(&world.curve, end);
        for (int i = 0; i < 4 && whole > 0; i++) {
            sq_uint128 area = (whole >> 32) * draw.lane[i] + 1;
            sq_dur offset = sq_curve_reaches(&world.curve, area);
            ck_assert_int_le(offset, end);
            ck_assert(sq_curve_area(&world.curve, offset) >= area);
            ck_assert(sq_curve_area(&world.curve, offset - 1) < area);
            n_checked += 1;
        }
        tear_down(&world);
    }
    ck_assert_uint_gt(n_checked, 7500);
}
END_TEST

START_TEST(test_area_when_periods_are_added_then_grows_by_the_same)
{
    for (uint64_t nth = 0; nth < 500; nth++) {
        struct sq_wave_spec spec = keyed_wave(nth);
        struct world world;
        set_up(&world, spec);
        sq_uint128 whole = sq_curve_area(&world.curve, 2 * spec.period);
        for (int i = 0; i < 7; i++) {
            sq_dur t = spec.period / 7 * i;
            sq_uint128 once = sq_curve_area(&world.curve, t);
            ck_assert(sq_curve_area(&world.curve, t + 2 * spec.period) == whole + once);
        }
        tear_down(&world);
    }
}
END_TEST

START_TEST(test_reaches_when_area_is_out_of_reach_then_is_never)
{
    struct world world;
    set_up(&world, (struct sq_wave_spec){.kind = SQ_WAVE_SAWTOOTH, .high = 2, .period = 1000});
    ck_assert_int_eq(sq_curve_reaches(&world.curve, 9 * ((sq_uint128)SQ_SECOND << 29)),
                     9 * (SQ_SECOND << 29));
    ck_assert_int_eq(sq_curve_reaches(&world.curve, (sq_uint128)1 << 63), SQ_NEVER);
    ck_assert_int_eq(sq_curve_reaches(&world.curve, ~(sq_uint128)0), SQ_NEVER);
    tear_down(&world);
}
END_TEST

START_TEST(test_area_when_offset_is_negative_then_is_our_bug)
{
    struct world world;
    set_up(&world, (struct sq_wave_spec){.kind = SQ_WAVE_SAWTOOTH, .high = 2, .period = 1000});
    (void)sq_curve_area(&world.curve, -1);
}
END_TEST

struct refusal {
    struct sq_wave_spec spec;
    const char *text;
};

static const struct refusal refusals[] = {
    {{.kind = SQ_WAVE_SINE, .period = 999},
     "period out of range: \"999\", allowed: 1000 to 1152921504606846976"},
    {{.kind = SQ_WAVE_SAWTOOTH, .period = SQ_CURVE_OFFSET_MAX + 1},
     "period out of range: \"1152921504606846977\", allowed: 1000 to 1152921504606846976"},
    {{.kind = SQ_WAVE_SINE, .period = 1000, .mean = -1},
     "mean out of range: \"-1\", allowed: 0 to 1099511627776"},
    {{.kind = SQ_WAVE_SINE, .period = 1000, .mean = 5, .amplitude = 6},
     "amplitude out of range: \"6\", allowed: 0 to 5"},
    {{.kind = SQ_WAVE_SINE, .period = 1000, .mean = SQ_CURVE_VALUE_MAX - 2, .amplitude = 3},
     "amplitude out of range: \"3\", allowed: 0 to 2"},
    {{.kind = SQ_WAVE_SINE, .period = 1000, .phase = 1001},
     "phase out of range: \"1001\", allowed: 0 to 1000"},
    {{.kind = SQ_WAVE_SQUARE, .period = 1000, .low = -1},
     "low out of range: \"-1\", allowed: 0 to 1099511627776"},
    {{.kind = SQ_WAVE_SAWTOOTH, .period = 1000, .low = 5, .high = 4},
     "high out of range: \"4\", allowed: 5 to 1099511627776"},
    {{.kind = SQ_WAVE_SQUARE, .period = 1000, .duty_q32 = (UINT64_C(1) << 32) + 1},
     "duty out of range, allowed: 0 to 1"},
};

START_TEST(test_compile_when_spec_is_wrong_then_says_what_is_allowed)
{
    struct sq_arena arena = {0};
    struct sq_wave wave = {.period = 77};
    struct sq_error err = {0};
    ck_assert_int_eq(sq_wave_compile(&refusals[_i].spec, &arena, &wave, &err), SQ_INVALID);
    ck_assert_str_eq(err.text, refusals[_i].text);
    ck_assert_int_eq(wave.period, 77);
    sq_arena_clear(&arena);
}
END_TEST

START_TEST(test_compile_when_memory_runs_out_then_says_so)
{
    struct sq_arena arena = {0};
    struct sq_wave_spec spec = {.kind = SQ_WAVE_SINE, .mean = 5, .period = SQ_DAY};
    struct sq_wave wave = {.period = 77};
    struct sq_error err = {0};
    sq_memory_torture_fail(1);
    ck_assert_int_eq(sq_wave_compile(&spec, &arena, &wave, &err), SQ_NO_MEMORY);
    ck_assert_str_eq(err.text, "no memory for a wave");
    sq_memory_torture_fail(0);
    sq_arena_clear(&arena);
    ck_assert_uint_eq(sq_memory_torture_live(), 0);
}
END_TEST

START_TEST(test_curve_when_zeroed_then_is_empty)
{
    struct world world;
    const struct sq_curve_point point = {0, 1};
    ck_assert(sq_curve_is_empty(&(struct sq_curve){0}));
    ck_assert(!sq_curve_is_empty(&(struct sq_curve){.points = &point, .n_points = 1}));
    set_up(&world, (struct sq_wave_spec){.kind = SQ_WAVE_SAWTOOTH, .high = 2, .period = 1000});
    ck_assert(!sq_curve_is_empty(&world.curve));
    tear_down(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("wave");
    tcase_add_test(tcase, test_square_when_walked_then_is_high_for_its_duty_first);
    tcase_add_test(tcase, test_square_when_duty_is_all_or_nothing_then_stays);
    tcase_add_test(tcase, test_square_when_it_would_fall_within_a_nanosecond_then_at_the_nearest);
    tcase_add_test(tcase, test_sawtooth_when_walked_then_rises_and_falls_at_once);
    tcase_add_test(tcase, test_sawtooth_when_walked_by_nanoseconds_then_area_and_inverse_are_exact);
    tcase_add_test(tcase, test_sine_when_asked_then_is_that_of_libm);
    tcase_add_test(tcase, test_sine_when_phase_is_zero_then_begins_at_its_mean_and_rises);
    tcase_add_test(tcase, test_sine_when_integrated_then_is_the_cosine);
    tcase_add_test(tcase, test_reaches_when_waves_are_of_all_sizes_then_is_the_earliest_offset);
    tcase_add_test(tcase, test_area_when_periods_are_added_then_grows_by_the_same);
    tcase_add_test(tcase, test_reaches_when_area_is_out_of_reach_then_is_never);
    tcase_add_exit_test(tcase, test_area_when_offset_is_negative_then_is_our_bug, SQ_EXIT_OUR_BUG);
    tcase_add_loop_test(tcase, test_compile_when_spec_is_wrong_then_says_what_is_allowed, 0,
                        (int)(sizeof(refusals) / sizeof(refusals[0])));
    tcase_add_test(tcase, test_compile_when_memory_runs_out_then_says_so);
    tcase_add_test(tcase, test_curve_when_zeroed_then_is_empty);
    Suite *suite = suite_create("wave");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: MIT */
/* Draws: against the published vectors of Philox4x32-10 (Random123's kat_vectors), and the layout
 * of the counter, which seeds in the field depend on. */
#include "base/draw.h"

#include <check.h>
#include <stdlib.h>

#include "base/assert.h"

struct vector {
    uint32_t counter[4];
    uint32_t key[2];
    uint32_t expected[4];
};

static const struct vector vectors[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void assert_lanes(struct sq_draw draw, const uint32_t expected[4])
{
    for (int i = 0; i < 4; i++) {
        ck_assert_uint_eq(draw.lane[i], expected[i]);
    }
}

START_TEST(test_philox_when_given_published_vectors_then_gives_published_lanes)
{
    assert_lanes(sq_draw_philox(vectors[_i].counter, vectors[_i].key), vectors[_i].expected);
}
END_TEST

START_TEST(test_block_when_keyed_then_words_lie_where_the_header_says)
{
    struct sq_draw draw = sq_draw_block(UINT64_C(0x299f31d0a4093822), (enum sq_draw_purpose)0x13,
                                        UINT64_C(0x85a308d3243f6a88), 0x198a2e, 0x03707344);
    assert_lanes(draw, vectors[2].expected);
}
END_TEST

START_TEST(test_block_when_any_part_of_the_key_changes_then_draws_change)
{
    const struct sq_draw draws[] = {
        sq_draw_block(1, SQ_DRAW_RULE, 3, 4, 5),
        sq_draw_block(2, SQ_DRAW_RULE, 3, 4, 5),
        sq_draw_block(1 | UINT64_C(1) << 32, SQ_DRAW_RULE, 3, 4, 5),
        sq_draw_block(1, SQ_DRAW_BACKOFF, 3, 4, 5),
        sq_draw_block(1, SQ_DRAW_RULE, 3 | UINT64_C(1) << 56, 4, 5),
        sq_draw_block(1, SQ_DRAW_RULE, 3, SQ_DRAW_MINOR_END - 1, 5),
        sq_draw_block(1, SQ_DRAW_RULE, 3, 4, UINT32_MAX),
    };
    for (size_t i = 0; i < sizeof(draws) / sizeof(draws[0]); i++) {
        for (size_t j = 0; j < i; j++) {
            ck_assert_mem_ne(draws[i].lane, draws[j].lane, sizeof(draws[i].lane));
        }
    }
}
END_TEST

START_TEST(test_block_when_minor_does_not_fit_then_is_our_bug)
{
    (void)sq_draw_block(1, SQ_DRAW_RULE, 3, SQ_DRAW_MINOR_END, 5);
}
END_TEST

START_TEST(test_block_when_many_are_drawn_then_every_lane_is_even)
{
    enum { CELLS = 16, DRAWS = 160000 };
    uint32_t counted[4][CELLS] = {{0}};
    for (uint64_t call = 0; call < DRAWS; call++) {
        struct sq_draw draw = sq_draw_block(1, SQ_DRAW_SERVICE, call, 0, 0);
        for (int lane = 0; lane < 4; lane++) {
            counted[lane][draw.lane[lane] >> 28] += 1;
        }
    }
    /* 10,000 expected a cell, standard deviation 97: within five of them. */
    for (int lane = 0; lane < 4; lane++) {
        for (int cell = 0; cell < CELLS; cell++) {
            ck_assert_uint_gt(counted[lane][cell], 9500);
            ck_assert_uint_lt(counted[lane][cell], 10500);
        }
    }
}
END_TEST

START_TEST(test_happens_when_share_is_zero_then_never_and_when_whole_then_always)
{
    ck_assert(!sq_draw_happens(0, 0));
    ck_assert(sq_draw_happens(0, 1));
    ck_assert(!sq_draw_happens(1, 1));
    ck_assert(!sq_draw_happens(UINT32_MAX, SQ_DRAW_ALWAYS - 1));
    ck_assert(sq_draw_happens(UINT32_MAX, SQ_DRAW_ALWAYS));
}
END_TEST

START_TEST(test_below_when_lane_is_extreme_then_stays_within_the_span)
{
    ck_assert_int_eq(sq_draw_below(0, 10), 0);
    ck_assert_int_eq(sq_draw_below(UINT32_MAX, 10), 9);
    ck_assert_int_eq(sq_draw_below(UINT32_C(1) << 31, 10), 5);
    ck_assert_int_eq(sq_draw_below((UINT32_C(1) << 31) - 1, 10), 4);
    ck_assert_int_eq(sq_draw_below(UINT32_MAX, 0), 0);
    ck_assert_int_eq(sq_draw_below(UINT32_MAX, 1), 0);
    ck_assert_int_eq(sq_draw_below(UINT32_MAX, INT64_MAX), INT64_MAX - (INT64_C(1) << 31));
}
END_TEST

static Suite *draw_suite(void)
{
    Suite *suite = suite_create("draw");
    TCase *tcase = tcase_create("draw");
    tcase_add_loop_test(tcase, test_philox_when_given_published_vectors_then_gives_published_lanes,
                        0, (int)(sizeof(vectors) / sizeof(vectors[0])));
    tcase_add_test(tcase, test_block_when_keyed_then_words_lie_where_the_header_says);
    tcase_add_test(tcase, test_block_when_any_part_of_the_key_changes_then_draws_change);
    tcase_add_exit_test(tcase, test_block_when_minor_does_not_fit_then_is_our_bug, SQ_EXIT_OUR_BUG);
    tcase_add_test(tcase, test_block_when_many_are_drawn_then_every_lane_is_even);
    tcase_add_test(tcase, test_happens_when_share_is_zero_then_never_and_when_whole_then_always);
    tcase_add_test(tcase, test_below_when_lane_is_extreme_then_stays_within_the_span);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(draw_suite());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

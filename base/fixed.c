/* SPDX-License-Identifier: MIT */
/*
 * Fixed-point square root, logarithm, exponential and normal quantile. Series are summed in Q62
 * (value * 2^62), the rational functions of the quantile in Q44, both in 128-bit products. Right
 * shifts of negative numbers are arithmetic with every compiler that has __int128.
 */
#include "base/fixed.h"

#include <stdbool.h>

#include "base/assert.h"

#define Q62_ONE   ((sq_int128)1 << 62)
#define Q62_LN2   INT64_C(3196577161300663915)
#define Q62_SQRT2 INT64_C(6521908912666391106)

#define Q44_ONE INT64_C(17592186044416)

#define THIRTY_TWO_LN2_Q32 INT64_C(95265423098)

/* e^x reaches 2^32 between this and one less. */
#define EXP_SATURATES_Q32 (THIRTY_TWO_LN2_Q32 + 1)
/* e^-23 is below half a unit of Q32. */
#define EXP_VANISHES_Q32 (-23 * SQ_Q32_ONE)

#define LOG_TERMS 10
#define EXP_TERMS 16

static int64_t saturate(sq_int128 value)
{
    if (value > INT64_MAX) {
        return INT64_MAX;
    }
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

/* Halves away from zero. |numerator| below 2^126. */
static sq_int128 divide_to_nearest(sq_int128 numerator, sq_int128 denominator)
{
    sq_int128 top = denominator < 0 ? -numerator : numerator;
    sq_int128 bottom = denominator < 0 ? -denominator : denominator;
    sq_int128 half = bottom / 2;
    return top < 0 ? -((half - top) / bottom) : (half + top) / bottom;
}

/*
 * Newton's iteration with a precision that doubles at each step, starting from one bit: each step
 * looks only at the leading bits it can use. Proof that the last value is at most one too large:
 * M. Dickinson, the comment above math.isqrt in CPython's Modules/mathmodule.c.
 */
static sq_uint128 sqrt_of_normalised(sq_uint128 x)
{
    uint64_t high = (uint64_t)(x >> 64);
    uint64_t root = 1 + (high >> 62);
    root = (root << 1) + (high >> 59) / root;
    root = (root << 3) + (high >> 53) / root;
    root = (root << 7) + (high >> 41) / root;
    root = (root << 15) + (high >> 17) / root;
    return ((sq_uint128)root << 31) + (x >> 33) / root;
}

uint64_t sq_fixed_sqrt(sq_uint128 x)
{
    if (x == 0) {
        return 0;
    }
    uint64_t high = (uint64_t)(x >> 64);
    int zeros = high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)x);
    int shift = zeros & ~1;
    sq_uint128 normal = x << shift;
    sq_uint128 root = sqrt_of_normalised(normal);
    if (root > UINT64_MAX || root * root > normal) {
        root -= 1;
    }
    return (uint64_t)root >> (shift / 2);
}

int64_t sq_fixed_mul(int64_t a_q32, int64_t b_q32)
{
    sq_int128 product = (sq_int128)a_q32 * b_q32;
    sq_int128 half = SQ_Q32_ONE / 2;
    return saturate(product < 0 ? -((half - product) >> 32) : (half + product) >> 32);
}

int64_t sq_fixed_div(int64_t a_q32, int64_t b_q32)
{
    sq_assert(b_q32 != 0);
    return saturate(divide_to_nearest((sq_int128)a_q32 * SQ_Q32_ONE, b_q32));
}

int64_t sq_fixed_scale(int64_t value, int64_t numerator, int64_t denominator)
{
    sq_assert(denominator > 0);
    return saturate(divide_to_nearest((sq_int128)value * numerator, denominator));
}

static int64_t multiply_q62(int64_t a_q62, int64_t b_q62)
{
    return (int64_t)(((sq_int128)a_q62 * b_q62) >> 62);
}

/* The sum of coefficient[i] x^i for an even number of terms. The even and the odd ones are summed
 * apart, since each product has to wait for the one before. */
static inline int64_t series_q62(const int64_t *coefficient, int n_terms, int64_t x_q62)
{
    int64_t square_q62 = multiply_q62(x_q62, x_q62);
    int64_t even = 0;
    int64_t odd = 0;
    for (int i = n_terms - 2; i >= 0; i -= 2) {
        even = coefficient[i] + multiply_q62(even, square_q62);
        odd = coefficient[i + 1] + multiply_q62(odd, square_q62);
    }
    return even + multiply_q62(odd, x_q62);
}

/* 1, 1/3, 1/5, ..., 1/19: a division would cost more than the rest of a term. */
static const int64_t one_by_odd_q62[LOG_TERMS] = {
    INT64_C(4611686018427387904), INT64_C(1537228672809129301), INT64_C(922337203685477580),
    INT64_C(658812288346769700),  INT64_C(512409557603043100),  INT64_C(419244183493398900),
    INT64_C(354745078340568300),  INT64_C(307445734561825860),  INT64_C(271275648142787523),
    INT64_C(242720316759336205),
};
static int64_t round_q62_to_q32(sq_int128 value_q62)
{
    return (int64_t)((value_q62 + ((sq_int128)1 << 29)) >> 30);
}

/* ln m = 2 artanh z with z = (m - 1) / (m + 1), for m in [1/sqrt 2, sqrt 2], so |z| < 0.172 and the
 * first term left out, 2 z^21 / 21, is below 2^-56. */
static sq_int128 log_near_one_q62(sq_int128 m_q62)
{
    int64_t z = (int64_t)((m_q62 - Q62_ONE) * Q62_ONE / (m_q62 + Q62_ONE));
    int64_t z_squared = multiply_q62(z, z);
    return 2 * (sq_int128)multiply_q62(series_q62(one_by_odd_q62, LOG_TERMS, z_squared), z);
}

int64_t sq_fixed_log(uint64_t x_q32)
{
    sq_assert(x_q32 > 0);
    int zeros = __builtin_clzll(x_q32);
    int exponent = 31 - zeros;
    sq_int128 m_q62 = (sq_int128)((x_q32 << zeros) >> 1);
    if (m_q62 > Q62_SQRT2) {
        m_q62 >>= 1;
        exponent += 1;
    }
    return round_q62_to_q32((sq_int128)exponent * Q62_LN2 + log_near_one_q62(m_q62));
}

/* 1/0!, 1/1!, ..., 1/15! */
static const int64_t one_by_factorial_q62[EXP_TERMS] = {
    INT64_C(4611686018427387904),
    INT64_C(4611686018427387904),
    INT64_C(2305843009213693952),
    INT64_C(768614336404564650),
    INT64_C(192153584101141162),
    INT64_C(38430716820228232),
    INT64_C(6405119470038038),
    INT64_C(915017067148291),
    INT64_C(114377133393536),
    INT64_C(12708570377059),
    INT64_C(1270857037705),
    INT64_C(115532457973),
    INT64_C(9627704831),
    INT64_C(740592679),
    INT64_C(52899477),
    INT64_C(3526631),
};

/* Taylor's series for |r| <= ln 2 / 2; the first term left out, r^16 / 16!, is below 2^-68. */
static sq_int128 exp_near_zero_q62(sq_int128 r_q62)
{
    return series_q62(one_by_factorial_q62, EXP_TERMS, (int64_t)r_q62);
}

uint64_t sq_fixed_exp(int64_t x_q32)
{
    if (x_q32 >= EXP_SATURATES_Q32) {
        return UINT64_MAX;
    }
    if (x_q32 < EXP_VANISHES_Q32) {
        return 0;
    }
    sq_int128 x_q62 = (sq_int128)x_q32 * ((sq_int128)1 << 30);
    int twos = (int)divide_to_nearest(x_q62, Q62_LN2);
    sq_uint128 m_q62 = (sq_uint128)exp_near_zero_q62(x_q62 - (sq_int128)twos * Q62_LN2);
    int shift = 30 - twos;
    if (shift <= 0) {
        sq_uint128 value = m_q62 << -shift;
        return value > UINT64_MAX ? UINT64_MAX : (uint64_t)value;
    }
    return (uint64_t)((m_q62 + ((sq_uint128)1 << (shift - 1))) >> shift);
}

/*
 * Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics
 * 37 (1988), routine PPND16: a rational function of degree 7 for the middle and two for the tails.
 * Coefficients from the constant term up, times 2^44.
 */
#define DEGREE 7

struct rational {
    int64_t above[DEGREE + 1];
    int64_t below[DEGREE + 1];
};

static const struct rational middle = {
    {INT64_C(59587071655391), INT64_C(2342252991816119), INT64_C(34684594801279794),
     INT64_C(241570511427789735), INT64_C(807867557086926113), INT64_C(1183351956569005971),
     INT64_C(588116905238393342), INT64_C(44140218498716400)},
    {Q44_ONE, INT64_C(744383985861463), INT64_C(12089121683105774), INT64_C(94895699968952817),
     INT64_C(373197016061483377), INT64_C(691511815929749282), INT64_C(505407421148798332),
     INT64_C(91945477305841298)},
};

static const struct rational tail = {
    {INT64_C(25041370474834), INT64_C(81457764838086), INT64_C(101498068502678),
     INT64_C(64173626391046), INT64_C(22350137938806), INT64_C(4253451499276),
     INT64_C(399762108696), INT64_C(13625939991)},
    {Q44_ONE, INT64_C(36120129080649), INT64_C(29491273814630), INT64_C(12134515284419),
     INT64_C(2605472707230), INT64_C(267377769814), INT64_C(9633372156), INT64_C(18485)},
};

static const struct rational far_tail = {
    {INT64_C(117127097154453), INT64_C(96119920663872), INT64_C(31399000547236),
     INT64_C(5217148753045), INT64_C(466759214317), INT64_C(21861122577), INT64_C(477021900),
     INT64_C(3536618)},
    {Q44_ONE, INT64_C(10552359773164), INT64_C(2408895940232), INT64_C(261690123307),
     INT64_C(13842748148), INT64_C(324807753), INT64_C(2500750), INT64_C(0)},
};

#define MIDDLE_HALF_WIDTH_Q64 UINT64_C(7839866231326559437) /* 0.425 */
#define MIDDLE_SQUARE_Q44     INT64_C(3177588604273)        /* 0.425^2 = 0.180625 */
#define TAIL_STARTS_Q44       INT64_C(28147497671066)       /* 1.6 */
#define FAR_TAIL_STARTS_Q44   (5 * Q44_ONE)

/* above(x) / below(x) in Q44, both summed side by side. No sum on the way reaches 2^62 for the x of
 * its function. */
static int64_t ratio_q44(const struct rational *rational, int64_t x_q44)
{
    int64_t above = rational->above[DEGREE];
    int64_t below = rational->below[DEGREE];
    for (int i = DEGREE - 1; i >= 0; i--) {
        above = rational->above[i] + (int64_t)(((sq_int128)above * x_q44) >> 44);
        below = rational->below[i] + (int64_t)(((sq_int128)below * x_q44) >> 44);
    }
    return (int64_t)((sq_int128)above * Q44_ONE / below);
}

static int64_t round_q44_to_q32(sq_int128 value_q44)
{
    return (int64_t)((value_q44 + (1 << 11)) >> 12);
}

/* How far from 0 the normal value is that leaves a share p_q64 <= 0.075 outside. */
static int64_t tail_distance_q32(uint64_t p_q64)
{
    int64_t minus_log_q32 = THIRTY_TWO_LN2_Q32 - sq_fixed_log(p_q64);
    uint64_t root_q44 = sq_fixed_sqrt((sq_uint128)(uint64_t)minus_log_q32 << 56);
    int64_t r_q44 = (int64_t)root_q44;
    if (r_q44 <= FAR_TAIL_STARTS_Q44) {
        return round_q44_to_q32(ratio_q44(&tail, r_q44 - TAIL_STARTS_Q44));
    }
    return round_q44_to_q32(ratio_q44(&far_tail, r_q44 - FAR_TAIL_STARTS_Q44));
}

int64_t sq_fixed_normal_quantile(uint64_t p_q64)
{
    sq_assert(p_q64 > 0);
    bool upper = p_q64 >> 63 != 0;
    uint64_t outside_q64 = upper ? 0 - p_q64 : p_q64;
    uint64_t inward_q64 = (UINT64_C(1) << 63) - outside_q64;
    int64_t distance_q32;
    if (inward_q64 <= MIDDLE_HALF_WIDTH_Q64) {
        int64_t q_q44 = (int64_t)(inward_q64 >> 20);
        int64_t square_q44 = (int64_t)(((sq_int128)q_q44 * q_q44) >> 44);
        int64_t ratio = ratio_q44(&middle, MIDDLE_SQUARE_Q44 - square_q44);
        distance_q32 = round_q44_to_q32(((sq_int128)q_q44 * ratio) >> 44);
    } else {
        distance_q32 = tail_distance_q32(outside_q64);
    }
    return upper ? distance_q32 : -distance_q32;
}

/* SPDX-License-Identifier: MIT */
/*
 * Gamma laws of mean 1 and a given coefficient of variation, so with shape k = 1 / cv^2: the
 * inverse of the regularised incomplete gamma function.
 *
 * Everything happens over u = ln y, where the density is g(u) = C e^(k (1 + u - e^u)): smooth, and
 * never steep, however small k is and however close to 0 the values lie. The range where it matters
 * is cut into cells so narrow that ln g changes by at most about STEP in each; a cell's integral is
 * the trapezoid corrected by the slopes at both ends (Euler and Maclaurin's formula to the second
 * term), their sum gives C, so that no gamma function is needed. Within a cell u is a cubic of the
 * probability, with the right slopes at both ends. The error of a quantile stays below 2^-18 of it.
 */
#include "base/assert.h"
#include "base/dist_int.h"
#include "base/fixed.h"

/* How much the logarithm of the density changes over a cell: 1/8. */
#define STEP_Q32 (SQ_Q32_ONE / 8)
/* Cells stop where the density is e^-30 of its peak, well outside 1 - 2^-33, */
#define DEPTH_Q32 (30 * SQ_Q32_ONE)
/* and below e^-44, where even the longest mean gives 0. */
#define LOWEST_U_Q32 (-44 * SQ_Q32_ONE)
/* 30 / STEP on each side, about as many in the middle, and one for each of the 44: at most 800. */
#define CELLS_MAX 1024

#define THIRTY_ONE_LN2_Q32 INT64_C(92288378626)

/* The density and how it changes at a place, from its peak of 2^63 on. */
struct density {
    int64_t u_q32;
    int64_t slope_q32;    /* of its logarithm */
    int64_t root_q32;     /* of k y: how fast the slope itself changes */
    int64_t exponent_q32; /* its logarithm, at most 0 */
    uint64_t g_q63;
};

/* Sums are in Q95: Q63 densities times Q32 widths. */
struct cell {
    int64_t u_q32;
    int64_t width_q32;
    int64_t start_slope_q32; /* of u by the cell's share of probability, at its start, */
    int64_t end_slope_q32;   /* and at its end */
    sq_uint128 before;       /* the integral up to the cell */
    sq_uint128 inside;       /* and over it */
};

struct sq_dist_gamma {
    int64_t k_q32;
    int64_t first_slope_q32; /* of the logarithm of the density where the cells begin */
    sq_uint128 total;
    uint32_t n_cells;
    uint32_t at; /* the cell of the last question */
    struct cell cells[CELLS_MAX];
};

/* e^x for x <= 0 in Q63, with all its digits even where it is small. */
static uint64_t exp_q63(int64_t x_q32)
{
    int shift = 0;
    while (x_q32 < -THIRTY_ONE_LN2_Q32) {
        x_q32 += THIRTY_ONE_LN2_Q32;
        shift += 31;
    }
    uint64_t value_q63 = sq_fixed_exp(x_q32 + THIRTY_ONE_LN2_Q32);
    return shift < 64 ? value_q63 >> shift : 0;
}

static int64_t exponent_at(int64_t k_q32, int64_t u_q32)
{
    int64_t y_q32 = (int64_t)sq_fixed_exp(u_q32);
    return sq_fixed_mul(k_q32, SQ_Q32_ONE + u_q32 - y_q32);
}

static struct density density_at(int64_t k_q32, int64_t u_q32)
{
    uint64_t y_q32 = sq_fixed_exp(u_q32);
    int64_t exponent_q32 = sq_fixed_mul(k_q32, SQ_Q32_ONE + u_q32 - (int64_t)y_q32);
    exponent_q32 = exponent_q32 > 0 ? 0 : exponent_q32;
    return (struct density){
        .u_q32 = u_q32,
        .slope_q32 = sq_fixed_mul(k_q32, SQ_Q32_ONE - (int64_t)y_q32),
        .root_q32 = (int64_t)sq_fixed_sqrt((sq_uint128)(uint64_t)k_q32 * y_q32),
        .exponent_q32 = exponent_q32,
        .g_q63 = exp_q63(exponent_q32),
    };
}

/* The lowest u that matters; the exponent rises up to u = 0. */
static int64_t find_start(int64_t k_q32)
{
    int64_t outside = LOWEST_U_Q32;
    int64_t inside = 0;
    if (exponent_at(k_q32, outside) >= -DEPTH_Q32) {
        return outside;
    }
    while (inside - outside > STEP_Q32 / 1024) {
        int64_t middle = outside + (inside - outside) / 2;
        if (exponent_at(k_q32, middle) < -DEPTH_Q32) {
            outside = middle;
        } else {
            inside = middle;
        }
    }
    return inside;
}

static int64_t width_at(const struct density *density)
{
    int64_t slope_q32 = density->slope_q32 < 0 ? -density->slope_q32 : density->slope_q32;
    return sq_fixed_div(STEP_Q32, slope_q32 + density->root_q32 + STEP_Q32);
}

/* h (g0 + g1) / 2 + h^2 (g0' - g1') / 12, where g' = g times the slope of its logarithm. */
static sq_uint128 integral(const struct density *from, const struct density *to, int64_t width_q32)
{
    int64_t start_q32 = sq_fixed_mul(width_q32, from->slope_q32);
    int64_t end_q32 = sq_fixed_mul(width_q32, to->slope_q32);
    sq_int128 correction = (sq_int128)from->g_q63 * start_q32 - (sq_int128)to->g_q63 * end_q32;
    sq_int128 sum = 6 * ((sq_int128)from->g_q63 + to->g_q63) + (correction >> 32);
    return (sq_uint128)(sum * width_q32 / 12);
}

static struct cell cell_between(const struct density *from, const struct density *to,
                                sq_uint128 before)
{
    sq_assert(from->g_q63 > 0);
    sq_assert(to->g_q63 > 0);
    int64_t width_q32 = to->u_q32 - from->u_q32;
    sq_uint128 inside = integral(from, to, width_q32);
    return (struct cell){
        .u_q32 = from->u_q32,
        .width_q32 = width_q32,
        .start_slope_q32 = (int64_t)(inside / from->g_q63),
        .end_slope_q32 = (int64_t)(inside / to->g_q63),
        .before = before,
        .inside = inside,
    };
}

/* Outside the cells the density falls like a power of y (below) or exponentially (above): its
 * integral is the density at the border divided by the slope of its logarithm. */
static sq_uint128 outside(const struct density *border)
{
    int64_t slope_q32 = border->slope_q32 < 0 ? -border->slope_q32 : border->slope_q32;
    return ((sq_uint128)border->g_q63 << 64) / (uint64_t)slope_q32;
}

static void fill_cells(struct sq_dist_gamma *gamma)
{
    struct density from = density_at(gamma->k_q32, find_start(gamma->k_q32));
    sq_uint128 before = outside(&from);
    gamma->first_slope_q32 = from.slope_q32;
    while (from.u_q32 < 0 || from.exponent_q32 > -DEPTH_Q32) {
        sq_assert(gamma->n_cells < CELLS_MAX);
        struct density to = density_at(gamma->k_q32, from.u_q32 + width_at(&from));
        struct cell *cell = &gamma->cells[gamma->n_cells];
        *cell = cell_between(&from, &to, before);
        before += cell->inside;
        gamma->n_cells += 1;
        from = to;
    }
    gamma->total = before + outside(&from);
}

struct sq_dist_gamma *sq_dist_gamma_new(uint64_t cv_q32, struct sq_arena *scratch)
{
    struct sq_dist_gamma *gamma = sq_arena_new(scratch, 1, sizeof(*gamma));
    if (gamma != NULL) {
        sq_uint128 cv_squared_q64 = (sq_uint128)cv_q32 * cv_q32;
        gamma->k_q32 = (int64_t)(((sq_uint128)1 << 96) / cv_squared_q64);
        fill_cells(gamma);
    }
    return gamma;
}

/* p of the total; the total has at most 104 bits, and 50 of them are kept. */
static sq_uint128 part_of(sq_uint128 total, uint64_t p_q64)
{
    return ((total >> 40) * p_q64) >> 24;
}

/* share = numerator / denominator <= 1, in Q32; the leading 63 bits of the denominator do. */
static int64_t share_q32(sq_uint128 numerator, sq_uint128 denominator)
{
    while (denominator >> 63 != 0) {
        denominator >>= 1;
        numerator >>= 1;
    }
    return (int64_t)((numerator << 32) / (uint64_t)denominator);
}

/* Hermite's cubic through both ends with the slopes there. */
static int64_t within(const struct cell *cell, sq_uint128 integral)
{
    int64_t t = share_q32(integral - cell->before, cell->inside);
    int64_t bend = cell->start_slope_q32 + cell->end_slope_q32 - 2 * cell->width_q32;
    int64_t lift = cell->width_q32 - cell->start_slope_q32;
    int64_t sum = sq_fixed_mul(bend, t) + lift - bend;
    sum = sq_fixed_mul(sum, t) + cell->start_slope_q32;
    return cell->u_q32 + sq_fixed_mul(sum, t);
}

static const struct cell *find_cell(struct sq_dist_gamma *gamma, sq_uint128 integral)
{
    if (integral < gamma->cells[gamma->at].before) {
        gamma->at = 0;
    }
    while (gamma->at + 1 < gamma->n_cells && integral >= gamma->cells[gamma->at + 1].before) {
        gamma->at += 1;
    }
    return &gamma->cells[gamma->at];
}

/* ln(integral / before) / slope below the first cell. */
static int64_t below_cells(const struct sq_dist_gamma *gamma, sq_uint128 integral)
{
    const struct cell *first = &gamma->cells[0];
    int64_t ratio_q32 = share_q32(integral, first->before);
    if (ratio_q32 == 0) {
        return LOWEST_U_Q32;
    }
    int64_t log_q32 = sq_fixed_log((uint64_t)ratio_q32);
    return first->u_q32 + sq_fixed_div(log_q32, gamma->first_slope_q32);
}

uint64_t sq_dist_gamma_quantile(struct sq_dist_gamma *gamma, uint64_t p_q64)
{
    bool upper = p_q64 >> 63 != 0;
    sq_uint128 integral =
        upper ? gamma->total - part_of(gamma->total, 0 - p_q64) : part_of(gamma->total, p_q64);
    if (integral < gamma->cells[0].before) {
        return sq_fixed_exp(below_cells(gamma, integral));
    }
    const struct cell *cell = find_cell(gamma, integral);
    if (integral > cell->before + cell->inside) {
        integral = cell->before + cell->inside;
    }
    return sq_fixed_exp(within(cell, integral));
}

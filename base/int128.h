/* SPDX-License-Identifier: MIT */
/* The 128-bit integers of gcc and clang, named once: products of two 64-bit numbers and exact sums
 * of money. */
#ifndef SQ_BASE_INT128_H
#define SQ_BASE_INT128_H

__extension__ typedef __int128 sq_int128;
__extension__ typedef unsigned __int128 sq_uint128;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A disk of one file in memory: the test double of host/file_raw.h for fuzzers. Whatever path is
 * opened for reading, these bytes are read; standard input is empty; nothing can be written. So an
 * input that names files neither reads nor waits for anything of the machine it runs on.
 */
#ifndef SQ_TESTS_MEMORY_DISK_H
#define SQ_TESTS_MEMORY_DISK_H

#include <stddef.h>
#include <stdint.h>

/* Borrowed until the next call. NULL: every open fails with ENOENT. */
void sq_memory_disk_put(const uint8_t *bytes, size_t length);

#endif

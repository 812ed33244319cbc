/* SPDX-License-Identifier: MIT */
/*
 * What the torture test has the program do: one command line each, over small files of its own, so
 * that every part that allocates or touches a file has its turn.
 */
#ifndef SQ_TESTS_STORIES_H
#define SQ_TESTS_STORIES_H

#include <stdbool.h>
#include <stddef.h>

#define STORY_WORDS_MAX 32
#define STORY_FILES_MAX 8

struct story_file {
    const char *name; /* ending with a slash: a folder */
    const char *content;
};

struct story {
    const char *name;
    const char *words[STORY_WORDS_MAX]; /* the command line behind "squall", NULL-terminated */
    struct story_file files[STORY_FILES_MAX];
    const char *outputs[STORY_FILES_MAX]; /* the files it writes, NULL-terminated */
    bool replaces;                        /* old files stand in the outputs' places */
    bool gnuplot;                         /* a program of that name is there */
    bool varies; /* real time: neither requests nor results are the same each time */
    int code;    /* its exit code when nothing fails */
};

size_t stories(void);
const struct story *story_at(size_t index);

#endif

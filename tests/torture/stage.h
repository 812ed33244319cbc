/* SPDX-License-Identifier: MIT */
/*
 * One story played once, in a process of its own and a folder of its own, over a heap and a disk
 * that fail where the test says. What is left is looked at by the test: exit code, both standard
 * outputs, the files, what was not given back.
 */
#ifndef SQ_TESTS_STAGE_H
#define SQ_TESTS_STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "tests/torture/stories.h"

/* What is refused: the n-th request, or that and all later ones. */
enum stage_trouble { TROUBLE_BLOCK, TROUBLE_HEAP, TROUBLE_CALL, TROUBLE_DISK, TROUBLES };
const char *stage_trouble_name(enum stage_trouble trouble);

struct stage_order {
    const struct story *story;
    enum stage_trouble trouble;
    size_t nth;       /* 0: nothing is refused */
    int error_number; /* of refused calls to the disk */
};

/* Filled by the process that plays. */
struct stage_outcome {
    bool returned; /* false: it crashed, stopped or hung; how tells */
    int code;      /* the program's exit code */
    size_t requests[TROUBLES];
    size_t refused;
    bool refused_message; /* a write to standard error was refused */
    size_t blocks_lost;   /* of the heap, when the program had returned */
    size_t files_lost;    /* descriptors */
};

#define OLD_CONTENT "old\n"

void stage_open(void);
void stage_close(void);

/* Plays it in a fresh folder that holds the story's files. */
void stage_play(const struct stage_order *order, struct stage_outcome *outcome);

/* How it ended when it did not return: "signal 11", "exit code 70". */
const char *stage_how(void);

/* What is left of the last play. The caller clears *content. False: there is no such file. */
bool stage_output(const char *name, struct sq_strbuf *content);
void stage_said(struct sq_strbuf *output, struct sq_strbuf *errors);
size_t stage_temporary_files(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The program as a function: finds the command, reads its options, runs it, makes sure that
 * standard output arrived. Once a process: standard output and its first failure are kept until its
 * end.
 */
#ifndef SQ_CLI_PROGRAM_H
#define SQ_CLI_PROGRAM_H

/* As main(): an enum sq_exit of command.h. */
int sq_program(int argc, char **argv);

#endif

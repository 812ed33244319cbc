/* SPDX-License-Identifier: MIT */
/* Where the process begins; all else is in program.c, which tests call as a function. */
#include "cli/program.h"

int main(int argc, char **argv)
{
    return sq_program(argc, argv);
}

/* SPDX-License-Identifier: MIT */
/* A pseudo-terminal is a terminal with a width; a pipe and a closed descriptor are none. */
#include "host/terminal.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_terminal(unsigned short columns)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(fd, 0);
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    ck_assert_int_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
    return fd;
}

START_TEST(test_terminal_that_is_one_says_its_width)
{
    int fd = open_terminal(132);
    ck_assert(sq_terminal_is(fd));
    ck_assert_int_eq(sq_terminal_columns(fd), 132);
    close(fd);
}
END_TEST

START_TEST(test_columns_of_terminal_without_width_is_the_default)
{
    int fd = open_terminal(0);
    ck_assert_int_eq(sq_terminal_columns(fd), SQ_TERMINAL_COLUMNS_DEFAULT);
    close(fd);
}
END_TEST

START_TEST(test_terminal_that_is_none_has_the_default_width)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert(!sq_terminal_is(ends[1]));
    ck_assert_int_eq(sq_terminal_columns(ends[1]), SQ_TERMINAL_COLUMNS_DEFAULT);
    close(ends[0]);
    close(ends[1]);
    ck_assert(!sq_terminal_is(-1));
    ck_assert_int_eq(sq_terminal_columns(-1), SQ_TERMINAL_COLUMNS_DEFAULT);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("terminal");
    tcase_add_test(tests, test_terminal_that_is_one_says_its_width);
    tcase_add_test(tests, test_columns_of_terminal_without_width_is_the_default);
    tcase_add_test(tests, test_terminal_that_is_none_has_the_default_width);
    Suite *suite = suite_create("terminal");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

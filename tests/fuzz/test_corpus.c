/* SPDX-License-Identifier: MIT */
/*
 * Every file of tests/fuzz/corpus/NAME/ through the entry NAME: seeds that fuzzers begin with, and
 * inputs that broke something once. Each from a block of exactly its size, so that the sanitizer
 * sees reads behind the end.
 */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "tests/fuzz/entries.h"

#define INPUT_BYTES_MAX (1 << 20)

static DIR *open_corpus(const struct sq_fuzz_row *row, struct sq_strbuf *path)
{
    const char *root = getenv("SQUALL_SOURCE_DIR");
    sq_strbuf_add_format(path, "%s/tests/fuzz/corpus/%s", root == NULL ? "." : root, row->name);
    return opendir(sq_strbuf_text(path));
}

static void enter_file(const struct sq_fuzz_row *row, const char *path)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    uint8_t *whole = malloc(INPUT_BYTES_MAX);
    ck_assert_ptr_nonnull(whole);
    size_t length = fread(whole, 1, INPUT_BYTES_MAX, file);
    ck_assert_uint_lt(length, INPUT_BYTES_MAX);
    (void)fclose(file);
    uint8_t *bytes = realloc(whole, length > 0 ? length : 1);
    ck_assert_ptr_nonnull(bytes);
    row->enter(bytes, length);
    free(bytes);
}

START_TEST(test_corpus_of_entry_when_replayed_holds)
{
    const struct sq_fuzz_row *row = sq_fuzz_row((size_t)_i);
    struct sq_strbuf path = {0};
    DIR *corpus = open_corpus(row, &path);
    ck_assert_msg(corpus != NULL, "%s: no corpus", row->name);
    size_t n_files = 0;
    for (struct dirent *entry = readdir(corpus); entry != NULL; entry = readdir(corpus)) {
        if (entry->d_name[0] != '.') {
            struct sq_strbuf file = {0};
            sq_strbuf_add_format(&file, "%s/%s", sq_strbuf_text(&path), entry->d_name);
            enter_file(row, sq_strbuf_text(&file));
            sq_strbuf_clear(&file);
            n_files++;
        }
    }
    (void)closedir(corpus);
    ck_assert_msg(n_files > 0, "%s: empty corpus", row->name);
    sq_strbuf_clear(&path);
}
END_TEST

START_TEST(test_entry_when_input_is_empty_holds)
{
    uint8_t *bytes = malloc(1);
    ck_assert_ptr_nonnull(bytes);
    sq_fuzz_row((size_t)_i)->enter(bytes, 0);
    free(bytes);
}
END_TEST

int main(void)
{
    int n_rows = (int)sq_fuzz_rows();
    TCase *tests = tcase_create("corpus");
    tcase_add_loop_test(tests, test_corpus_of_entry_when_replayed_holds, 0, n_rows);
    tcase_add_loop_test(tests, test_entry_when_input_is_empty_holds, 0, n_rows);
    Suite *suite = suite_create("corpus");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

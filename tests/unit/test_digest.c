/* SPDX-License-Identifier: MIT */
/* Digests and name keys: pinned values, computed apart from this code. */
#include "base/digest.h"

#include <check.h>
#include <string.h>

static uint64_t digest_of(const uint64_t *words, size_t count)
{
    struct sq_digest digest = {0};
    for (size_t i = 0; i < count; i++) {
        sq_digest_add(&digest, words[i]);
    }
    return sq_digest_value(&digest);
}

START_TEST(test_value_of_known_words_never_changes)
{
    ck_assert_uint_eq(digest_of(NULL, 0), 0);
    ck_assert_uint_eq(digest_of((uint64_t[]){0}, 1), UINT64_C(0x52c9c9202d89cfe0));
    ck_assert_uint_eq(digest_of((uint64_t[]){1, 2}, 2), UINT64_C(0x63809a2c903b8b27));
    ck_assert_uint_eq(digest_of((uint64_t[]){UINT64_MAX}, 1), UINT64_C(0xf0d43de0f20bbe54));
}
END_TEST

START_TEST(test_value_of_words_in_another_order_differs)
{
    ck_assert_uint_eq(digest_of((uint64_t[]){2, 1}, 2), UINT64_C(0x7ac6ca202bf62aae));
}
END_TEST

START_TEST(test_value_asked_twice_is_the_same)
{
    struct sq_digest digest = {0};
    sq_digest_add(&digest, 1);
    uint64_t value = sq_digest_value(&digest);
    ck_assert_uint_eq(sq_digest_value(&digest), value);
}
END_TEST

START_TEST(test_name_of_known_text_never_changes)
{
    ck_assert_uint_eq(sq_digest_name("a", 1), UINT64_C(0x02c0bdbf481420f8));
    ck_assert_uint_eq(sq_digest_name("foobar", 6), UINT64_C(0x404da9e3b74078c2));
}
END_TEST

START_TEST(test_name_reads_just_the_length_given)
{
    ck_assert_uint_eq(sq_digest_name("foobarbaz", 6), sq_digest_name("foobar", 6));
    ck_assert_uint_eq(sq_digest_name("\0", 1), UINT64_C(0x25fc6dd36ce04b20));
    ck_assert_uint_ne(sq_digest_name("a\0", 2), sq_digest_name("a", 1));
}
END_TEST

START_TEST(test_name_of_empty_text_is_zero)
{
    ck_assert_uint_eq(sq_digest_name("", 0), 0);
    ck_assert_uint_eq(sq_digest_name(NULL, 0), 0);
}
END_TEST

START_TEST(test_name_that_hashes_to_zero_is_not_zero)
{
    /* FNV-1a of these eight bytes is 0 (Noll's list of zero hashes). */
    const char *bytes = "\xd5\x6b\xb9\x53\x42\x87\x08\x36";
    ck_assert_uint_eq(sq_digest_name(bytes, 8), 1);
}
END_TEST

START_TEST(test_name_reads_bytes_as_unsigned)
{
    uint64_t hash = (UINT64_C(0xcbf29ce484222325) ^ 0xff) * UINT64_C(0x100000001b3);
    ck_assert_uint_eq(sq_digest_name("\xff", 1), sq_digest_mix(hash));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("digest");
    tcase_add_test(tests, test_value_of_known_words_never_changes);
    tcase_add_test(tests, test_value_of_words_in_another_order_differs);
    tcase_add_test(tests, test_value_asked_twice_is_the_same);
    tcase_add_test(tests, test_name_of_known_text_never_changes);
    tcase_add_test(tests, test_name_reads_just_the_length_given);
    tcase_add_test(tests, test_name_of_empty_text_is_zero);
    tcase_add_test(tests, test_name_that_hashes_to_zero_is_not_zero);
    tcase_add_test(tests, test_name_reads_bytes_as_unsigned);
    Suite *suite = suite_create("digest");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* Names of keys, tenants and sessions, there and back. */
#include "mockprovider/request/identity.h"

#include <check.h>
#include <string.h>

static uint64_t who(enum sq_identity_sort sort, const char *name)
{
    return sq_identity_read(sort, name, strlen(name));
}

START_TEST(test_name_has_two_digits_at_least)
{
    char name[SQ_IDENTITY_NAME_BYTES];
    sq_identity_name(SQ_IDENTITY_KEY, 7, name);
    ck_assert_str_eq(name, "sk-squall-key-07");
    sq_identity_name(SQ_IDENTITY_TENANT, 99, name);
    ck_assert_str_eq(name, "squall-tenant-99");
    sq_identity_name(SQ_IDENTITY_SESSION, 100, name);
    ck_assert_str_eq(name, "squall-session-100");
    sq_identity_name(SQ_IDENTITY_SESSION, SQ_IDENTITY_FOREIGN - 1, name);
    ck_assert_str_eq(name, "squall-session-9223372036854775807");
}
END_TEST

START_TEST(test_read_of_an_own_name_gives_its_number)
{
    static const uint64_t numbers[] = {1, 9, 10, 99, 100, 123456789012};
    char name[SQ_IDENTITY_NAME_BYTES];
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        for (int sort = SQ_IDENTITY_KEY; sort <= SQ_IDENTITY_SESSION; sort++) {
            sq_identity_name((enum sq_identity_sort)sort, numbers[i], name);
            ck_assert_uint_eq(who((enum sq_identity_sort)sort, name), numbers[i]);
        }
    }
}
END_TEST

START_TEST(test_read_of_another_name_gives_a_digest_of_it)
{
    static const char *const others[] = {
        "acme",
        "sk-squall-key-",
        "sk-squall-key-7",
        "sk-squall-key-007",
        "sk-squall-key-00",
        "sk-squall-key-0x",
        "sk-squall-key-9999999999999999999999",
        "sk-squall-key-07 and a tail that is longer than any name of ours",
        "squall-tenant-07",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        ck_assert_uint_ge(who(SQ_IDENTITY_KEY, others[i]), SQ_IDENTITY_FOREIGN);
        ck_assert_uint_ne(who(SQ_IDENTITY_KEY, others[i]),
                          who(SQ_IDENTITY_KEY, others[(i + 1) % 9]));
    }
    ck_assert_uint_eq(who(SQ_IDENTITY_KEY, ""), 0);
}
END_TEST

START_TEST(test_credential_stands_behind_its_scheme)
{
    ck_assert_str_eq(sq_identity_credential("Bearer sk-1"), "sk-1");
    ck_assert_str_eq(sq_identity_credential("bEARER sk-1"), "sk-1");
    ck_assert_str_eq(sq_identity_credential("Bearersk-1"), "Bearersk-1");
    ck_assert_str_eq(sq_identity_credential("Basic YTpi"), "Basic YTpi");
    ck_assert_str_eq(sq_identity_credential("Bea"), "Bea");
    ck_assert_str_eq(sq_identity_credential(""), "");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("identity");
    tcase_add_test(tests, test_name_has_two_digits_at_least);
    tcase_add_test(tests, test_read_of_an_own_name_gives_its_number);
    tcase_add_test(tests, test_read_of_another_name_gives_a_digest_of_it);
    tcase_add_test(tests, test_credential_stands_behind_its_scheme);
    Suite *suite = suite_create("identity");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

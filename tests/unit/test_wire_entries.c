/* SPDX-License-Identifier: MIT */
/* The fuzz entries of wire/ over samples: cut at every byte, and with bytes changed at random. */
#include "tests/fuzz/wire_entries.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

/* Copies of each sample with some bytes changed. */
#define MUTANTS      400
#define CHANGES_MAX  4
#define SAMPLE_BYTES 1024

static const char *const samples[] = {
    "{\"a\":[1,-2.5e+3,true,false,null,\"x\\u00e9\\ud83d\\ude00\\n\xC3\xA9\"],\"b\":{\"a\":{}}}",
    "// c\n{\"a\": [1, 2,], /* b */ \"a\": 0.1e-2,}",
    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
    "\"hi\"}]},{\"content\":\"a\\tb\"}],\"stream\":true,\"stream_options\":{\"include_usage\":true}"
    ",\"max_tokens\":5}",
    "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
    "\"{\\\"a\\\":1}\",\"refusal\":null},\"finish_reason\":\"stop\"}],\"usage\":{"
    "\"prompt_tokens\":1,\"completion_tokens\":2}}",
    "{\"error\":{\"message\":\"m\",\"type\":\"requests\",\"param\":null,\"code\":\"slow_down\"}}",
    /* one sample over two lines */
    ("\xEF\xBB\xBF: c\r\nevent: e\rdata: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\r\n"
     "\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"[1]\"}}]}\n\ndata: [DONE]\n\n"),
};

#define N_SAMPLES (sizeof samples / sizeof samples[0])

/* From a block of exactly this size, so that the sanitizer sees reads behind the end. */
static void enter_all(const char *bytes, size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, length);
    sq_fuzz_json(copy, length);
    sq_fuzz_sse(copy, length);
    sq_fuzz_request(copy, length);
    sq_fuzz_contract(copy, length);
    sq_fuzz_text(copy, length);
    free(copy);
}

START_TEST(test_entries_with_every_beginning_hold)
{
    for (size_t i = 0; i < N_SAMPLES; i++) {
        for (size_t length = 0; length <= strlen(samples[i]); length++) {
            enter_all(samples[i], length);
        }
    }
}
END_TEST

/* Half of the changes put in a byte that means something. */
static char changed_byte(uint32_t lane)
{
    static const char special[] = "\"\\{}[]:,0-.e/*u\n\r d";
    return (lane & 1) != 0 ? special[(lane >> 1) % (sizeof special - 1)] : (char)(lane >> 8);
}

START_TEST(test_entries_with_changed_bytes_hold)
{
    for (uint32_t i = 0; i < N_SAMPLES * MUTANTS; i++) {
        char bytes[SAMPLE_BYTES];
        size_t length = strlen(samples[i % N_SAMPLES]);
        ck_assert_uint_le(length, sizeof bytes);
        memcpy(bytes, samples[i % N_SAMPLES], length);
        for (uint32_t change = 0; change <= i % CHANGES_MAX; change++) {
            uint64_t hash = sq_digest_mix(((uint64_t)i << 32 | change) + 1);
            bytes[(hash >> 32) % length] = changed_byte((uint32_t)hash);
        }
        enter_all(bytes, length);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("wire_entries");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_entries_with_every_beginning_hold);
    tcase_add_test(tests, test_entries_with_changed_bytes_hold);
    Suite *suite = suite_create("wire_entries");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

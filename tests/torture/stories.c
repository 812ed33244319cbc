/* SPDX-License-Identifier: MIT */
/* See stories.h. */
#include "tests/torture/stories.h"

/* Two models, faults of several families, a contract with schema and pattern, prompts, checks. */
#define HEAD                                                                                       \
    "{ \"seed\": 3, \"duration\": \"4s\", \"drain\": \"5s\","                                      \
    " \"providers\": { \"openai\": { \"models\": {"                                                \
    " \"a\": { \"ttft\": { \"lognormal\": { \"p50\": \"200ms\", \"p99\": \"900ms\" } },"           \
    " \"tokens_per_second\": 100, \"price\": { \"input\": 1, \"output\": 2 } },"                   \
    " \"b\": { \"ttft\": \"100ms\", \"tokens_per_second\": 200 } },"                               \
    " \"quotas\": [ { \"requests_per_minute\": 600 } ] } },"                                       \
    " \"roles\": { \"primary\": \"openai/a\", \"cheap\": \"openai/b\" },"                          \
    " \"faults\": [ { \"kind\": \"status\", \"status\": 503, \"where\": \"openai/a\","             \
    " \"at\": \"1s\", \"for\": \"1s\", \"retry_after\": \"1s\" },"                                 \
    " { \"kind\": \"hang\", \"where\": \"openai/b\", \"probability\": \"20%\" },"                  \
    " { \"kind\": \"refuse\", \"where\": \"openai\", \"probability\": \"5%\" },"                   \
    " { \"kind\": \"invalid_json\", \"shape\": \"fenced\", \"where\": \"openai\","                 \
    " \"probability\": \"30%\" } ],"
#define CHECKS                                                                                     \
    " \"thresholds\": { \"availability\": [\">=1%\"], \"call_duration\": [\"p(50)<60s\"] } }"

static const char contract[] =
    HEAD " \"workload\": { \"phases\": [ { \"name\": \"even\", \"duration\": \"4s\","
         " \"arrival_rate\": 6 } ], \"requests\": [ { \"name\": \"extract\", \"output_tokens\": 40,"
         " \"contract\": { \"schema\": { \"type\": \"object\", \"required\": [\"answer\"],"
         " \"properties\": { \"answer\": { \"type\": \"string\", \"pattern\": \"^[a-z]+$\" } } },"
         " \"sample\": { \"answer\": \"abc\" } } }, { \"name\": \"chat\", \"stream\": true } ],"
         " \"prompts\": { \"texts\": [ { \"id\": \"q\", \"text\": \"What is the price?\" } ] } },"
         " \"policy\": \"p.json\"," CHECKS;

static const char plain[] =
    HEAD " \"workload\": { \"phases\": [ { \"duration\": \"4s\", \"arrival_rate\": 5 } ] }," CHECKS;

static const char replayed[] = HEAD
    " \"workload\": { \"trace\": { \"file\": \"t.csv\", \"format\": \"csv\", \"columns\":"
    " { \"time_s\": \"at\", \"input_tokens\": \"in\", \"output_tokens\": \"out\" } } }," CHECKS;

static const char rows[] = "at,in,out\n0,100,10\n0.5,200,20\n1.5,300,5\n";

static const char policy[] =
    "{ \"name\": \"careful\", \"timeouts\": { \"attempt\": \"1s\", \"total\": \"4s\" },"
    " \"retry\": { \"max_attempts\": 3, \"delay\": { \"exponential\": { \"initial\": \"100ms\","
    " \"factor\": 2 }, \"jitter\": \"full\" }, \"hint\": { \"accept\": \"(0s, 2s]\" } },"
    " \"breaker\": { \"trip\": { \"consecutive\": 2 }, \"open_for\": \"1s\","
    " \"key\": [\"provider\", \"model\"], \"half_open\": { \"admit\": 1 } },"
    " \"limits\": { \"connections\": 3, \"pool_wait\": \"1s\" },"
    " \"contract\": { \"repair\": [\"fences\", \"first_value\"], \"reask\": { \"max\": 1 } },"
    " \"fallback\": [ { \"role\": \"cheap\" }, { \"rules\": [ { \"contains\": \"price\","
    " \"answer\": \"Ask the hotline.\" } ] }, { \"answer\": \"Sorry.\" } ] }";

static const char mistaken[] =
    "{ \"duraton\": \"4s\", \"seed\": -1, \"providers\": { \"p\": {} }, \"policy\": \"recomended\","
    " \"thresholds\": { \"call_duration\": [\"p95<2500\"] } }";

static const char live[] =
    "{ \"seed\": 3, \"duration\": \"200ms\", \"drain\": \"1s\", \"providers\": { \"openai\": {"
    " \"models\": { \"a\": { \"ttft\": \"10ms\", \"tokens_per_second\": 1000 } } } },"
    " \"faults\": [ { \"kind\": \"status\", \"status\": 503, \"where\": \"openai\","
    " \"probability\": \"30%\" } ],"
    " \"workload\": { \"phases\": [ { \"duration\": \"200ms\", \"arrival_rate\": 20,"
    " \"arrivals\": \"constant\" } ] }, \"policy\": { \"name\": \"again\", \"retry\": {"
    " \"max_attempts\": 2 } } }";

#define SCENARIO                                                                                   \
    {                                                                                              \
        "s.json", plain                                                                            \
    }
#define POLICY                                                                                     \
    {                                                                                              \
        "p.json", policy                                                                           \
    }

static const struct story list[] = {
    {.name = "every report of a contract",
     .words = {"run", "s.json", "-o", "r.json", "-o", "r.html", "-o", "junit=r.xml", "-o",
               "text=r.txt", NULL},
     .files = {{"s.json", contract}, POLICY},
     .outputs = {"r.json", "r.html", "r.xml", "r.txt", NULL},
     .replaces = true},
    {.name = "figures",
     .words = {"run", "s.json", "-o", "r.html", NULL},
     .files = {SCENARIO},
     .outputs = {"r.html", NULL},
     .gnuplot = true},
    {.name = "policies and seeds",
     .words = {"run", "s.json", "-p", "none", "-p", "p.json", "-p", "recommended", "--seeds", "3",
               "--jobs", "1", "-v", "-o", "r.json", NULL},
     .files = {SCENARIO, POLICY},
     .outputs = {"r.json", NULL}},
    {.name = "two threads",
     .words = {"run", "s.json", "-p", "none", "-p", "p.json", "--seeds", "2", "--jobs", "2", "-q",
               "-o", "r.json", NULL},
     .files = {SCENARIO, POLICY},
     .outputs = {"r.json", NULL},
     .replaces = true},
    {.name = "a trace, to a folder",
     .words = {"run", "s.json", "t.json", "--set", "policy.retry.max_attempts=2", "--label", "a=b",
               "-o", "json=out/", NULL},
     .files = {SCENARIO, {"t.json", replayed}, {"t.csv", rows}, {"out/", ""}},
     .outputs = {"out/s.json", "out/t.json", NULL},
     .code = 5}, /* three calls are not enough for a percentile */
    {.name = "a report on standard output",
     .words = {"run", "s.json", "--format", "json", NULL},
     .files = {SCENARIO}},
    {.name = "dry run",
     .words = {"run", "s.json", "-p", "recommended", "--thresholds", "batch", "--dry-run", NULL},
     .files = {SCENARIO}},
    {.name = "live",
     .words = {"run", "s.json", "--mode", "live", "-o", "r.json", NULL},
     .files = {{"s.json", live}},
     .outputs = {"r.json", NULL},
     .replaces = true,
     .varies = true},
    {.name = "serve",
     .words = {"serve", "s.json", "--for", "20ms", "--ports", "ports.json", NULL},
     .files = {{"s.json", live}},
     .outputs = {"ports.json", NULL},
     .varies = true},
    {.name = "check",
     .words = {"check", "s.json", "bad.json", "p.json", NULL},
     .files = {{"s.json", contract}, {"bad.json", mistaken}, POLICY},
     .code = 3},
    {.name = "check a value against a schema",
     .words = {"check", "--against", "schema.json", "p.json", NULL},
     .files = {{"schema.json", "{ \"type\": \"object\", \"required\": [\"name\"], \"properties\":"
                               " { \"name\": { \"pattern\": \"^care(ful|less)$\" } } }"},
               POLICY}},
    {.name = "explain", .words = {"explain", "policy.retry", NULL}},
    {.name = "explain a preset", .words = {"explain", "recommended", NULL}},
    {.name = "init",
     .words = {"init", "new", NULL},
     .outputs = {"new/scenario.jsonc", "new/policy.jsonc", NULL}},
    {.name = "list", .words = {"list", NULL}},
    {.name = "schema", .words = {"schema", "scenario", NULL}},
    {.name = "help", .words = {"help", "run", NULL}},
};

size_t stories(void)
{
    return sizeof list / sizeof list[0];
}

const struct story *story_at(size_t index)
{
    return &list[index];
}

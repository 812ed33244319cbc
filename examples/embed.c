/* SPDX-License-Identifier: MIT */
/*
 * An application with the engine inside. It asks a chat model a few questions over its own libcurl
 * multi loop; the engine decides about retries, waits, breakers and fallback, the application does
 * what it says and prints it.
 *
 *     cc embed.c $(pkg-config --cflags --libs squall libcurl) -o embed
 *     embed http://127.0.0.1:8080/v1 gpt-4o gpt-4o-mini
 *
 * The whole contract: time is inside every event; after each event all actions are applied; when a
 * call's deadline comes it gets a WAKE. Everything else, bytes and sockets, stays the
 * application's.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "policies/engine.h"

#define QUESTIONS 6
#define ROLES     2 /* 0: the wanted model, 1: the one to fall back on */

struct question {
    struct sq_call call; /* the engine's */
    CURL *transfer;      /* the attempt on the wire */
};

struct application {
    const char *base_url;
    const char *model[ROLES];
    struct sq_engine *engine;
    CURLM *multi;
    struct curl_slist *headers; /* of every request */
    struct question questions[QUESTIONS];
    int n_over;
};

static sq_time now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SQ_SECOND + time.tv_nsec;
}

/* 20 s an attempt and 45 s in all, three attempts, full jitter from 200 ms up to 2 s, a breaker
 * that opens after five failures. */
static struct sq_role_settings resilient(uint16_t breaker)
{
    struct sq_role_settings role = {
        .timeouts = {SQ_NEVER, SQ_NEVER, SQ_NEVER, SQ_NEVER, 20 * SQ_SECOND, 45 * SQ_SECOND},
        .retry = {.max_attempts = 3, .hint = {.sources = SQ_HINT_SECONDS, .high = SQ_MINUTE}},
        .breaker = {.on = true, .key = breaker, .trip = {.consecutive = 5}, .admit = 1},
    };
    role.breaker.open_for = 5 * SQ_SECOND;
    role.breaker.lease_timeout = 30 * SQ_SECOND;
    role.retry.delay = (struct sq_delay){.kind = SQ_DELAY_EXPONENTIAL,
                                         .initial = 200 * SQ_MS,
                                         .factor_q32 = UINT64_C(2) << 32,
                                         .cap = 2 * SQ_SECOND,
                                         .jitter = SQ_JITTER_FULL};
    for (unsigned klass = SQ_CLASS_NONE + 1; klass < SQ_CLASSES; klass++) {
        const struct sq_class_row *row = sq_class_row((enum sq_class)klass);
        role.breaker.mark[klass] = (uint8_t)row->mark;
        role.retry.on.classes |= row->retried == SQ_RETRY_YES ? SQ_CLASS_BIT(klass) : 0;
    }
    return role;
}

/* After the wanted role the other one, after that a fixed text. */
static void make_policy(struct sq_settings *settings)
{
    struct sq_layer_settings *layer = &settings->layers[0];
    struct sq_on any = {0};
    for (unsigned klass = SQ_CLASS_NONE + 1; klass < SQ_CLASSES; klass++) {
        any.classes |= sq_class_row((enum sq_class)klass)->falls_back ? SQ_CLASS_BIT(klass) : 0;
    }
    layer->rungs[0] = (struct sq_rung){.kind = SQ_RUNG_ROLE, .on = any, .role = 1};
    layer->rungs[1] = (struct sq_rung){.kind = SQ_RUNG_ANSWER, .on = any, .answer = "Ask later."};
    layer->n_rungs = 2;
    layer->n_breakers = ROLES;
    layer->role[0] = resilient(0);
    layer->role[1] = resilient(1);
    settings->n_layers = 1;
    settings->n_roles = ROLES;
}

/* The answer would be read here. NOLINTNEXTLINE(readability-non-const-parameter): curl's type */
static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
    (void)bytes;
    (void)user;
    return size * count;
}

static void send_attempt(struct application *application, struct question *question, uint8_t role)
{
    char url[512];
    char body[256];
    snprintf(url, sizeof url, "%s/chat/completions", application->base_url);
    snprintf(body, sizeof body,
             "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"why?\"}]}",
             application->model[role]);
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, application->headers);
    curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, question);
    curl_multi_add_handle(application->multi, easy);
    question->transfer = easy;
}

static void drop_transfer(struct application *application, struct question *question)
{
    curl_multi_remove_handle(application->multi, question->transfer);
    curl_easy_cleanup(question->transfer);
}

static void apply(struct application *application, const struct sq_action *action)
{
    struct question *question = &application->questions[action->call->owner];
    printf("question %u: %s", action->call->owner, sq_action_name(action->kind));
    switch (action->kind) {
    case SQ_ACTION_SEND:
        printf(" %u to %s", action->attempt, application->model[action->role]);
        send_attempt(application, question, action->role);
        break;
    case SQ_ACTION_CANCEL:
        drop_transfer(application, question);
        break;
    case SQ_ACTION_ATTEMPT:
        printf(" %u: %s", action->attempt, sq_class_row(action->klass)->name);
        break;
    case SQ_ACTION_WAIT:
        printf(" %d ms%s", (int)(action->span / SQ_MS), action->hinted ? ", as asked" : "");
        break;
    case SQ_ACTION_TRANSITION:
        printf(" breaker %u is %s", action->breaker, sq_breaker_state_name(action->to));
        break;
    case SQ_ACTION_FINISH:
        printf(" %s", sq_outcome_row(action->outcome)->name);
        application->n_over++;
        break;
    case SQ_ACTIONS:
        break;
    }
    printf("\n");
}

static void feed(struct application *application, struct question *question,
                 const struct sq_event *event)
{
    struct sq_action action;
    sq_engine_feed(application->engine, &question->call, event);
    while (sq_engine_next(application->engine, &action)) {
        apply(application, &action);
    }
}

/* A driver that tells refused from reset, and an error's code from its body, gives finer classes.
 */
static void take_end(struct application *application, struct question *question, CURLcode code)
{
    struct sq_hints hints = {0};
    struct curl_header *header;
    long status = 0;
    curl_easy_getinfo(question->transfer, CURLINFO_RESPONSE_CODE, &status);
    if (curl_easy_header(question->transfer, "retry-after", 0, CURLH_HEADER, -1, &header) ==
        CURLHE_OK) {
        snprintf(hints.retry_after, sizeof hints.retry_after, "%s", header->value);
    }
    drop_transfer(application, question);
    struct sq_event done = {.at = now(),
                            .kind = SQ_EVENT_DONE,
                            .attempt = question->call.attempt,
                            .transport = code == CURLE_OK ? SQ_TRANSPORT_OK : SQ_TRANSPORT_RESET,
                            .status = (uint16_t)status,
                            .hints = &hints};
    feed(application, question, &done);
}

/* Tells the engine which attempts ended, then whose deadline came. */
static void take_turn(struct application *application)
{
    struct CURLMsg *message;
    int n_left;
    while ((message = curl_multi_info_read(application->multi, &n_left)) != NULL) {
        struct question *question;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&question);
        take_end(application, question, message->data.result);
    }
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        struct question *question = &application->questions[i];
        struct sq_event wake = {.at = now(), .kind = SQ_EVENT_WAKE};
        if (sq_call_deadline(&question->call) <= wake.at) {
            feed(application, question, &wake);
        }
    }
}

static int milliseconds_to_deadline(const struct application *application)
{
    sq_dur left = SQ_SECOND;
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        left = sq_time_min(left, sq_call_deadline(&application->questions[i].call) - now());
    }
    return left < 0 ? 0 : (int)(left / SQ_MS) + 1;
}

static void run(struct application *application)
{
    int n_running;
    for (uint32_t i = 0; i < QUESTIONS; i++) {
        struct sq_call_request request = {.id = i + 1, .owner = i, .deadline = SQ_NEVER};
        struct sq_event start = {.at = now(), .kind = SQ_EVENT_START, .request = &request};
        feed(application, &application->questions[i], &start);
    }
    while (application->n_over < QUESTIONS) {
        curl_multi_perform(application->multi, &n_running);
        take_turn(application);
        curl_multi_poll(application->multi, NULL, 0, milliseconds_to_deadline(application), NULL);
    }
}

int main(int argc, char **argv)
{
    struct sq_settings settings = {.name = "embedded"};
    make_policy(&settings);
    void *memory = malloc(sq_engine_size(&settings));
    if (argc != 4 || memory == NULL) {
        fprintf(stderr, "usage: %s BASE_URL MODEL FALLBACK_MODEL\n", argv[0]);
        free(memory);
        return 2;
    }
    struct application application = {
        .base_url = argv[1],
        .model = {argv[2], argv[3]},
        .engine = sq_engine_init(memory, sq_engine_size(&settings), &settings, 1),
        .multi = curl_multi_init(),
        .headers = curl_slist_append(NULL, "content-type: application/json"),
    };
    run(&application);
    printf("every call made this way heals itself\n");
    curl_multi_cleanup(application.multi);
    curl_slist_free_all(application.headers);
    free(memory);
    return 0;
}

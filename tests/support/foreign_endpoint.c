/* SPDX-License-Identifier: MIT */
/*
 * Somebody else's endpoint, for tests of --target-url: foreign_endpoint PORT-FILE LOG-FILE. Listens
 * on a random port of 127.0.0.1, writes its number, appends every request to the log and answers
 * each with a text that must appear in no report; one connection after the other, until it is
 * killed.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_BYTES 262144

static const char plain[] =
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"PLANTED-ANSWER-"
    "5b1f\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,"
    "\"total_tokens\":18}}";
static const char stream[] =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"PLANTED-ANSWER-5b1f\"}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: [DONE]\n\n";

static size_t body_bytes(const char *head)
{
    const char *line = strstr(head, "Content-Length: ");
    size_t bytes = 0;
    for (const char *at = line == NULL ? "" : line + 16; *at >= '0' && *at <= '9'; at++) {
        bytes = bytes * 10 + (size_t)(*at - '0');
    }
    return bytes;
}

/* False: no whole request came. */
static bool read_request(int fd, char *request)
{
    size_t length = 0;
    while (length + 1 < REQUEST_BYTES) {
        ssize_t came = read(fd, request + length, REQUEST_BYTES - 1 - length);
        if (came <= 0) {
            return false;
        }
        length += (size_t)came;
        request[length] = '\0';
        const char *end = strstr(request, "\r\n\r\n");
        if (end != NULL && length - (size_t)(end + 4 - request) >= body_bytes(request)) {
            return true;
        }
    }
    return false;
}

static void answer(int fd, const char *request)
{
    char head[256];
    bool streams = strstr(request, "\"stream\":true") != NULL;
    const char *body = streams ? stream : plain;
    int length = snprintf(head, sizeof(head),
                          "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                          "X-Planted: PLANTED-HEADER-77aa\r\nConnection: close\r\n\r\n",
                          streams ? "text/event-stream" : "application/json", strlen(body));
    if (write(fd, head, (size_t)length) < 0 || write(fd, body, strlen(body)) < 0) {
        return;
    }
}

static int open_listener(const char *port_file)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    FILE *file = fopen(port_file, "w");
    if (fd < 0 || file == NULL || bind(fd, (struct sockaddr *)&address, bytes) != 0 ||
        listen(fd, 128) != 0 || getsockname(fd, (struct sockaddr *)&address, &bytes) != 0) {
        exit(EXIT_FAILURE);
    }
    fprintf(file, "%u\n", ntohs(address.sin_port));
    fclose(file);
    return fd;
}

int main(int argc, char **argv)
{
    static char request[REQUEST_BYTES];
    if (argc != 3) {
        return EXIT_FAILURE;
    }
    int listener = open_listener(argv[1]);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        FILE *log = fopen(argv[2], "a");
        if (fd >= 0 && log != NULL && read_request(fd, request)) {
            fprintf(log, "%s\n", request);
            answer(fd, request);
        }
        if (log != NULL) {
            fclose(log);
        }
        close(fd);
    }
}
